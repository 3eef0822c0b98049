//! What gadgets and commitments cost. A change that makes one of them larger is seen here first.

use bitcoin::XOnlyPublicKey;
use gavel_script_gen::bits::{BIT_SECRET_WEIGHT, CopiedBit};
use gavel_script_gen::reveal::{Copies, challenger_reveal, operator_reveal};
use gavel_script_gen::sizes::{Sizes, WinternitzTotals, sizes};
use gavel_script_gen::winternitz::{CopiedKey, Digits, GameSeed, Order, Shape, open_all};

fn seed() -> GameSeed {
    GameSeed::new(&[1; 32], &[2; 32])
}

/// The figures of `gavel bench sizes`.
#[test]
fn gadgets() {
    let pinned = Sizes {
        fq_mul: 10_701,
        fq_sum_of_two_products: 16_721,
        fq2_mul: 29_350,
        blake3_block: 41_350,
        winternitz_total: WinternitzTotals {
            bytes_4: 889,
            bytes_16: 3_096,
            bytes_32: 6_005,
        },
    };
    assert_eq!(sizes(), Ok(pinned));
}

/// Script and largest witness together, in weight units: published in the proper size, published in any size, opened in a leaf, opened in a leaf
/// as doubled digits.
#[test]
fn winternitz() {
    let weights = |shape: Shape| {
        let key = seed().secret_key(shape, "slot").public_key();
        let doubled = open_all(&[&key], Digits::Doubled, Order::FirstDeepest);
        [
            key.publish_script(),
            key.verify_script(),
            key.open_script(),
            doubled,
        ]
        .map(|script| script.len() + shape.max_witness_weight())
    };
    // 29.1, 27.5, 27.8 and 28.4 per bit: 30 at most are required.
    assert_eq!(weights(Shape::WORD), [931, 881, 889, 908]);
    // Salts: 26.6, 25.2, 25.5 and 26.0 per bit.
    assert_eq!(weights(Shape::WORDS_2), [1703, 1613, 1629, 1663]);
    // Fingerprints of 96 bits: 25.9, 24.5, 24.8 and 25.3 per bit.
    assert_eq!(weights(Shape::WORDS_3), [2482, 2352, 2376, 2426]);
    // Fingerprints of 128 bits: 25.3, 23.9, 24.2 and 24.7 per bit.
    assert_eq!(weights(Shape::WORDS_4), [3234, 3064, 3096, 3162]);
    // 25.1, 23.8, 24.0 and 24.5 per bit.
    assert_eq!(weights(Shape::DIGEST_160), [4015, 3805, 3845, 3927]);
    // 24.5, 23.2, 23.5 and 24.0 per bit: 24.5 at most are required.
    assert_eq!(weights(Shape::DIGEST_256), [6271, 5941, 6005, 6135]);
}

/// Script and largest witness together, in weight units.
#[test]
fn copied_salts() {
    let key = seed().secret_key(Shape::WORDS_2, "salt").public_key();
    let copied = CopiedKey::new(key.clone(), key).expect("one shape");
    let weight = copied.copy_script().len() + copied.max_witness_weight();
    assert_eq!(weight, 3161);
}

/// Script and largest witness together, in weight units: published, opened in a leaf, opened with a value that the leaf knows,
/// copied.
#[test]
fn bits() {
    let key = seed().bit_key("bit").public_key();
    let copied = CopiedBit {
        challenger: key,
        operator: key,
    };
    let scripts = [
        key.verify_script(),
        key.open_script(),
        key.require_script(true),
    ];
    assert_eq!(
        scripts.map(|script| script.len() + BIT_SECRET_WEIGHT),
        [69, 67, 40]
    );
    assert_eq!(
        copied.copy_script().len() + CopiedBit::MAX_WITNESS_WEIGHT,
        133
    );
}

/// A round of arity 8: seven digests and three copied bits; a selection of three bits.
#[test]
fn reveals() {
    let signer = XOnlyPublicKey::from_slice(&[1; 32]).expect("a point");
    let bit = seed().bit_key("bit").public_key();
    let copied = CopiedBit {
        challenger: bit,
        operator: bit,
    };
    let copies = Copies {
        bits: &[copied; 3],
        ..Copies::default()
    };
    for (shape, script, witness, items, peak) in [
        (Shape::DIGEST_256, 33_596, 10_799, 934, 935),
        (Shape::DIGEST_160, 21_668, 6_935, 598, 599),
    ] {
        let key = seed().secret_key(shape, "slot").public_key();
        let reveal = operator_reveal(&vec![key; 7], copies, signer).expect("provable");
        assert_eq!(
            (
                reveal.script.len(),
                reveal.max_witness_weight,
                reveal.witness_items,
                reveal.peak_stack
            ),
            (script, witness, items, peak)
        );
    }
    let select = challenger_reveal(&[], &[bit; 3], signer).expect("provable");
    assert_eq!(
        (
            select.script.len(),
            select.max_witness_weight,
            select.peak_stack
        ),
        (190, 116, 6)
    );
}

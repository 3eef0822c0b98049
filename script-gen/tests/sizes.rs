//! What gadgets and commitments cost. A change that makes one of them larger is seen here first.

use bitcoin::XOnlyPublicKey;
use gavel_script_gen::bits::{BIT_SECRET_WEIGHT, CopiedBit};
use gavel_script_gen::reveal::{challenger_select, operator_reveal};
use gavel_script_gen::sizes::{Sizes, WinternitzTotals, sizes};
use gavel_script_gen::winternitz::{Digits, GameSeed, Order, Shape, open_all};

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
            bytes_4: 891,
            bytes_16: 3_099,
            bytes_32: 6_009,
        },
    };
    assert_eq!(sizes(), Ok(pinned));
}

/// Script and largest witness together, in weight units: published, opened in a leaf, opened in a leaf as doubled digits.
#[test]
fn winternitz() {
    let weights = |shape: Shape| {
        let key = seed().secret_key(shape, "slot").public_key();
        let doubled = open_all(&[&key], Digits::Doubled, Order::FirstDeepest);
        [key.verify_script(), key.open_script(), doubled]
            .map(|script| script.len() + shape.max_witness_weight())
    };
    // 27.6, 27.8 and 28.4 per bit.
    assert_eq!(weights(Shape::WORD), [883, 891, 910]);
    // 23.8, 24.1 and 24.6 per bit.
    assert_eq!(weights(Shape::DIGEST_160), [3809, 3849, 3931]);
    // 23.2, 23.5 and 24.0 per bit.
    assert_eq!(weights(Shape::DIGEST_256), [5945, 6009, 6139]);
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
        [66, 67, 40]
    );
    assert_eq!(
        copied.copy_script().len() + CopiedBit::MAX_WITNESS_WEIGHT,
        130
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
    for (shape, script, witness, items, peak) in [
        (Shape::DIGEST_256, 31_305, 10_799, 934, 934),
        (Shape::DIGEST_160, 20_217, 6_935, 598, 598),
    ] {
        let key = seed().secret_key(shape, "slot").public_key();
        let reveal = operator_reveal(&vec![key; 7], &[copied; 3], signer).expect("provable");
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
    let select = challenger_select(&[bit; 3], signer).expect("provable");
    assert_eq!(
        (
            select.script.len(),
            select.max_witness_weight,
            select.peak_stack
        ),
        (181, 116, 6)
    );
}

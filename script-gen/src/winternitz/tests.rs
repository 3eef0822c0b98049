//! Small shapes exhaustively, real shapes in Bitcoin Core.

mod equivocation;

use super::signature::witness_order;
use super::*;
use crate::analysis::analyse;
use crate::script;
use crate::script::{Script, decode_number, encode_number};
use crate::testing::execute_leaf;
use crate::trace::{NoTransaction, Reason, Rules, run};

const SMALL: Shape = Shape::new(&[2, 1], &[2, 1]).expect("the largest sum is 4");

const REAL: [Shape; 6] = [
    Shape::WORD,
    Shape::WORDS_2,
    Shape::WORDS_3,
    Shape::WORDS_4,
    Shape::DIGEST_160,
    Shape::DIGEST_256,
];

fn secret(shape: Shape) -> SecretKey {
    GameSeed::new(&[1; 32], &[2; 32]).secret_key(shape, "slot")
}

/// Items that are no digits, or no minimal ones.
fn hostile_items(key: &PublicKey) -> [Vec<u8>; 10] {
    [
        encode_number(-1),
        vec![0x80],
        vec![0],
        vec![1, 0],
        encode_number(16),
        encode_number(17),
        encode_number(1000),
        encode_number(-1 << 30),
        encode_number(1 << 33),
        key.ends()[0].to_vec(),
    ]
}

/// The scripts, each followed by what makes it a leaf.
fn leaves(key: &PublicKey, message: &[u8]) -> [Script; 3] {
    let compare = message
        .iter()
        .rev()
        .map(|digit| script! { {*digit} OP_EQUALVERIFY });
    [
        script! { {key.publish_script()} 1 },
        script! { {key.verify_script()} 1 },
        script! { {key.open_script()} {compare} 1 },
    ]
}

#[test]
fn shapes_have_exactly_the_checksum_they_need() {
    for shape in REAL {
        assert_eq!(Shape::new(shape.message(), shape.checksum()), Some(shape));
    }
    assert_eq!(Shape::new(&[4; 8], &[4, 2]), None);
    assert_eq!(Shape::new(&[4; 8], &[4, 4]), None);
    assert_eq!(Shape::new(&[7], &[4, 3]), None);
    assert_eq!(Shape::new(&[], &[1]), None);
}

#[test]
fn real_shapes_run_in_bitcoin_core() {
    for shape in REAL {
        let key = secret(shape);
        let count = shape.message().len();
        let messages = [
            vec![0; count],
            vec![15; count],
            (0..count).map(|i| (i * 7 % 16) as u8).collect(),
        ];
        let mut largest = 0;
        for message in messages.iter().chain(&[vec![1; count]]) {
            let witness = key
                .sign(message)
                .expect("a message of the shape")
                .witness(shape);
            largest = largest.max(witness.iter().map(|item| 1 + item.len()).sum());
            for leaf in leaves(&key.public_key(), message) {
                execute_leaf(&leaf, &witness).expect("an honest signature");
            }
        }
        assert!(largest <= shape.max_witness_weight());
    }
}

#[test]
fn several_values_are_opened_at_once() {
    let seed = GameSeed::new(&[1; 32], &[2; 32]);
    let slots = [
        ("a", Shape::WORD),
        ("b", Shape::DIGEST_160),
        ("c", Shape::WORD),
    ];
    let secrets = slots.map(|(name, shape)| seed.secret_key(shape, name));
    let keys = secrets.clone().map(|secret| secret.public_key());
    let messages = [
        vec![0x1234_5678],
        vec![0, u32::MAX, 7, 0x8000_0001, 0x1020_3040],
        vec![0xfedc_ba98],
    ];
    let messages = messages.map(|words| nibbles(&words));
    for (digits, factor) in [(Digits::Plain, 1), (Digits::Doubled, 2)] {
        for order in [Order::FirstDeepest, Order::FirstOnTop] {
            let mut expected = vec![];
            let mut witness = vec![];
            for ((secret, message), (_, shape)) in secrets.iter().zip(&messages).zip(slots) {
                witness.extend(
                    secret
                        .sign(message)
                        .expect("a message")
                        .witness_in(shape, order),
                );
                let digits = message.iter().map(|digit| factor * digit);
                match order {
                    Order::FirstDeepest => expected.extend(digits),
                    Order::FirstOnTop => expected.extend(digits.rev()),
                }
            }
            let open = open_all(&keys.each_ref(), digits, order);
            let compare = expected
                .iter()
                .rev()
                .map(|digit| script! { {*digit} OP_EQUALVERIFY });
            let leaf = script! { {open} {compare} 1 };
            execute_leaf(&leaf, &witness).expect("the signed digits");
            analyse(&leaf, witness.len()).expect("provable");
        }
    }
}

/// All that can be shown with one signature: every digit replaced by every number, with every chain value that can be computed.
fn everything_shown_with(signed: &Signature, shape: Shape) -> Vec<Signature> {
    let mut openings = vec![vec![]];
    for (place, (value, digit)) in signed.digits().iter().enumerate() {
        let top = shape.top(place);
        let options: Vec<_> = (0..=top - digit)
            .flat_map(|more| (0..=top).map(move |claimed| (hash_on(value.clone(), more), claimed)))
            .collect();
        openings = openings
            .into_iter()
            .flat_map(|opening: Vec<_>| {
                options
                    .iter()
                    .map(move |option| [opening.clone(), vec![option.clone()]].concat())
            })
            .collect();
    }
    openings.into_iter().map(Signature::new).collect()
}

/// Every message of a small shape.
fn all_messages(shape: Shape) -> Vec<Vec<u8>> {
    (0..shape.message().len()).fold(vec![vec![]], |messages, place| {
        let extended = messages.iter().flat_map(|message: &Vec<u8>| {
            (0..=shape.top(place)).map(move |digit| [message.as_slice(), &[digit]].concat())
        });
        extended.collect()
    })
}

fn reason(script: &Script, witness: Vec<Vec<u8>>) -> Option<Reason> {
    let result = run(
        &script.to_bytes(),
        witness,
        Rules::Consensus,
        &NoTransaction,
    );
    result.err().map(|failure| failure.reason)
}

/// Whatever one signature of any message is turned into: only what was signed is accepted, by the scripts and by `verify`.
#[test]
fn nothing_but_the_signed_message_can_be_shown() {
    let secret = secret(SMALL);
    let key = secret.public_key();
    let script = script! { {key.verify_script()} 1 };
    for message in all_messages(SMALL) {
        let signed = secret.sign(&message).expect("in range");
        let mut accepted = 0;
        for opening in everything_shown_with(&signed, SMALL) {
            let valid = reason(&script, opening.witness(SMALL)).is_none();
            assert_eq!(valid, key.verify(&opening).is_ok());
            assert_eq!(valid, opening == signed);
            accepted += usize::from(valid);
        }
        assert_eq!(accepted, 1);
    }
}

/// Hostile items in every place of a witness: the reason is always the comparison or the number itself.
#[test]
fn malformed_digits_are_refused() {
    let secret = secret(Shape::WORD);
    let key = secret.public_key();
    let message = nibbles(&[0x0f37_8a01]);
    let honest = secret.sign(&message).expect("a word").witness(Shape::WORD);
    let hostile = hostile_items(&key);
    for leaf in leaves(&key, &message) {
        for place in 0..honest.len() {
            for item in hostile.iter().chain(&honest) {
                let mut witness = honest.clone();
                witness[place].clone_from(item);
                let result = execute_leaf(&leaf, &witness);
                let clamped = |item: &[u8]| decode_number(item).map(|digit| digit.min(15));
                let is_digit = place % 2 == 1 && item.len() <= 4;
                if *item == honest[place] || is_digit && clamped(item) == clamped(&honest[place]) {
                    result.expect("the same digit");
                    continue;
                }
                let reason = result.expect_err("a changed item").reason;
                let expected = [
                    Reason::EqualVerify,
                    Reason::NumEqualVerify,
                    Reason::ScriptNumber,
                    Reason::InvalidStackOperation,
                ];
                assert!(expected.contains(&reason), "{reason}");
            }
            let mut missing = honest.clone();
            missing.remove(place);
            execute_leaf(&leaf, &missing).expect_err("a missing item");
            let mut swapped = honest.clone();
            swapped.swap(place, (place + 2) % honest.len());
            if swapped != honest {
                execute_leaf(&leaf, &swapped).expect_err("reordered items");
            }
        }
        let extra = [vec![vec![1]], honest.clone()].concat();
        assert_eq!(
            execute_leaf(&leaf, &extra).map_err(|failure| failure.reason),
            Err(Reason::CleanStack)
        );
    }
}

/// Whoever makes a key for itself can begin a chain with a value of another size: it cannot be published.
#[test]
fn values_of_another_size_cannot_be_published() {
    let honest = secret(Shape::WORD);
    // No digit is the end of its chain; those of the checksum are 10 and 4.
    let message = [1, 2, 3, 4, 5, 6, 7, 8];
    let signature = honest.sign(&message).expect("a word");
    for size in [0, 19, 21, 80] {
        for (pair, place) in witness_order(Shape::WORD, Order::FirstDeepest).enumerate() {
            let (digit, value) = (signature.digits()[place].1, vec![7; size]);
            let mut ends = honest.public_key().ends().to_vec();
            let next = hash160::Hash::hash(&value).to_byte_array();
            ends[place] = chain_end(next, Shape::WORD.top(place) - digit - 1);
            let mut witness = signature.witness(Shape::WORD);
            witness[2 * pair] = value;

            let key = PublicKey::new(Shape::WORD, ends).expect("all different");
            let [publish, verify, open] = leaves(&key, &message);
            for leaf in [verify, open] {
                execute_leaf(&leaf, &witness).expect("a value of the chain");
            }
            let refused = |script: &Script, witness: &[Vec<u8>]| {
                let published = execute_leaf(script, witness).map_err(|failure| failure.reason);
                assert_eq!(published.err(), Some(Reason::EqualVerify));
            };
            refused(&publish, &witness);
            let copied = CopiedKey::new(honest.public_key(), key).expect("one shape");
            let shown = signature.witness(Shape::WORD);
            let copy = shown.chunks(2).zip(witness.chunks(2));
            let copy =
                copy.flat_map(|(shown, own)| [&shown[0], &own[0], &own[1]].map(Clone::clone));
            let copy: Vec<Vec<u8>> = copy.collect();
            refused(&script! { {copied.copy_script()} 1 }, &copy);
        }
    }
}

#[test]
fn keys_depend_on_master_game_slot_and_digit() {
    let key = |master, game, slot| {
        GameSeed::new(&[master; 32], &[game; 32])
            .secret_key(Shape::WORD, slot)
            .public_key()
            .ends()
            .to_vec()
    };
    let all = [
        key(1, 1, "a"),
        key(2, 1, "a"),
        key(1, 2, "a"),
        key(1, 1, "b"),
    ]
    .concat();
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert_eq!(key(1, 1, "a"), key(1, 1, "a"));
}

#[test]
fn keys_from_peers_are_checked() {
    let ends = secret(Shape::WORD).public_key().ends().to_vec();
    assert!(PublicKey::new(Shape::WORD, ends.clone()).is_ok());
    let short = PublicKey::new(Shape::WORD, ends[1..].to_vec());
    assert_eq!(
        short,
        Err(WinternitzError::DigitCount {
            expected: 10,
            found: 9
        })
    );
    let mut double = ends;
    double[4] = double[2];
    assert_eq!(
        PublicKey::new(Shape::WORD, double),
        Err(WinternitzError::DuplicateKey { place: 4 })
    );
}

#[test]
fn signatures_are_read_back_from_witnesses() {
    let secret = secret(Shape::DIGEST_160);
    let signature = secret
        .sign(&nibbles(&[1, 0xffff_ffff, 3, 0x8000_0000, 5]))
        .expect("a digest");
    let mut witness = signature.witness(Shape::DIGEST_160);
    assert_eq!(
        Signature::from_witness(Shape::DIGEST_160, &witness),
        Ok(signature)
    );
    for (item, digit) in [
        (&[0x80u8][..], 0),
        (&[0, 0], 0),
        (&[3, 0, 0x80], 0),
        (&[9, 0], 9),
        (&[0, 1], 15),
        (&[200, 0], 15),
    ] {
        witness[5] = item.to_vec();
        let read =
            Signature::from_witness(Shape::DIGEST_160, &witness).map(|read| read.digits()[2].1);
        let negative = item == [3, 0, 0x80];
        assert_eq!(
            read,
            if negative {
                Err(WinternitzError::WitnessItem { item: 5 })
            } else {
                Ok(digit)
            }
        );
    }
    witness[5] = vec![1, 0, 0, 0, 0];
    let read = Signature::from_witness(Shape::DIGEST_160, &witness);
    assert_eq!(read, Err(WinternitzError::WitnessItem { item: 5 }));
}

#[test]
fn messages_out_of_range_are_not_signed() {
    let secret = secret(Shape::WORD);
    assert_eq!(
        secret.sign(&[0; 7]),
        Err(WinternitzError::DigitCount {
            expected: 8,
            found: 7
        })
    );
    let wide = secret.sign(&[0, 0, 16, 0, 0, 0, 0, 0]);
    assert_eq!(
        wide,
        Err(WinternitzError::DigitRange {
            place: 2,
            digit: 16,
            top: 15
        })
    );
}

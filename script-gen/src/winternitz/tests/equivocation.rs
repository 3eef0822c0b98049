//! One signature is never an equivocation, two of different messages always are.

use super::*;

/// Its checksum has three digits.
const DEEP: Shape = Shape::new(&[1, 2, 1], &[1, 1, 1]).expect("the largest sum is 5");

/// One signature of any message is never turned into an equivocation: a chain misses its end, or the sum is not less.
#[test]
fn one_signature_is_no_equivocation() {
    for shape in [SMALL, DEEP] {
        let secret = secret(shape);
        let script = script! { {secret.public_key().equivocation_script()} 1 };
        for message in all_messages(shape) {
            let signed = secret.sign(&message).expect("in range");
            let mut sums = 0;
            for opening in everything_shown_with(&signed, shape) {
                match reason(&script, opening.witness(shape)) {
                    Some(Reason::Verify) => sums += 1,
                    Some(Reason::EqualVerify) => {}
                    other => panic!("{message:?}, {opening:?}: {other:?}"),
                }
            }
            // Every honest raise reaches the sum.
            let raises = signed.digits().iter().enumerate();
            let raises =
                raises.map(|(place, (_, digit))| usize::from(shape.top(place) - digit) + 1);
            assert_eq!(sums, raises.product::<usize>());
        }
    }
}

/// Signatures of any two different messages are an equivocation, in either order; those of one message are not.
#[test]
fn two_messages_are_an_equivocation() {
    for shape in [SMALL, DEEP] {
        let secret = secret(shape);
        let key = secret.public_key();
        let script = script! { {key.equivocation_script()} 1 };
        let messages = all_messages(shape);
        for one in &messages {
            for other in &messages {
                let [first, second] =
                    [one, other].map(|message| secret.sign(message).expect("in range"));
                match Equivocation::new(&key, &first, &second) {
                    Some(found) => assert_eq!(reason(&script, found.witness(shape)), None),
                    None => assert_eq!(one, other),
                }
            }
        }
    }
}

/// In Bitcoin Core: the least difference at each place, and messages that differ everywhere.
#[test]
fn equivocations_of_real_shapes_run_in_bitcoin_core() {
    for shape in REAL {
        let secret = secret(shape);
        let key = secret.public_key();
        let leaf = script! { {key.equivocation_script()} 1 };
        analyse(&leaf, shape.witness_items()).expect("provable");
        let count = shape.message().len();
        let middle: Vec<u8> = (0..count).map(|i| (i * 7 % 15) as u8).collect();
        let mut pairs = vec![(vec![0; count], vec![15; count])];
        for place in [0, count / 2, count - 1] {
            let mut other = middle.clone();
            other[place] += 1;
            pairs.push((middle.clone(), other));
        }
        // Of one sum, and so with one checksum.
        let mut swapped = middle.clone();
        swapped.swap(0, 1);
        pairs.push((middle, swapped));
        for (one, other) in pairs {
            let signatures = [one, other].map(|message| secret.sign(&message).expect("a message"));
            let [first, second] = &signatures;
            let found = Equivocation::new(&key, first, second).expect("two messages");
            let witness = found.witness(shape);
            let weight: usize = witness.iter().map(|item| 1 + item.len()).sum();
            assert!(weight <= shape.max_witness_weight());
            execute_leaf(&leaf, &witness).expect("two messages");
            // Either signature alone is honest.
            for signature in &signatures {
                let refused = execute_leaf(&leaf, &signature.witness(shape));
                assert_eq!(
                    refused.map_err(|failure| failure.reason),
                    Err(Reason::Verify)
                );
            }
        }
    }
}

/// Script and largest witness of each shape.
#[test]
fn sizes_of_equivocations_are_pinned() {
    let sizes = REAL.map(|shape| {
        let script = secret(shape).public_key().equivocation_script();
        (script.len(), shape.max_witness_weight())
    });
    let pinned = [
        (652, 230),
        (1200, 414),
        (1755, 598),
        (2283, 782),
        (2840, 966),
        (4424, 1518),
    ];
    assert_eq!(sizes, pinned);
}

/// Hostile items in every place of one signature: the chains, the sum or the number itself refuse them.
#[test]
fn malformed_equivocations_are_refused() {
    let secret = secret(Shape::WORD);
    let key = secret.public_key();
    let leaf = script! { {key.equivocation_script()} 1 };
    let message = nibbles(&[0x0f37_8a01]);
    let honest = secret.sign(&message).expect("a word").witness(Shape::WORD);
    for place in 0..honest.len() {
        for item in hostile_items(&key).iter().chain(&honest) {
            let mut witness = honest.clone();
            witness[place].clone_from(item);
            let reason = execute_leaf(&leaf, &witness)
                .expect_err("one signature")
                .reason;
            let expected = [
                Reason::Verify,
                Reason::EqualVerify,
                Reason::ScriptNumber,
                Reason::InvalidStackOperation,
            ];
            assert!(expected.contains(&reason), "{reason}");
        }
        let mut missing = honest.clone();
        missing.remove(place);
        execute_leaf(&leaf, &missing).expect_err("a missing item");
    }
    let [one, other] = [7, 8].map(|word| secret.sign(&nibbles(&[word])).expect("a word"));
    let found = Equivocation::new(&key, &one, &other).expect("two messages");
    let extra = [vec![vec![1]], found.witness(Shape::WORD)].concat();
    assert_eq!(
        execute_leaf(&leaf, &extra).map_err(|failure| failure.reason),
        Err(Reason::CleanStack)
    );
}

#[test]
fn invalid_signatures_prove_nothing() {
    let secret = secret(Shape::WORD);
    let key = secret.public_key();
    let signature = secret.sign(&nibbles(&[7])).expect("a word");
    let broken = Signature::new(vec![(vec![0; 20], 0); Shape::WORD.digits()]);
    let short = Signature::new(signature.digits()[1..].to_vec());
    for invalid in [&broken, &short] {
        assert_eq!(Equivocation::new(&key, &signature, invalid), None);
        assert_eq!(Equivocation::new(&key, invalid, &signature), None);
    }
}

/// What could not be published proves nothing: a leaf's witness would be larger than planned.
#[test]
fn openings_of_another_size_are_passed_over() {
    let secret = secret(Shape::WORD);
    // A chain of 14 hashes that begins, as the digit 1, with 80 bytes.
    let start = vec![7; 80];
    let next = hash_on(start.clone(), 1);
    let mut ends = secret.public_key().ends().to_vec();
    ends[3] = hash_on(next.clone(), 13).try_into().expect("a hash");
    let key = PublicKey::new(Shape::WORD, ends).expect("all different");
    let [first, long] = [([2; 8], next), ([1; 8], start)].map(|(message, value)| {
        let mut digits = secret.sign(&message).expect("a word").digits().to_vec();
        digits[3].0 = value;
        Signature::new(digits)
    });
    assert_eq!(key.verify_published(&first), Ok(vec![2; 8]));
    assert_eq!(key.verify(&long), Ok(vec![1; 8]));
    let refused = Err(WinternitzError::ValueSize { place: 3 });
    assert_eq!(key.verify_published(&long), refused);
    assert_eq!(Equivocation::new(&key, &first, &long), None);
}

use bitcoin::secp256k1::{Keypair, Secp256k1};

use super::*;
use crate::analysis::Problem;
use crate::testing::LeafSpend;
use crate::trace::Reason;
use crate::winternitz::{GameSeed, SecretKey, Signature, nibbles};

fn signer(byte: u8) -> Keypair {
    Keypair::from_seckey_slice(&Secp256k1::new(), &[byte; 32]).expect("a secret key")
}

#[test]
fn an_operator_reveals_digests_and_copies() {
    let seed = GameSeed::new(&[5; 32], &[6; 32]);
    let challenger = GameSeed::new(&[7; 32], &[6; 32]);
    let names: Vec<String> = (0..6).map(|slot| format!("trace[1][{slot}]")).collect();
    let secrets: Vec<_> = names
        .iter()
        .map(|name| seed.secret_key(Shape::DIGEST_256, name))
        .collect();
    let keys: Vec<_> = secrets.iter().map(|secret| secret.public_key()).collect();
    let copies: Vec<_> = ["select[0].0", "select[0].1", "select[0].2"]
        .map(|name| CopiedBit {
            challenger: challenger.bit_key(name).public_key(),
            operator: seed.bit_key(name).public_key(),
        })
        .to_vec();
    let salt = CopiedKey::new(
        challenger.secret_key(Shape::WORDS_2, "salt").public_key(),
        seed.secret_key(Shape::WORDS_2, "salt").public_key(),
    )
    .expect("one shape");
    let copied = Copies {
        values: std::slice::from_ref(&salt),
        bits: &copies,
    };
    let reveal =
        operator_reveal(&keys, copied, signer(1).x_only_public_key().0).expect("fits the stack");
    assert_eq!(
        inputs(&[Shape::DIGEST_256; 6], copied.witness_items()).len(),
        1
    );

    let spend = LeafSpend::new(&reveal.script);
    let mut witness = vec![spend.sign(&signer(1))];
    for (slot, secret) in secrets.iter().enumerate() {
        let message = nibbles(&[0x1234_5678 * slot as u32; 8]);
        witness.extend(
            secret
                .sign(&message)
                .expect("a digest")
                .witness(Shape::DIGEST_256),
        );
    }
    let [own, shown] = [&seed, &challenger].map(|seed| {
        let digits = nibbles(&[0x0123_4567, 0x89ab_cdef]);
        seed.secret_key(Shape::WORDS_2, "salt")
            .sign(&digits)
            .expect("a salt")
    });
    witness.extend(salt.copy_witness(&own, &shown).expect("the same salt"));
    for (name, copy) in ["select[0].0", "select[0].1", "select[0].2"]
        .iter()
        .zip(&copies)
    {
        let shown = challenger.bit_key(name).say(true);
        witness.extend(
            copy.copy_witness(&seed.bit_key(name), &shown)
                .expect("shown"),
        );
    }
    assert_eq!(witness.len(), reveal.witness_items);
    let weight: usize = witness.iter().map(|item| item.len() + 1).sum();
    assert!(weight <= reveal.max_witness_weight);
    let outcome = spend.execute(&witness).expect("an honest reveal");
    assert_eq!(outcome.peak_stack, reveal.peak_stack);

    let mut respent = witness.clone();
    respent[0] = LeafSpend::new(&script! { 1 }).sign(&signer(1));
    assert_eq!(
        spend.execute(&respent).map_err(|failure| failure.reason),
        Err(Reason::Signature)
    );
    let mut unsigned = witness;
    unsigned[0] = vec![];
    assert_eq!(
        spend.execute(&unsigned).map_err(|failure| failure.reason),
        Err(Reason::EvalFalse)
    );
}

#[test]
fn a_challenger_selects() {
    let seed = GameSeed::new(&[7; 32], &[6; 32]);
    let bits: Vec<_> = ["a", "b", "c", "d"].map(|name| seed.bit_key(name)).to_vec();
    let keys: Vec<_> = bits.iter().map(|bit| bit.public_key()).collect();
    let select =
        challenger_reveal(&[], &keys, signer(2).x_only_public_key().0).expect("fits the stack");
    let spend = LeafSpend::new(&select.script);
    for selection in 0..16 {
        let said = bits
            .iter()
            .enumerate()
            .map(|(place, bit)| bit.say(selection >> place & 1 == 1).to_vec());
        let witness: Vec<_> = [spend.sign(&signer(2))].into_iter().chain(said).collect();
        spend.execute(&witness).expect("a selection");
        let weight: usize = witness.iter().map(|item| item.len() + 1).sum();
        assert_eq!(weight, select.max_witness_weight);
        let mut swapped = witness;
        swapped.swap(1, 2);
        assert_eq!(
            spend.execute(&swapped).map_err(|failure| failure.reason),
            Err(Reason::Verify)
        );
    }
}

/// Copied are exactly the digits that both have signed.
#[test]
fn a_value_is_copied_as_it_was_shown() {
    let [own, others] = [5, 7].map(|master| GameSeed::new(&[master; 32], &[6; 32]));
    let shape = Shape::WORDS_2;
    let [own, others] = [own, others].map(|seed| seed.secret_key(shape, "salt"));
    let copied = CopiedKey::new(others.public_key(), own.public_key()).expect("one shape");
    let word = GameSeed::new(&[5; 32], &[6; 32]).secret_key(Shape::WORD, "word");
    assert_eq!(CopiedKey::new(word.public_key(), own.public_key()), None);

    let script = script! { {copied.copy_script()} 1 };
    let spend = LeafSpend::new(&script);
    for salt in [[0; 2], [u32::MAX; 2], [0x0123_4567, 0x89ab_cdef]] {
        let sign = |key: &SecretKey| key.sign(&nibbles(&salt)).expect("a salt");
        let witness = copied
            .copy_witness(&sign(&own), &sign(&others))
            .expect("one value");
        spend.execute(&witness).expect("the same value");
        let items = copied.own_items(&witness).expect("the number of items");
        assert_eq!(Signature::from_witness(shape, &items), Ok(sign(&own)));
        assert_eq!(copied.own_items(&witness[1..]), None);
        let weight: usize = witness.iter().map(|item| item.len() + 1).sum();
        assert!(weight <= copied.max_witness_weight());
        // The operator's values of another salt, under the challenger's digits.
        let other = own.sign(&nibbles(&[salt[0] ^ 1, salt[1]])).expect("a salt");
        assert_eq!(copied.copy_witness(&other, &sign(&others)), None);
        let mut mixed = witness;
        let values = other.witness(shape);
        for (item, value) in mixed
            .iter_mut()
            .skip(1)
            .step_by(3)
            .zip(values.iter().step_by(2))
        {
            *item = value.clone();
        }
        let failure = spend.execute(&mixed).expect_err("another value");
        assert_eq!(failure.reason, Reason::EqualVerify);
    }
}

#[test]
fn slots_are_spread_over_inputs_that_the_stack_can_hold() {
    for (shape, copies) in [
        (Shape::DIGEST_256, 8),
        (Shape::DIGEST_160, 0),
        (Shape::WORD, 32),
    ] {
        let slots = vec![shape; 60];
        let ranges = inputs(&slots, copies * CopiedBit::WITNESS_ITEMS);
        assert_eq!(ranges.iter().map(|range| range.len()).sum::<usize>(), 60);
        let key = GameSeed::new(&[5; 32], &[6; 32])
            .secret_key(shape, "slot")
            .public_key();
        let bit = GameSeed::new(&[5; 32], &[6; 32])
            .bit_key("bit")
            .public_key();
        let copied = CopiedBit {
            challenger: bit,
            operator: bit,
        };
        for (input, range) in ranges.iter().enumerate() {
            let copies = if input == 0 { copies } else { 0 };
            let keys = vec![key.clone(); range.len()];
            let copies = Copies {
                bits: &vec![copied; copies],
                ..Copies::default()
            };
            operator_reveal(&keys, copies, signer(1).x_only_public_key().0)
                .expect("fits the stack");
        }
    }
    let key = GameSeed::new(&[5; 32], &[6; 32])
        .secret_key(Shape::DIGEST_256, "slot")
        .public_key();
    let error = operator_reveal(
        &vec![key; 8],
        Copies::default(),
        signer(1).x_only_public_key().0,
    )
    .expect_err("1057 items");
    assert_eq!(error.problem, Problem::StackTooHigh { items: 1057 });
}

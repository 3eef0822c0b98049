use bitcoin::secp256k1::{Keypair, Secp256k1};

use super::*;
use crate::analysis::Problem;
use crate::testing::LeafSpend;
use crate::trace::Reason;
use crate::winternitz::{GameSeed, nibbles};

fn signer(byte: u8) -> Keypair {
    Keypair::from_seckey_slice(&Secp256k1::new(), &[byte; 32]).expect("a secret key")
}

#[test]
fn an_operator_reveals_digests_and_copies() {
    let seed = GameSeed::new(&[5; 32], &[6; 32]);
    let challenger = GameSeed::new(&[7; 32], &[6; 32]);
    let names: Vec<String> = (0..7).map(|slot| format!("trace[1][{slot}]")).collect();
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
    let reveal =
        operator_reveal(&keys, &copies, signer(1).x_only_public_key().0).expect("fits the stack");
    assert_eq!(inputs(&[Shape::DIGEST_256; 7], 3).len(), 1);

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
    let select = challenger_select(&keys, signer(2).x_only_public_key().0).expect("fits the stack");
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

#[test]
fn slots_are_spread_over_inputs_that_the_stack_can_hold() {
    for (shape, copies) in [
        (Shape::DIGEST_256, 8),
        (Shape::DIGEST_160, 0),
        (Shape::WORD, 32),
    ] {
        let slots = vec![shape; 60];
        let ranges = inputs(&slots, copies);
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
            operator_reveal(
                &keys,
                &vec![copied; copies],
                signer(1).x_only_public_key().0,
            )
            .expect("fits the stack");
        }
    }
    let key = GameSeed::new(&[5; 32], &[6; 32])
        .secret_key(Shape::DIGEST_256, "slot")
        .public_key();
    let error = operator_reveal(&vec![key; 8], &[], signer(1).x_only_public_key().0)
        .expect_err("1057 items");
    assert_eq!(error.problem, Problem::StackTooHigh { items: 1057 });
}

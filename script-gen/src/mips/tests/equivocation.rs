//! Every slot and every copied bit has a leaf for two openings of it, which one opening never spends.

use std::collections::BTreeSet;

use gavel_vm::digest::DigestLength;
use gavel_vm::memory::ByteOrder;
use gavel_vm::witness::AccessKind;

use super::core::sign;
use super::game::Game;
use crate::bits::BitSecret;
use crate::mips::{
    Equivocations, Keys, LeafSet, Openings, Place, PredicateError, Refutation, Stage, Values,
};
use crate::testing::LeafSpend;
use crate::trace::Reason;
use crate::winternitz::Equivocation;

const STAGES: [Stage; 3] = [Stage::Step, Stage::Path, Stage::Access];

/// What an honest operator commits in a step with a path and an access, and everything said otherwise.
fn both_values(digest: DigestLength) -> (LeafSet, Values, Values) {
    let mut game = Game::new(ByteOrder::Big, digest);
    let (witness, mut values) = game.step(4);
    game.path(&witness, &mut values, 1, 5);
    game.access(&witness, &mut values, AccessKind::Rs);
    let mut others = values.clone();
    for (slot, words) in values.slots() {
        let mut other = words.to_vec();
        other[0] ^= 0x10;
        others.set(slot, other);
    }
    for (choice, bit) in values.choices() {
        others.set_choice(choice, !bit);
    }
    let leaves = LeafSet::new(game.shape.clone()).expect("a shape");
    (leaves, values, others)
}

/// What both openings of one place prove, and what each of them alone could show instead, with the reason of its refusal.
fn twice(
    leaves: &LeafSet,
    place: Place,
    keys: &Keys,
    [first, second]: [&Openings; 2],
) -> (Equivocations, Vec<Vec<Vec<u8>>>, Reason) {
    let mut twice = Equivocations::default();
    match place {
        Place::Slot(slot) => {
            let [one, other] = [first, second].map(|openings| openings.slot(slot).unwrap());
            let found = Equivocation::new(keys.slot(slot).unwrap(), one, other);
            twice.set(slot, found.expect("two values"));
            let shape = slot.shape(leaves.shape().digest);
            let alone = vec![one.witness(shape), other.witness(shape)];
            (twice, alone, Reason::Verify)
        }
        Place::Choice(choice) => {
            let secret = |openings: &Openings| -> BitSecret {
                openings.choice(choice).unwrap().try_into().unwrap()
            };
            let (one, other) = (secret(first), secret(second));
            let key = keys.choice(choice).unwrap();
            let pair = if key.read(&one) == Some(false) {
                [one, other]
            } else {
                [other, one]
            };
            twice.set_choice(choice, pair);
            let alone = [one, other].map(|secret| vec![secret.to_vec(); 2]);
            (twice, alone.to_vec(), Reason::EqualVerify)
        }
    }
}

fn check(digest: DigestLength) {
    let (leaves, values, others) = both_values(digest);
    let (keys, openings) = sign(&leaves, &values);
    let (_, other_openings) = sign(&leaves, &others);
    let slots = values.slots().map(|(slot, _)| Place::Slot(slot));
    let choices = values.choices().map(|(choice, _)| Place::Choice(choice));
    let mut places: BTreeSet<Place> = slots.chain(choices).collect();
    for (number, leaf) in leaves.leaves().enumerate() {
        let Some(name) = leaf.name().strip_prefix("equivocation/") else {
            continue;
        };
        let place = *places
            .iter()
            .find(|place| place.to_string() == name)
            .unwrap_or_else(|| panic!("{name} is no place, or has two leaves"));
        places.remove(&place);
        assert_eq!(leaf.relation(), format!("{place} has one value"));
        assert_eq!(leaf.slots().len() + leaf.choices().len(), 1);

        let (twice, alone, refused) = twice(&leaves, place, &keys, [&openings, &other_openings]);
        for stage in STAGES {
            let found = (stage == leaf.stage()).then_some(Refutation {
                leaf: number,
                hints: Vec::new(),
            });
            assert_eq!(leaves.find_equivocation(stage, &twice), found, "{name}");
        }
        let proved = leaf.prove(&keys).unwrap();
        let spend = LeafSpend::new(proved.script());
        let mut given = Openings::new();
        assert_eq!(
            leaf.witness(&given, &[]),
            Err(PredicateError::MissingEquivocation(place))
        );
        given.set_equivocations(twice);
        let witness = leaf.witness(&given, &[]).unwrap();
        assert_eq!(witness.len(), leaf.witness_items());
        let weight: usize = witness.iter().map(|item| 1 + item.len()).sum();
        assert!(weight <= leaf.max_witness_weight(), "{name}: {weight}");
        let outcome = spend
            .execute(&witness)
            .unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert!(outcome.peak_stack <= proved.peak_stack(), "{name}");
        for witness in alone {
            let failure = spend.execute(&witness).expect_err(name);
            assert_eq!(failure.reason, refused, "{name}");
        }
    }
    assert_eq!(places, BTreeSet::new(), "without a leaf");
    let nothing = Equivocations::default();
    let found = STAGES.map(|stage| leaves.find_equivocation(stage, &nothing));
    assert_eq!(found, [None, None, None]);
}

#[test]
fn leaves_for_two_openings_of_long_digests() {
    check(DigestLength::Bits256);
}

#[test]
fn leaves_for_two_openings_of_short_digests() {
    check(DigestLength::Bits160);
}

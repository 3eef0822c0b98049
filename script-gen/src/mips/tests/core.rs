//! Leaves in Bitcoin Core's interpreter: each accepts a false relation, and refuses the true one at its last comparison.

use gavel_vm::digest::DigestLength;
use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;
use gavel_vm::witness::AccessKind;

use super::game::Game;
use super::machine::{Random, run, shape};
use super::step::{OUTPUTS, before};
use crate::leaf::LeafKind;
use crate::mips::{Keys, Leaf, LeafSet, Openings, Slot, Stage, StepWord, Values};
use crate::script::Op as Opcode;
use crate::testing::LeafSpend;
use crate::trace::Reason;
use crate::winternitz::{GameSeed, nibbles};

/// Keys for every slot and selection bit of the values, and what the operator publishes.
pub(crate) fn sign(leaves: &LeafSet, values: &Values) -> (Keys, Openings) {
    let seed = GameSeed::new(&[7; 32], &[9; 32]);
    let (mut keys, mut openings) = (Keys::new(), Openings::new());
    for (slot, words) in values.slots() {
        let key = seed.secret_key(slot.shape(leaves.shape().digest), &slot.to_string());
        keys.set(slot, key.public_key());
        openings.set(slot, key.sign(&nibbles(words)).unwrap());
    }
    for (choice, bit) in values.choices() {
        let key = seed.bit_key(&choice.to_string());
        keys.set_choice(choice, key.public_key());
        openings.set_choice(choice, key.say(bit));
    }
    (keys, openings)
}

/// False values that a leaf refutes, its hints, and the honest values.
struct Case {
    wrong: Values,
    hints: Vec<i64>,
    honest: Values,
}

/// One case per kind of leaf, found by lying at random.
struct Cases<'a> {
    leaves: &'a LeafSet,
    found: Vec<Option<Case>>,
}

impl<'a> Cases<'a> {
    fn new(leaves: &'a LeafSet) -> Self {
        Self {
            leaves,
            found: leaves.leaves().map(|_| None).collect(),
        }
    }

    /// Notes every leaf of a stage that refutes the wrong values and has no case yet.
    fn try_values(&mut self, stage: Stage, wrong: &Values, honest: &Values) {
        self.try_leaves(|leaf| leaf.stage() == stage, wrong, honest);
    }

    fn try_leaves(&mut self, wanted: impl Fn(&Leaf<'_>) -> bool, wrong: &Values, honest: &Values) {
        for (number, leaf) in self.leaves.leaves().enumerate() {
            if wanted(&leaf)
                && self.found[number].is_none()
                && let Some(hints) = self.leaves.refute_with(number, wrong).unwrap()
            {
                self.found[number] = Some(Case {
                    wrong: wrong.clone(),
                    hints,
                    honest: honest.clone(),
                });
            }
        }
    }

    fn try_instruction(&mut self, wrong: &Values, honest: &Values) {
        self.try_leaves(|leaf| leaf.kind() == LeafKind::Instruction, wrong, honest);
    }

    /// Runs every instruction leaf and one leaf of every other kind, and returns the kinds that had a case.
    fn run(&self) -> Vec<&'a str> {
        let mut kinds = Vec::new();
        for (leaf, case) in self.leaves.leaves().zip(&self.found) {
            let Some(case) = case else { continue };
            let new = !kinds.contains(&leaf.kind_name());
            if new {
                kinds.push(leaf.kind_name());
            }
            if new || leaf.kind() == LeafKind::Instruction {
                check(self.leaves, leaf, case);
            }
        }
        kinds
    }
}

fn check(leaves: &LeafSet, leaf: Leaf<'_>, case: &Case) {
    let name = leaf.name();
    let (keys, openings) = sign(leaves, &case.wrong);
    let proved = leaf
        .prove(&keys)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let spend = LeafSpend::new(&proved.draft().script);
    let witness = leaf.witness(&openings, &case.hints).unwrap();
    assert_eq!(witness.len(), leaf.witness_items());
    let outcome = spend
        .execute(&witness)
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
    assert!(outcome.peak_stack <= proved.peak_stack(), "{name}");
    let items: usize = witness.iter().map(|item| 1 + item.len()).sum();
    assert!(items <= leaf.max_witness_weight(), "{name}: {items}");

    // The same leaf with the honest values: whatever the hints, a condition fails.
    let (_, openings) = sign(leaves, &case.honest);
    let honest = leaf.witness(&openings, &case.hints).unwrap();
    let failure = spend.execute(&honest).unwrap_err();
    let last = matches!(
        failure.reason,
        Reason::Verify | Reason::EvalFalse | Reason::EqualVerify
    );
    assert!(last, "{name}: {failure}");
    for place in 0..case.hints.len() {
        for hint in [
            &[0x81][..],
            &[8],
            &[64],
            &[0x7f],
            &[0],
            &[],
            &[1, 0],
            &[0x80],
            &[0, 0, 0, 0x80],
            &[1, 0, 0, 0, 0],
        ] {
            let mut hostile = honest.clone();
            hostile[place] = hint.to_vec();
            let failure = spend.execute_by_consensus(&hostile).unwrap_err();
            let refused = match failure.reason {
                Reason::Verify | Reason::EvalFalse => true,
                // The honest operator copied another selection.
                Reason::EqualVerify => !leaf.choices().is_empty(),
                Reason::ScriptNumber => hint.len() > 4 && failure.op == Some(Opcode::Within),
                _ => false,
            };
            assert!(refused, "{name}: hint {hint:?}: {failure}");
        }
    }
    let mut missing = honest.clone();
    missing.remove(0);
    assert!(spend.execute_by_consensus(&missing).is_err(), "{name}");
    let mut extra = honest;
    extra.insert(0, vec![1]);
    assert!(spend.execute_by_consensus(&extra).is_err(), "{name}");
}

#[test]
fn instruction_leaves() {
    let order = ByteOrder::Big;
    let leaves = LeafSet::new(shape(order)).unwrap();
    let mut cases = Cases::new(&leaves);
    let mut random = Random(77);
    for &op in Op::ALL {
        for _ in 0..10 {
            let before = before(op, &mut random);
            let Some(honest) = run(before, order) else {
                continue;
            };
            for output in OUTPUTS {
                let mut wrong = honest.clone();
                wrong.set_step(output, random.word());
                cases.try_instruction(&wrong, &honest);
            }
            // What has no successor at all: another instruction, operand or address under an honest step's words.
            for input in [StepWord::Instr, StepWord::Rs, StepWord::Pc] {
                let mut wrong = honest.clone();
                let value = if input == StepWord::Pc {
                    0x8000_0010 + random.below(2)
                } else {
                    random.word()
                };
                wrong.set_step(input, value);
                cases.try_instruction(&wrong, &honest);
            }
        }
    }
    let kinds = cases.run();
    for leaf in leaves
        .leaves()
        .filter(|leaf| leaf.kind() == LeafKind::Instruction)
    {
        assert!(
            kinds.contains(&leaf.kind_name()),
            "{} never refuted anything",
            leaf.name()
        );
    }
}

fn state_and_hash_leaves(order: ByteOrder, digest: DigestLength) {
    let mut game = Game::new(order, digest);
    let leaves = LeafSet::new(game.shape.clone()).unwrap();
    let mut cases = Cases::new(&leaves);
    let mut random = Random(3);
    let steps = game.steps();
    let mut lie = |cases: &mut Cases<'_>, stage: Stage, honest: &Values| {
        let slots: Vec<Slot> = honest.slots().map(|(slot, _)| slot).collect();
        for slot in slots {
            let mut words = honest.words(slot).unwrap().to_vec();
            let count = words.len() as u32;
            words[random.below(count) as usize] ^= 1 << random.below(32);
            let mut wrong = honest.clone();
            wrong.set(slot, words);
            cases.try_values(stage, &wrong, honest);
        }
        for (choice, bit) in honest.choices() {
            let mut wrong = honest.clone();
            wrong.set_choice(choice, !bit);
            cases.try_values(stage, &wrong, honest);
        }
    };
    for index in [0, 1, 5, steps, steps + 1, steps + 2] {
        let (witness, values) = game.step(index);
        lie(&mut cases, Stage::Step, &values);
        for kind in 0..4 {
            for interval in [
                0,
                1,
                2,
                digest.region_level() as u8,
                digest.state_level() as u8,
            ] {
                let mut values = values.clone();
                game.path(&witness, &mut values, kind, interval);
                lie(&mut cases, Stage::Path, &values);
            }
        }
        for kind in AccessKind::ALL {
            let mut values = values.clone();
            game.access(&witness, &mut values, kind);
            lie(&mut cases, Stage::Access, &values);
        }
    }
    let kinds = cases.run();
    // Two openings are not values: `equivocation` tests the leaves for them.
    for leaf in leaves
        .leaves()
        .filter(|leaf| leaf.kind() != LeafKind::Instruction && leaf.kind_name() != "equivocation")
    {
        assert!(
            kinds.contains(&leaf.kind_name()),
            "{} never refuted anything",
            leaf.name()
        );
    }
}

#[test]
fn state_and_hash_leaves_of_long_digests() {
    state_and_hash_leaves(ByteOrder::Big, DigestLength::Bits256);
}

#[test]
fn state_and_hash_leaves_of_short_digests() {
    state_and_hash_leaves(ByteOrder::Little, DigestLength::Bits160);
}

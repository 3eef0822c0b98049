//! The simplest statement: all committed values are the same. Its leaves are real ones, each refuting that a value is the one
//! before it.

use gavel_ocp::proof::{
    DISPROVE_WEIGHT, ProofSlot, ProofSlots, ProofTree, RefutingLeaf, Statement, StatementError,
};
use gavel_script_gen::leaf::{Draft, Leaf, LeafKind};
use gavel_script_gen::script;
use gavel_script_gen::script::Script;
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::{Digits, Order, PublicKey, Shape, Signature, open_all};

const SHAPE: Shape = Shape::DIGEST_160;

/// All values are the same.
pub(crate) struct Equality {
    slots: ProofSlots,
    /// Bytes that every leaf is made longer by.
    padding: usize,
}

impl Equality {
    /// Of so many values in the claim and in the assertion.
    pub(crate) fn new(public: usize, asserted: usize) -> Self {
        let slots = |kind: &str, count| {
            let slot = |number| ProofSlot {
                name: format!("{kind} {number}"),
                shape: SHAPE,
            };
            (0..count).map(slot).collect()
        };
        let slots = ProofSlots {
            public: slots("public", public),
            asserted: slots("asserted", asserted),
        };
        Self { slots, padding: 0 }
    }

    /// The same with leaves that are longer by `padding` bytes.
    pub(crate) fn padded(self, padding: usize) -> Self {
        Self { padding, ..self }
    }

    /// Values of all slots that make the statement true.
    pub(crate) fn values(&self) -> Vec<Vec<u8>> {
        let digits: Vec<u8> = (0..SHAPE.message().len())
            .map(|place| (7 * place % 16) as u8)
            .collect();
        vec![digits; self.slots.len()]
    }

    /// The values with another one in a slot.
    pub(crate) fn lie(&self, slot: usize) -> Vec<Vec<u8>> {
        let mut values = self.values();
        values[slot][0] ^= 1;
        values
    }

    fn leaf(&self, number: usize, keys: &[PublicKey]) -> Result<Leaf, StatementError> {
        let pair = [&keys[number], &keys[number + 1]];
        let names: Vec<String> = self.slots.iter().map(|slot| slot.name.clone()).collect();
        let leaf = Leaf::new(Draft {
            name: format!("differ {}", number + 1),
            kind: LeafKind::State,
            relation: format!("{} = {}", names[number + 1], names[number]),
            slots: names[number..number + 2].to_vec(),
            script: script! {
                {(0..self.padding / 2).map(|_| script! { 1 OP_DROP })}
                {open_all(&pair, Digits::Plain, Order::FirstDeepest)}
                {differ(SHAPE.message().len())}
            },
            witness_items: 2 * SHAPE.witness_items(),
            max_witness_weight: 2 * SHAPE.max_witness_weight(),
        })?;
        Ok(leaf)
    }
}

/// Whether two lists of digits differ: `[first digits] [last digits] -> 0 or 1`.
fn differ(digits: usize) -> Script {
    script! {
        {(0..digits).rev().map(|place| script! { {place + 1} OP_ROLL OP_NUMNOTEQUAL OP_TOALTSTACK })}
        OP_FROMALTSTACK
        {(1..digits).map(|_| script! { OP_FROMALTSTACK OP_ADD })}
        OP_0NOTEQUAL
    }
}

impl Statement for Equality {
    fn slots(&self) -> &ProofSlots {
        &self.slots
    }

    fn tree(&self, keys: &[PublicKey]) -> Result<(LeafTree, ProofTree), StatementError> {
        let leaf = |number| self.leaf(number, keys);
        let (tree, manifest) = LeafTree::build(keys.len() - 1, DISPROVE_WEIGHT, leaf)?;
        Ok((tree, ProofTree::of(&manifest, DISPROVE_WEIGHT)))
    }

    fn find_refutation(
        &self,
        keys: &[PublicKey],
        shown: &[Signature],
    ) -> Result<Option<RefutingLeaf>, StatementError> {
        let values = keys.iter().zip(shown).map(|(key, shown)| key.verify(shown));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let Some(number) = values.windows(2).position(|pair| pair[0] != pair[1]) else {
            return Ok(None);
        };
        let leaf = self.leaf(number, keys)?;
        let witness = shown[number..number + 2]
            .iter()
            .flat_map(|signature| signature.witness(SHAPE));
        Ok(Some(RefutingLeaf {
            number,
            name: leaf.draft().name.clone(),
            relation: leaf.draft().relation.clone(),
            script: leaf.script().to_script_buf(),
            witness: witness.collect(),
        }))
    }
}

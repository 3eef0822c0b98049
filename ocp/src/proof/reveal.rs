//! Reveal leaves of the claim and the assertion, and how slots are distributed over inputs and transactions.

use std::ops::Range;

use bitcoin::ScriptBuf;
use bitcoin::key::XOnlyPublicKey;
use gavel_script_gen::analysis::AnalysisError;
use gavel_script_gen::reveal::{SIGNATURE_WEIGHT, inputs, operator_assertion};
use gavel_script_gen::winternitz::{PublicKey, Shape, Signature, WinternitzError};

use crate::graph::output::WitnessSize;

/// A leaf in which the operator commits consecutive slots; it asks for the operator's signature, too.
#[derive(Clone, Debug)]
pub struct SlotsLeaf {
    slots: Range<usize>,
    keys: Vec<PublicKey>,
    script: ScriptBuf,
    worst_witness: WitnessSize,
}

impl SlotsLeaf {
    /// The leaf of the slots with these numbers; `keys` are those of all slots.
    pub(super) fn new(
        keys: &[PublicKey],
        slots: Range<usize>,
        operator: XOnlyPublicKey,
    ) -> Result<Self, AnalysisError> {
        let keys = keys[slots.clone()].to_vec();
        let reveal = operator_assertion(&keys, operator)?;
        Ok(Self {
            slots,
            keys,
            script: reveal.script.to_script_buf(),
            worst_witness: WitnessSize {
                items: reveal.witness_items,
                bytes: reveal.max_witness_weight,
            },
        })
    }

    /// The numbers of its slots.
    pub fn slots(&self) -> Range<usize> {
        self.slots.clone()
    }

    /// The script.
    pub fn script(&self) -> &ScriptBuf {
        &self.script
    }

    /// Its largest witness, the operator's signature included, without script and control block.
    pub fn worst_witness(&self) -> WitnessSize {
        self.worst_witness
    }

    /// The elements of the witness that commit values, for the signatures of all slots.
    pub(super) fn witness(&self, signatures: &[Signature]) -> Vec<Vec<u8>> {
        let signatures = &signatures[self.slots.clone()];
        let elements = signatures
            .iter()
            .zip(&self.keys)
            .flat_map(|(signature, key)| signature.witness(key.shape()));
        elements.collect()
    }

    /// Reads the signatures from the elements of a witness: all but the operator's signature, script and control block.
    pub(super) fn read(
        &self,
        elements: &[Vec<u8>],
    ) -> Result<Vec<Signature>, (usize, WinternitzError)> {
        let mut rest = elements;
        let mut signatures = Vec::new();
        for (slot, key) in self.slots.clone().zip(&self.keys) {
            let shape = key.shape();
            let (own, others) = rest.split_at(shape.witness_items().min(rest.len()));
            let signature = Signature::from_witness(shape, own).map_err(|error| (slot, error))?;
            key.verify(&signature).map_err(|error| (slot, error))?;
            signatures.push(signature);
            rest = others;
        }
        Ok(signatures)
    }
}

/// What slots cost in a witness, to distribute them.
pub(super) struct Widths {
    shapes: Vec<Shape>,
    scripts: Vec<usize>,
}

impl Widths {
    pub(super) fn new(keys: &[PublicKey]) -> Self {
        Self {
            shapes: keys.iter().map(PublicKey::shape).collect(),
            scripts: keys.iter().map(|key| key.verify_script().len()).collect(),
        }
    }

    /// The largest witness of the leaf of these slots, script and control block included.
    pub(super) fn witness(&self, slots: Range<usize>) -> WitnessSize {
        const KEY_AND_CHECKSIG: usize = 34;
        const CONTROL_BLOCK: usize = 33;
        let shapes = &self.shapes[slots.clone()];
        let script: usize = self.scripts[slots].iter().sum();
        let values = WitnessSize {
            items: 1 + shapes.iter().map(Shape::witness_items).sum::<usize>(),
            bytes: SIGNATURE_WEIGHT + shapes.iter().map(Shape::max_witness_weight).sum::<usize>(),
        };
        values.with(script + KEY_AND_CHECKSIG).with(CONTROL_BLOCK)
    }

    /// Distributes slots, in order, over inputs that fit the stack and of which each one alone `fits` a transaction; none if a
    /// single slot does not.
    pub(super) fn inputs(
        &self,
        slots: Range<usize>,
        fits: impl Fn(WitnessSize) -> bool,
    ) -> Option<Vec<Range<usize>>> {
        let mut found = Vec::new();
        let mut start = slots.start;
        while start < slots.end {
            let on_stack = inputs(&self.shapes[start..slots.end], 0);
            let most = start + on_stack.first().map_or(0, ExactSizeIterator::len);
            let end = (start + 1..=most)
                .rev()
                .find(|&end| fits(self.witness(start..end)))?;
            found.push(start..end);
            start = end;
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gavel_script_gen::winternitz::GameSeed;

    fn keys(shapes: &[Shape]) -> Vec<PublicKey> {
        let seed = GameSeed::new(&[1; 32], &[2; 32]);
        let key = |(number, &shape)| {
            seed.secret_key(shape, &format!("slot {number}"))
                .public_key()
        };
        shapes.iter().enumerate().map(key).collect()
    }

    #[test]
    fn widths_are_those_of_the_leaves() {
        let keys = keys(&[
            Shape::WORD,
            Shape::DIGEST_256,
            Shape::DIGEST_160,
            Shape::WORD,
        ]);
        let widths = Widths::new(&keys);
        let operator = crate::plan::unused_key(0).x_only_public_key().0;
        for slots in [0..1, 1..2, 1..4, 0..4] {
            let leaf = SlotsLeaf::new(&keys, slots.clone(), operator).unwrap();
            let witness = leaf.worst_witness().with(leaf.script().len()).with(33);
            assert_eq!(widths.witness(slots), witness);
        }
    }

    #[test]
    fn inputs_respect_the_stack_and_the_weight() {
        let keys = keys(&[Shape::DIGEST_256; 20]);
        let widths = Widths::new(&keys);
        assert_eq!(
            widths.inputs(2..20, |_| true),
            Some(vec![2..9, 9..16, 16..20])
        );
        let small = |witness: WitnessSize| witness.weight() <= 20_000;
        let found = widths.inputs(0..20, small).unwrap();
        assert!(
            found
                .iter()
                .all(|slots| small(widths.witness(slots.clone())))
        );
        assert_eq!(found.first(), Some(&(0..3)));
        assert_eq!(
            widths.inputs(0..20, |witness| witness.weight() <= 5_000),
            None
        );
    }
}

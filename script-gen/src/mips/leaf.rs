//! One leaf: the openings of the values that a relation reads, then the code that refutes it.

use crate::bits::BIT_SECRET_WEIGHT;
use crate::leaf::{self, Draft, LeafKind};
use crate::script::{Op, Script, encode_number};
use crate::winternitz::{Digits, Order, PublicKey, keep_all, sum_all};

use super::compression::{Compression, repeat};
use super::equivocation::Place;
use super::error::PredicateError;
use super::lower::{Cell, lower};
use super::opening::{Keys, Openings};
use super::relation::{Refuter, Relation, Stage};
use super::shape::GameShape;
use super::slot::{Choice, Slot, StepWord};

/// A leaf of one game.
///
/// Its witness, bottom first: hints, secrets of selection bits, signatures of the slots that its conditions read, signatures
/// of the slots that are hashed. The script opens them from the top; what it still needs waits on the altstack. An equivocation
/// has the smaller digits of two signatures of its slot instead, or both secrets of its bit.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    relation: &'a Relation,
    shape: &'a GameShape,
}

impl<'a> Leaf<'a> {
    pub(crate) fn new(relation: &'a Relation, shape: &'a GameShape) -> Self {
        Self { relation, shape }
    }

    /// The name of the relation; what follows a `/` tells leaves of the same kind apart.
    pub fn name(&self) -> &'a str {
        &self.relation.name
    }

    /// The name without what tells leaves of the same kind apart.
    pub fn kind_name(&self) -> &'a str {
        leaf::kind_name(&self.relation.name)
    }

    /// What it has to do.
    pub fn kind(&self) -> LeafKind {
        self.relation.kind
    }

    /// When it can be spent.
    pub fn stage(&self) -> Stage {
        self.relation.stage
    }

    /// The relation that it refutes, in words.
    pub fn relation(&self) -> &'a str {
        &self.relation.text
    }

    /// The slots that the conditions read, in the order of their signatures in the witness, bottom first.
    fn read_slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.relation.conditions.reads().0.into_iter().collect();
        // The instruction is read most, and first: on top it is the cheapest to read.
        slots.sort_by_key(|slot| *slot == Slot::Step(StepWord::Instr));
        slots
    }

    /// The slots that it opens, in the order of their signatures in the witness, bottom first.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = self.read_slots();
        match &self.relation.refuter {
            Refuter::Compression(compression) => slots.extend(compression.slots()),
            Refuter::Equivocation(Place::Slot(slot)) => slots.push(*slot),
            Refuter::Digits | Refuter::Equivocation(Place::Choice(_)) => {}
        }
        slots
    }

    /// The selection bits that it opens, in the order of their secrets in the witness, bottom first.
    pub fn choices(&self) -> Vec<Choice> {
        if let Refuter::Equivocation(Place::Choice(choice)) = self.relation.refuter {
            return vec![choice];
        }
        let conditions = &self.relation.conditions;
        let required = conditions
            .required_choices()
            .iter()
            .map(|(choice, _)| *choice);
        conditions.reads().1.into_iter().chain(required).collect()
    }

    /// How many secrets of selection bits its witness has.
    fn secrets(&self) -> usize {
        match self.relation.refuter {
            Refuter::Equivocation(Place::Choice(_)) => 2,
            _ => self.choices().len(),
        }
    }

    /// Items of its witness.
    pub fn witness_items(&self) -> usize {
        let signatures = self
            .slots()
            .into_iter()
            .map(|slot| slot.shape(self.shape.digest).witness_items());
        self.relation.conditions.ranges().hints.len() + self.secrets() + signatures.sum::<usize>()
    }

    /// The weight of its largest witness, lengths of the items included, without script and control block.
    pub fn max_witness_weight(&self) -> usize {
        let signatures = self
            .slots()
            .into_iter()
            .map(|slot| slot.shape(self.shape.digest).max_witness_weight());
        let hints = self.relation.conditions.ranges().hints.iter();
        let hints: usize = hints.map(|range| 1 + encode_number(range.1).len()).sum();
        hints + BIT_SECRET_WEIGHT * self.secrets() + signatures.sum::<usize>()
    }

    /// The script for these keys.
    ///
    /// # Errors
    /// A key is missing.
    pub fn script(&self, keys: &Keys) -> Result<Script, PredicateError> {
        let mut script = Script::new();
        match &self.relation.refuter {
            Refuter::Digits => {
                self.check_conditions(keys, &mut script)?;
                script.push_int(1);
            }
            Refuter::Compression(compression) => {
                self.open_hashed(compression, keys, &mut script)?;
                self.check_conditions(keys, &mut script)?;
                let ordered = self.relation.conditions.result().is_some();
                script.push(compression.compare(self.shape, ordered));
            }
            Refuter::Equivocation(place) => script.push(place.script(keys)?),
        }
        Ok(script)
    }

    /// The leaf for these keys, not yet proved.
    ///
    /// # Errors
    /// A key is missing.
    pub fn draft(&self, keys: &Keys) -> Result<Draft, PredicateError> {
        let choices = self.choices().into_iter().map(|choice| choice.to_string());
        let slots = self.slots().into_iter().map(|slot| slot.to_string());
        Ok(Draft {
            name: self.name().into(),
            kind: self.kind(),
            relation: self.relation().into(),
            slots: choices.chain(slots).collect(),
            script: self.script(keys)?,
            witness_items: self.witness_items(),
            max_witness_weight: self.max_witness_weight(),
        })
    }

    /// The leaf for these keys, proved.
    ///
    /// # Errors
    /// A key is missing, or the script cannot be proved.
    pub fn prove(&self, keys: &Keys) -> Result<leaf::Leaf, PredicateError> {
        Ok(leaf::Leaf::new(self.draft(keys)?)?)
    }

    /// Opens the claimed digest, then the message from its end, and keeps them on the altstack.
    fn open_hashed(
        &self,
        compression: &Compression,
        keys: &Keys,
        script: &mut Script,
    ) -> Result<(), PredicateError> {
        let slots = compression.slots();
        if let Some(claimed) = slots.last() {
            script.push(keys.slot(*claimed)?.open_script());
            script.push(Compression::keep_claimed(self.shape.slot_words(*claimed)));
        }
        for part in compression.parts().rev() {
            script.push(keys.slot(part.slot)?.open_script());
            script.push(Compression::keep_part(
                part,
                self.shape.slot_words(part.slot),
            ));
        }
        Ok(())
    }

    /// Opens what the conditions read, and checks them.
    fn check_conditions(&self, keys: &Keys, script: &mut Script) -> Result<(), PredicateError> {
        let predicate = &self.relation.conditions;
        let slots = self.read_slots();
        let choices: Vec<Choice> = predicate.reads().1.into_iter().collect();
        let opened: Vec<&PublicKey> = slots
            .iter()
            .map(|slot| keys.slot(*slot))
            .collect::<Result<_, _>>()?;
        script.push(keep_all(&opened, Order::FirstDeepest));
        for (choice, value) in predicate.required_choices().iter().rev() {
            script.push(keys.choice(*choice)?.require_script(*value));
        }
        for (i, choice) in choices.iter().enumerate().rev() {
            script.push(keys.choice(*choice)?.open_script());
            // What is opened next lies below this bit.
            if i > 0 {
                script.push_op(Op::ToAltStack);
            }
        }
        script.push(repeat(Op::FromAltStack, choices.len().saturating_sub(1)));
        script.push(sum_all(&opened, Digits::Plain));
        let mut stack: Vec<Cell> = (0..predicate.ranges().hints.len())
            .map(Cell::Hint)
            .collect();
        stack.extend(choices.into_iter().map(Cell::Bit));
        for slot in slots {
            for word in 0..self.shape.slot_words(slot) as u8 {
                stack.extend(
                    (0..8)
                        .rev()
                        .map(|digit| Cell::Nibble(slot, 8 * word + digit)),
                );
            }
        }
        script.push(lower(predicate, stack)?);
        Ok(())
    }

    /// The witness that makes it accept, bottom first.
    ///
    /// # Errors
    /// An opening is missing.
    pub fn witness(
        &self,
        openings: &Openings,
        hints: &[i64],
    ) -> Result<Vec<Vec<u8>>, PredicateError> {
        if let Refuter::Equivocation(place) = self.relation.refuter {
            return openings.equivocations().witness(place, self.shape);
        }
        let mut witness: Vec<Vec<u8>> = hints.iter().map(|hint| encode_number(*hint)).collect();
        for choice in self.choices() {
            witness.push(openings.choice(choice)?.to_vec());
        }
        for slot in self.slots() {
            witness.extend(openings.slot(slot)?.witness(slot.shape(self.shape.digest)));
        }
        Ok(witness)
    }
}

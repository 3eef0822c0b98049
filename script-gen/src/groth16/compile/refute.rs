//! Assertions, and the leaf that refutes a false one.

use num_bigint::BigInt;
use rayon::prelude::*;

use super::plan::{Target, first};
use super::{CompileError, Compiled, leaf, range};
use crate::bn254::Element;
use crate::groth16::digest::{self, Digest, group_digest, member_digest};
use crate::groth16::program::{Run, Value};
use crate::winternitz::Signature;

/// A leaf that accepts, with the values to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// The number of the leaf.
    pub leaf: usize,
    pub(super) values: Vec<BigInt>,
}

impl Compiled {
    /// The digits of all slots for the values of a run, or for any values.
    ///
    /// # Errors
    /// If an input cannot be said by 64 digits.
    pub fn assertion(&self, values: &[BigInt]) -> Result<Vec<Vec<u8>>, CompileError> {
        let mut digits = vec![vec![]; self.slots.list.len()];
        for (input, slot) in self.program.inputs.iter().zip(&self.slots.of_input) {
            let value = &values[input.value.0];
            let said = range::digits(input.kind, value);
            digits[*slot] = said
                .ok_or_else(|| CompileError::InputRange(input.name.clone()))?
                .to_vec();
        }
        let groups: Vec<(usize, Vec<u8>)> = (0..self.cut.groups.len())
            .into_par_iter()
            .filter_map(|group| {
                let slot = self.slots.of_group[group]?;
                let digest = self.group_digest(group, values)?;
                Some((slot, digest::digits(&digest)))
            })
            .collect();
        for (slot, digest) in groups {
            digits[slot] = digest;
        }
        Ok(digits)
    }

    /// The values of an assertion's inputs, in the order of the program's; digits above 15 do not occur in what keys have
    /// verified.
    fn inputs(&self, committed: &[Vec<u8>]) -> Result<Vec<BigInt>, CompileError> {
        let inputs = self.program.inputs.iter().zip(&self.slots.of_input);
        let values = inputs.map(|(input, slot)| {
            let digits = &committed[*slot];
            range::integer(input.kind, digits)
                .ok_or_else(|| CompileError::InputRange(input.name.clone()))
        });
        values.collect()
    }

    /// Looks for a leaf that refutes one of the committed values, given the digits of all slots: none if all are right.
    ///
    /// # Errors
    /// If there are not as many values as slots, or other digits than their shapes have.
    pub fn find_refutation(
        &self,
        committed: &[Vec<u8>],
    ) -> Result<Option<Refutation>, CompileError> {
        let lengths = committed.iter().map(Vec::len);
        if !lengths.eq(self
            .slots
            .list
            .iter()
            .map(|slot| slot.shape.message().len()))
        {
            return Err(CompileError::Keys {
                expected: self.slots.list.len(),
                found: committed.len(),
            });
        }
        let run = self.program.run(&self.inputs(committed)?)?;
        let false_targets = (0..self.targets.len())
            .into_par_iter()
            .find_first(|leaf| self.is_refuted(self.targets[*leaf], committed, &run));
        Ok(false_targets.map(|leaf| Refutation {
            leaf,
            values: run.values,
        }))
    }

    /// Whether the leaf of a target accepts, if none before it does.
    fn is_refuted(&self, target: Target, committed: &[Vec<u8>], run: &Run) -> bool {
        match target {
            Target::Negative(input) => self.input(input, run) < &BigInt::ZERO,
            Target::TooLarge(input) => {
                self.input(input, run) >= &self.program.inputs[input].kind.bound()
            }
            Target::Undefined(step) => {
                let mut relations = first(&self.program.steps[step].undefined).iter();
                relations.all(|relation| {
                    let known = relation.values().all(|value| run.knows(value));
                    known && relation.holds(&run.values)
                })
            }
            Target::Digest(group) => {
                let slot = self.slots.of_group[group].map(|slot| &committed[slot]);
                let right = self.known_group_digest(group, run);
                right.is_some_and(|right| slot != Some(&digest::digits(&right)))
            }
            Target::Claim(check, claim) => {
                let claim = &self.program.checks[check].claims[claim];
                run.undefined.is_empty() && !claim.holds(&run.values)
            }
        }
    }

    fn input<'a>(&self, input: usize, run: &'a Run) -> &'a BigInt {
        &run.values[self.program.inputs[input].value.0]
    }

    fn part_values(&self, part: &[usize]) -> impl Iterator<Item = Value> {
        let members = part.iter().map(|member| &self.graph.members[*member]);
        members.flat_map(|member| member.values.iter().copied())
    }

    /// The digest of a group, unless a value is missing because it depends on a step that is undefined.
    fn known_group_digest(&self, group: usize, run: &Run) -> Option<Digest> {
        let mut parts = self.cut.groups[group].parts.iter();
        let known = parts.all(|part| self.part_values(part).all(|value| run.knows(value)));
        known
            .then(|| self.group_digest(group, &run.values))
            .flatten()
    }

    fn group_digest(&self, group: usize, values: &[BigInt]) -> Option<Digest> {
        let parts = self.cut.groups[group].parts.iter();
        let digests = parts.map(|part| part_digest(self.part_values(part), values));
        Some(group_digest(&digests.collect::<Option<Vec<_>>>()?))
    }

    /// The witness with which the leaf of a refutation accepts, given the signatures of all slots.
    ///
    /// # Errors
    /// If there are not as many signatures as slots, or a value cannot be shown.
    pub fn witness(
        &self,
        refutation: &Refutation,
        signatures: &[Signature],
    ) -> Result<Vec<Vec<u8>>, CompileError> {
        let Refutation {
            leaf: number,
            values,
        } = refutation;
        if signatures.len() != self.slots.list.len() {
            return Err(CompileError::Keys {
                expected: self.slots.list.len(),
                found: signatures.len(),
            });
        }
        let target = self.targets.get(*number).ok_or(CompileError::NoLeaf {
            number: *number,
            leaves: self.targets.len(),
        })?;
        let plan = self.planner().plan(*target)?;
        let mut witness = leaf::hints(&self.program, &plan, values)?;
        for slot in self.opened(&plan).into_iter().rev() {
            let shape = self.slots.list[slot].shape;
            witness.extend(signatures[slot].witness_in(shape, plan.order()));
        }
        Ok(witness)
    }
}

/// The digest of values, if they can be said by digits.
pub(super) fn part_digest(part: impl Iterator<Item = Value>, values: &[BigInt]) -> Option<Digest> {
    let elements = part.map(|value| Element::new(&values[value.0]).ok());
    Some(member_digest(&elements.collect::<Option<Vec<_>>>()?))
}

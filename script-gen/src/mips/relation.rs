//! A relation between committed values, together with what refutes it.

use gavel_vm::digest::Hasher;

use crate::leaf::LeafKind;

use super::compression::Compression;
use super::equivocation::Place;
use super::error::PredicateError;
use super::predicate::Predicate;
use super::values::Values;

/// When a leaf can be spent: the transaction whose output its tree locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// After RevealStep.
    Step,
    /// After RevealPath.
    Path,
    /// After RevealAccess.
    Access,
}

/// A relation that has to hold between committed values, and the predicate that holds exactly if it fails.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// The kind of leaf, and the slots it is for where there are several: `pre-slot/trace[2][1]`.
    pub(crate) name: String,
    pub(crate) kind: LeafKind,
    pub(crate) stage: Stage,
    /// What has to hold, in words.
    pub(crate) text: String,
    /// Conditions over digits that have to hold if it is refuted.
    pub(crate) conditions: Predicate,
    /// What refutes it.
    pub(crate) refuter: Refuter,
}

/// How a relation is refuted.
#[derive(Clone, Debug)]
pub(crate) enum Refuter {
    /// By its conditions.
    Digits,
    /// By one compression. The conditions leave 1 where the children stand in the other order, if that depends on committed
    /// values.
    Compression(Compression),
    /// By two openings of one key. There are no conditions: it does not matter what was said.
    Equivocation(Place),
}

impl Relation {
    /// A relation among the words of a step.
    pub(crate) fn step(name: &str, text: &str, build: impl FnOnce(&mut Predicate)) -> Self {
        Self::digits(
            name.into(),
            LeafKind::Instruction,
            Stage::Step,
            text.into(),
            build,
        )
    }

    /// A relation that is refuted by arithmetic over digits.
    pub(crate) fn digits(
        name: String,
        kind: LeafKind,
        stage: Stage,
        text: String,
        build: impl FnOnce(&mut Predicate),
    ) -> Self {
        let mut conditions = Predicate::new();
        build(&mut conditions);
        Self {
            name,
            kind,
            stage,
            text,
            conditions,
            refuter: Refuter::Digits,
        }
    }

    /// A relation that is refuted by one compression.
    pub(crate) fn hash(
        name: String,
        stage: Stage,
        text: String,
        compression: Compression,
        build: impl FnOnce(&mut Predicate),
    ) -> Self {
        let mut conditions = Predicate::new();
        build(&mut conditions);
        Self {
            name,
            kind: LeafKind::Hash,
            stage,
            text,
            conditions,
            refuter: Refuter::Compression(compression),
        }
    }

    /// Hints with which these values refute it, or none if it holds. Values cannot tell that there was another one.
    pub(crate) fn refute(
        &self,
        hasher: &Hasher,
        values: &Values,
    ) -> Result<Option<Vec<i64>>, PredicateError> {
        match &self.refuter {
            Refuter::Digits => self.conditions.solve(values),
            Refuter::Compression(compression) => match self.conditions.run(values, &[])? {
                Some(swapped) if compression.fails(hasher, values, swapped == 1)? => {
                    Ok(Some(Vec::new()))
                }
                _ => Ok(None),
            },
            Refuter::Equivocation(_) => Ok(None),
        }
    }

    /// The relation, if everything that its conditions need could be proved.
    pub(crate) fn checked(self) -> Result<Self, PredicateError> {
        Ok(Self {
            conditions: self.conditions.checked()?,
            ..self
        })
    }
}

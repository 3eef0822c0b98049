//! A relation between committed values, together with what refutes it.

use gavel_vm::digest::Hasher;

use crate::leaf::LeafKind;

use super::compression::Compression;
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
    /// What refutes it.
    pub(crate) refutation: Refuter,
}

/// How a relation is refuted.
#[derive(Clone, Debug)]
pub(crate) enum Refuter {
    /// By arithmetic over digits.
    Digits(Predicate),
    /// By one compression, where the conditions of the predicate hold as well. The predicate leaves 1 where the children stand
    /// in the other order, if that depends on committed values.
    Compression(Predicate, Compression),
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
        let mut predicate = Predicate::new();
        build(&mut predicate);
        Self {
            name,
            kind,
            stage,
            text,
            refutation: Refuter::Digits(predicate),
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
        let mut predicate = Predicate::new();
        build(&mut predicate);
        let refutation = Refuter::Compression(predicate, compression);
        Self {
            name,
            kind: LeafKind::Hash,
            stage,
            text,
            refutation,
        }
    }

    /// The predicate that has to hold, besides a compression if there is one.
    pub(crate) fn predicate(&self) -> &Predicate {
        match &self.refutation {
            Refuter::Digits(predicate) | Refuter::Compression(predicate, _) => predicate,
        }
    }

    /// Hints with which these values refute it, or none if it holds.
    pub(crate) fn refute(
        &self,
        hasher: &Hasher,
        values: &Values,
    ) -> Result<Option<Vec<i64>>, PredicateError> {
        match &self.refutation {
            Refuter::Digits(predicate) => predicate.solve(values),
            Refuter::Compression(gate, compression) => match gate.run(values, &[])? {
                Some(swapped) if compression.fails(hasher, values, swapped == 1)? => {
                    Ok(Some(Vec::new()))
                }
                _ => Ok(None),
            },
        }
    }

    /// The relation, if everything that its predicate needs could be proved.
    pub(crate) fn checked(mut self) -> Result<Self, PredicateError> {
        self.refutation = match self.refutation {
            Refuter::Digits(predicate) => Refuter::Digits(predicate.checked()?),
            Refuter::Compression(gate, hash) => Refuter::Compression(gate.checked()?, hash),
        };
        Ok(self)
    }
}

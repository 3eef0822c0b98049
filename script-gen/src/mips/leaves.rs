//! The leaves of one game, and the finder.

use gavel_vm::digest::Hasher;

use super::equivocation::Equivocations;
use super::error::PredicateError;
use super::leaf::Leaf;
use super::relation::{Refuter, Relation, Stage};
use super::shape::GameShape;
use super::values::Values;
use super::{
    access, alu, bits, claim, control, divide, equivocation, legality, memory, moves, path,
    product, shift,
};

/// The relations of one game, in a fixed order.
#[derive(Clone, Debug)]
pub struct LeafSet {
    shape: GameShape,
    hasher: Hasher,
    relations: Vec<Relation>,
}

/// The leaf that refutes a false relation, and the hints that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// Position in the [`LeafSet`].
    pub leaf: usize,
    /// Hints, in the order in which the leaf declares them.
    pub hints: Vec<i64>,
}

impl LeafSet {
    /// The relations of a game of this shape.
    ///
    /// # Errors
    /// A shape that cannot be played, or a relation that cannot be proved to stay within Script's numbers.
    pub fn new(shape: GameShape) -> Result<Self, PredicateError> {
        shape.validate()?;
        let families = [
            legality::relations(),
            alu::relations(),
            shift::relations(),
            bits::relations(),
            moves::relations(),
            product::relations(),
            divide::relations(),
            memory::relations(shape.order),
            control::relations(),
            claim::relations(&shape),
            path::relations(&shape),
            access::relations(&shape),
            equivocation::relations(&shape),
        ];
        let relations = families.into_iter().flatten().map(Relation::checked);
        Ok(Self {
            relations: relations.collect::<Result<_, _>>()?,
            hasher: Hasher::new(shape.digest),
            shape,
        })
    }

    /// The shape of the game.
    pub fn shape(&self) -> &GameShape {
        &self.shape
    }

    /// The leaves, in the order of their numbers.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'_>> {
        self.relations
            .iter()
            .map(|relation| Leaf::new(relation, &self.shape))
    }

    /// A leaf by its number.
    pub fn leaf(&self, number: usize) -> Option<Leaf<'_>> {
        self.relations
            .get(number)
            .map(|relation| Leaf::new(relation, &self.shape))
    }

    /// Hints with which a leaf refutes these values; none if its relation holds or there is no such leaf.
    ///
    /// # Errors
    /// A value that the relation reads is missing.
    pub fn refute_with(
        &self,
        leaf: usize,
        values: &Values,
    ) -> Result<Option<Vec<i64>>, PredicateError> {
        self.relations
            .get(leaf)
            .map_or(Ok(None), |relation| relation.refute(&self.hasher, values))
    }

    /// The first leaf of a stage whose relation these values violate, with hints that make it accept; none if every relation
    /// holds.
    ///
    /// # Errors
    /// A value that a relation of the stage reads is missing.
    pub fn find_refutation(
        &self,
        stage: Stage,
        values: &Values,
    ) -> Result<Option<Refutation>, PredicateError> {
        for (leaf, relation) in self.relations.iter().enumerate() {
            if relation.stage != stage {
                continue;
            }
            if let Some(hints) = relation.refute(&self.hasher, values)? {
                return Ok(Some(Refutation { leaf, hints }));
            }
        }
        Ok(None)
    }

    /// The first leaf of a stage for something that was opened twice. It needs no hints and no values.
    pub fn find_equivocation(
        &self,
        stage: Stage,
        equivocations: &Equivocations,
    ) -> Option<Refutation> {
        let accepts = |relation: &Relation| match relation.refuter {
            Refuter::Equivocation(place) => {
                relation.stage == stage && equivocations.contains(place)
            }
            Refuter::Digits | Refuter::Compression(_) => false,
        };
        let leaf = self.relations.iter().position(accepts)?;
        Some(Refutation {
            leaf,
            hints: Vec::new(),
        })
    }
}

//! What can be wrong with a program, a budget, keys or an assertion.

use thiserror::Error;

use crate::groth16::digest::DigestError;
use crate::groth16::program::ProgramError;
use crate::groth16::registers::RegisterError;
use crate::leaf::LeafError;
use crate::tree::TreeError;

/// Why a program cannot be compiled, or a run of it not asserted or refuted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompileError {
    /// The program is none.
    #[error("the program is faulty: {0}")]
    Program(#[from] ProgramError),
    /// A step's condition for being undefined reads a value that need not exist then.
    #[error("{place} says when it is undefined by value {value}, which may not exist then")]
    NotDetermined {
        /// The step.
        place: String,
        /// The value.
        value: usize,
    },
    /// No cut respects the limit on leaves.
    #[error("the leaf of {name} alone weighs {weight}, more than the {limit} that are allowed")]
    LeafTooHeavy {
        /// The leaf.
        name: String,
        /// Its weight.
        weight: usize,
        /// The limit.
        limit: usize,
    },
    /// The search has ended with a cut that does not respect the limit on leaves, though every step by itself does.
    #[error("no cut was found whose leaves weigh at most {0}")]
    NoCut(usize),
    /// No cut respects the limit on the assertion.
    #[error("no assertion weighs {0} or less")]
    AssertionTooSmall(usize),
    /// There is no such leaf.
    #[error("there is no leaf {number}: there are {leaves}")]
    NoLeaf {
        /// The number.
        number: usize,
        /// How many leaves there are.
        leaves: usize,
    },
    /// Keys, values or signatures are not those of the slots.
    #[error("{found} keys or values, or of other shapes, where there are {expected} slots")]
    Keys {
        /// Slots.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// An input cannot be committed.
    #[error("the value of {0} cannot be said by its digits")]
    InputRange(String),
    /// The run stops at a step without exactly one assignment.
    #[error("{0} is undefined for these inputs")]
    Undefined(String),
    /// A step or claim is too large for any leaf.
    #[error("the leaf of {0} alone needs more stack than there is, or hashes too many values")]
    NoLeafFits(String),
    /// A value of a run is none of the base field's.
    #[error("value {0} of the run cannot be shown to a leaf")]
    NotShown(usize),
    /// A relation has no script, or no hint.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// Values cannot be hashed together.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// The tree cannot be made.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A leaf cannot be proved.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

//! What can be wrong with a relation, its values or its keys.

use crate::leaf::LeafError;

use super::equivocation::Place;
use super::slot::{Choice, Slot};

/// Why a predicate could not be built, evaluated or lowered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PredicateError {
    /// An operand may leave the four bytes that Script's arithmetic takes.
    #[error("an operand may lie anywhere from {low} to {high}, which does not fit a script number")]
    Overflow {
        /// The smallest possible value.
        low: i64,
        /// The largest possible value.
        high: i64,
    },
    /// An operation for numbers that are not negative got one that may be.
    #[error("an operand that may not be negative can be as low as {low}")]
    Negative {
        /// The smallest possible value.
        low: i64,
    },
    /// A condition may be something other than 0 or 1.
    #[error("a condition may lie anywhere from {low} to {high} instead of being 0 or 1")]
    NotBoolean {
        /// The smallest possible value.
        low: i64,
        /// The largest possible value.
        high: i64,
    },
    /// An index may leave its table.
    #[error("an index can be {index} in a table of {items} items")]
    IndexRange {
        /// The index.
        index: i64,
        /// Length of the table.
        items: usize,
    },
    /// The items of a table do not lie side by side on the stack.
    #[error("the {items} items of a table do not lie side by side on the stack")]
    Scattered {
        /// Length of the table.
        items: usize,
    },
    /// An expression reads something that is not on the stack.
    #[error("an expression reads a value that its leaf does not hold")]
    Unknown,
    /// A committed value that the relation reads was not given.
    #[error("the value of {0} was not given")]
    MissingValue(Slot),
    /// A selection bit that the relation reads was not given.
    #[error("the selection bit {0} was not given")]
    MissingChoice(Choice),
    /// A public key that the leaf needs was not given.
    #[error("the key of {0} was not given")]
    MissingKey(Slot),
    /// The key of a selection bit that the leaf needs was not given.
    #[error("the key of the selection bit {0} was not given")]
    MissingChoiceKey(Choice),
    /// An opening that the leaf needs was not given.
    #[error("the opening of {0} was not given")]
    MissingOpening(Slot),
    /// An opening of a selection bit that the leaf needs was not given.
    #[error("the opening of the selection bit {0} was not given")]
    MissingChoiceOpening(Choice),
    /// Two openings of one key, which the leaf needs, were not given.
    #[error("two openings of {0} were not given")]
    MissingEquivocation(Place),
    /// A slot holds a value of another length.
    #[error("{slot} holds {expected} words, not {given}")]
    Length {
        /// The slot.
        slot: Slot,
        /// Words that it holds.
        expected: usize,
        /// Words that were given.
        given: usize,
    },
    /// The script of a leaf cannot be proved.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The shape of the game cannot be played.
    #[error("the shape of the game is refused: {0}")]
    Shape(&'static str),
}

//! The proof that a leaf is well-formed, made when the leaf is built: a leaf that cannot be proved does not exist.
//!
//! One pass over the script with sets of possible values in the place of values, both sides of every branch. It proves, for
//! every witness with the expected number of items:
//! - stack and altstack together never hold more than 1000 items, and never too few for an opcode;
//! - both sides of a branch leave stacks of the same height, every `OP_IF` has a boolean or an item of the spender (whom
//!   MINIMALIF, a consensus rule of tapscript, forces to give a boolean);
//! - every arithmetic operand is a number of at most four bytes; an item of the spender reaches arithmetic only through a
//!   comparison, `OP_MIN`, `OP_MAX` or `OP_ABS`, and is never compared as bytes except for a check that it passes.
//!   Where the script says so ([`limit`](crate::script::limit)), a number that may be longer is a check: it ends the script;
//! - every `OP_PICK` and `OP_ROLL` reads inside the stack and, if its index is not constant, inside the table that the script
//!   names ([`pick_from`](crate::script::pick_from)); an index below zero ends the script;
//! - exactly one boolean is left at the end, and nothing on the altstack.
//!
//! Such a script can still fail, by a check that does not hold; that is what leaves are made of.

mod branch;
mod facts;
mod height;
mod hulls;
mod interval;
mod machine;
mod operands;
mod tables;
#[cfg(test)]
mod tests;

pub use height::Extent;
pub use interval::Interval;

use crate::script::{Item, Op, Script};
use facts::Kind;
use machine::Machine;

/// What has been proved about a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The most items that stack and altstack hold together after any opcode, the witness included.
    pub peak_stack: usize,
}

/// What is known about an item that lies on the stack when a part of a leaf begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An item of the spender.
    Hint,
    /// A number of this range.
    Number(Interval),
    /// A byte string of known length, not from the spender; otherwise any byte string.
    Bytes(Option<usize>),
}

/// What has been proved about a part of a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReport {
    /// The most items that stack and altstack hold together after any opcode.
    pub peak_stack: usize,
    /// The items that are left on the stack, bottom first.
    pub stack: Vec<Entry>,
}

/// Why a script is not proved. Errors name a script's item by its position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("item {at} ({}{}): {problem}", .op.map_or("push or end", Op::name), .label.as_ref().map(|l| format!(" in {l}")).unwrap_or_default())]
pub struct AnalysisError {
    /// How many opcodes and pushes stand before.
    pub at: usize,
    /// The opcode.
    pub op: Option<Op>,
    /// The last label before it.
    pub label: Option<String>,
    /// What cannot be proved.
    pub problem: Problem,
}

/// What cannot be proved about a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The stack or altstack is empty.
    #[error("there are too few items")]
    TooFewItems,
    /// More than 1000 items.
    #[error("stack and altstack would hold {items} items, 1000 is the limit")]
    StackTooHigh {
        /// How many.
        items: usize,
    },
    /// A push of more than 520 bytes.
    #[error("an element of {length} bytes, 520 is the limit")]
    ElementTooLong {
        /// Its length.
        length: usize,
    },
    /// An arithmetic operand may be longer than four bytes.
    #[error("an operand may be from {lo} to {hi}, which is more than four bytes")]
    OperandTooWide {
        /// Its smallest value.
        lo: i64,
        /// Its largest value.
        hi: i64,
    },
    /// A byte string in arithmetic.
    #[error("an operand is a byte string")]
    OperandIsBytes,
    /// An item of the spender in arithmetic, unchecked.
    #[error("an operand comes from the spender and has not been checked")]
    UncheckedHint,
    /// An item of the spender is compared as bytes and the script goes on in either case: two encodings of one number would
    /// give two answers.
    #[error("an item of the spender is compared as bytes")]
    HintComparedAsBytes,
    /// The condition of a branch or check is neither a boolean nor an item of the spender.
    #[error("a condition may be other than 0 and 1")]
    NotBoolean,
    /// An index is not constant and the script names no table for it.
    #[error("an index from {lo} to {hi} has no table")]
    NoTable {
        /// The smallest index.
        lo: i64,
        /// The largest index.
        hi: i64,
    },
    /// An index may leave its table or the stack.
    #[error(
        "an index from {lo} to {hi} leaves its table, places {start} to {end} of a stack of {height}"
    )]
    OutsideTable {
        /// The smallest index.
        lo: i64,
        /// The largest index.
        hi: i64,
        /// The table's first place.
        start: usize,
        /// The place after its last.
        end: usize,
        /// Items on the stack.
        height: usize,
    },
    /// A key that is not 32 bytes long would make any signature valid.
    #[error("a public key is not a constant of 32 bytes")]
    PublicKey,
    /// `OP_ELSE`, `OP_ENDIF` or the end of the script without its `OP_IF`, or the reverse.
    #[error("branches are not balanced")]
    UnbalancedConditional,
    /// The two sides of a branch leave stacks of different heights.
    #[error("the sides of a branch leave {then} and {otherwise} items")]
    UnequalBranches {
        /// Items on stack and altstack after the first side.
        then: usize,
        /// Items after the other side.
        otherwise: usize,
    },
    /// The script does not end with exactly one item that is a boolean, or leaves something on the altstack.
    #[error(
        "the script ends with {items} items on the stack and {alt} on the altstack, not with one boolean"
    )]
    NotClean {
        /// Items on the stack.
        items: usize,
        /// Items on the altstack.
        alt: usize,
    },
}

/// Proves a whole leaf for every witness of `witness_items` items, script and control block not counted.
///
/// # Errors
/// What cannot be proved, and where.
pub fn analyse(script: &Script, witness_items: usize) -> Result<Report, AnalysisError> {
    let mut machine = Machine::new(script, vec![Kind::Hint; witness_items]);
    machine.run()?;
    machine.require_clean_end()?;
    Ok(Report {
        peak_stack: machine.peak(),
    })
}

/// Whether all that this module says about one script it says about the other: they differ in byte strings of the same length that are no
/// numbers, such as public keys.
pub fn is_alike(one: &Script, other: &Script) -> bool {
    let alike = |(one, other): (Item<'_>, Item<'_>)| match (one, other) {
        (Item::Bytes(a), Item::Bytes(b)) => a.len() == b.len(),
        (one, other) => one == other,
    };
    if one.len() != other.len() || one.marks() != other.marks() {
        return false;
    }
    let mut bytes = one.as_bytes().iter().zip(other.as_bytes());
    let last = bytes.rposition(|(a, b)| a != b);
    // As long as items are alike, they stand at the same places.
    last.is_none_or(|last| {
        let items = one.items().zip(other.items());
        let mut items = items.take_while(|((at, _), _)| *at <= last);
        items.all(|((_, one), (_, other))| alike((one, other)))
    })
}

/// Proves a part of a leaf that begins with these items on the stack, bottom first.
///
/// # Errors
/// What cannot be proved, and where.
pub fn analyse_part(script: &Script, entry: &[Entry]) -> Result<PartReport, AnalysisError> {
    let kind = |entry: &Entry| match entry {
        Entry::Hint => Kind::Hint,
        Entry::Number(range) => Kind::Number(*range),
        Entry::Bytes(length) => Kind::Bytes(*length),
    };
    let mut machine = Machine::new(script, entry.iter().map(kind).collect());
    machine.run()?;
    Ok(PartReport {
        peak_stack: machine.peak(),
        stack: machine.items(),
    })
}

//! The proof game: the operator asserts all values of a check at once, and anyone may refute one relation among them.
//!
//! - [`statement`]: what a compiler provides: slots, a tree of leaves, and refutations. [`compiled`]: ours.
//! - [`params`]: what the signers agree on, and its rules. [`mod@plan`]: what a game costs.
//! - [`setup`], [`blueprint`], [`graph`]: a [`ProofSetup`] becomes a [`ProofBlueprint`], which says what to fund; with outpoints
//!   that becomes a [`ProofGraph`].
//! - [`presign`]: the ceremony. [`sign`]: completes a transaction. [`party`]: who makes which transaction when.
//!
//! `docs/proof-game.md` describes every transaction and says why it is as it is.

mod assertion;
pub mod blueprint;
pub mod compiled;
mod draft;
pub mod graph;
pub mod name;
pub mod node;
pub mod params;
pub mod party;
pub mod plan;
pub mod presign;
pub mod reveal;
pub mod setup;
pub mod sign;
pub mod statement;

pub use blueprint::ProofBlueprint;
pub use compiled::CompiledStatement;
pub use graph::{ProofGraph, ReadError};
pub use name::ProofTx;
pub use node::{ProofNode, ProofUnlock};
pub use params::{ProofCosts, ProofLocks, ProofParams, ProofParamsError};
pub use plan::{ProofPlan, default_params, plan};
pub use presign::ProofSignatures;
pub use setup::{ProofFunding, ProofSetup, ProofSetupError, public_keys};
pub use statement::{
    DISPROVE_WEIGHT, ProofSlot, ProofSlots, ProofTree, RefutingLeaf, Statement, StatementError,
};

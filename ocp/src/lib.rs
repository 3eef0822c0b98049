//! The Optimistic Challenge Process: the transactions of one trace game, their signatures, and the parties that play it.
//!
//! - [`params`]: what the signers agree on, and its rules. [`plan`]: what a game costs.
//! - [`keys`]: the signers' aggregate key (MuSig2), the deposit, the one-time keys of slots and selections.
//! - [`slot`], [`reveal`]: committed values, and the leaves that publish them.
//! - [`graph`]: every transaction from the claim to the last time-out. A [`graph::setup::Setup`] becomes a
//!   [`graph::blueprint::Blueprint`], which says what to fund; with outpoints that becomes a [`graph::Graph`].
//! - [`presign`]: the ceremony in which all signers sign. [`sign`]: completes a transaction.
//! - [`leaves`]: the leaves that refute what the operator says.
//! - [`game`]: the state machine of one party, pure: events in, effects out.
//! - [`mod@proof`]: the proof game, in one shot and without permission, about a statement that some compiler has turned into leaves.
//!
//! ```
//! use gavel_ocp::plan::{default_params, rounds};
//! use gavel_vm::digest::DigestLength;
//!
//! let params = default_params(1_000_000, 3, DigestLength::Bits256);
//! assert_eq!(params.validate(), Ok(()));
//! assert_eq!(params.trace_rounds, [3, 3, 3, 3, 3, 3, 2]);
//! assert_eq!(rounds(5, 2), [2, 2, 1]);
//! ```

pub mod game;
pub mod graph;
pub mod keys;
pub mod leaves;
pub mod measure;
pub mod params;
pub mod plan;
pub mod presign;
pub mod proof;
pub mod reveal;
pub mod sign;
pub mod slot;

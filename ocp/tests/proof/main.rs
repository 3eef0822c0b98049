//! The proof game: its transactions, signatures, costs, and every order of events.
#![allow(missing_docs)]

#[allow(dead_code, unreachable_pub)]
#[path = "../common/chain.rs"]
mod chain;
mod equality;
mod graph;
mod model;
mod plan;
mod play;
mod refusals;
mod world;

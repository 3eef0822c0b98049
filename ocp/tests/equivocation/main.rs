//! An operator that shows a challenger something else than it has mined.
#![allow(missing_docs)]
#[path = "../common/mod.rs"]
mod common;
mod duel;
mod heard;
mod leaves;
mod twice;

use common::world::{broadcasts, claim, contrary};
use gavel_ocp::game::trace::Claim;
use gavel_ocp::graph::name::{DisputeTx, Stage, TxName};

fn other_claim() -> Claim {
    Claim {
        steps: 2,
        ..claim()
    }
}

fn disproved(stage: Stage) -> TxName {
    TxName::Dispute {
        challenger: 1,
        tx: DisputeTx::Disprove(stage),
    }
}

//! An operator that shows a challenger something else than it has mined.
#![allow(missing_docs)]
#[path = "../common/mod.rs"]
mod common;
mod duel;
mod heard;
mod leaves;
mod twice;

use bitcoin::Transaction;
use common::world::{TestTrace, claim};
use gavel_ocp::game::trace::Claim;
use gavel_ocp::game::{Effect, Reply};
use gavel_ocp::graph::name::{DisputeTx, Stage, TxName};

fn other_claim() -> Claim {
    Claim {
        steps: 2,
        ..claim()
    }
}

/// What a challenger believes who thinks the claim false.
fn contrary() -> TestTrace {
    TestTrace {
        contrary: true,
        ..TestTrace::default()
    }
}

fn disproved(stage: Stage) -> TxName {
    TxName::Dispute {
        challenger: 1,
        tx: DisputeTx::Disprove(stage),
    }
}

fn broadcasts(reply: Reply) -> Vec<(TxName, Transaction)> {
    let Reply::Effects(effects) = reply else {
        return Vec::new();
    };
    let broadcast = |effect| match effect {
        Effect::Broadcast { name, transaction } => Some((name, transaction)),
        Effect::Save | Effect::Ended(_) => None,
    };
    effects.into_iter().filter_map(broadcast).collect()
}

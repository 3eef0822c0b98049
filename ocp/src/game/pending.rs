//! Which of the own transactions could be in the next block.

use bitcoin::OutPoint;

use super::Game;
use crate::game::state::Prepared;
use crate::graph::name::{DisputeTx, Stage, TxName};

impl Game {
    /// The own transactions that are neither confirmed nor impossible, and whose inputs are in the chain.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Prepared> {
        let ready = |outpoint: OutPoint| {
            let known = self.graph.by_txid(&outpoint.txid);
            let there = known.is_none_or(|node| {
                self.state.confirmed(node.name).is_some() || self.is_part_before(node.name)
            });
            there && !self.state.is_spent(outpoint)
        };
        self.state.prepared.iter().filter(move |prepared| {
            self.state.confirmed(prepared.name).is_none()
                && !self.is_overtaken(prepared.name)
                && prepared
                    .transaction
                    .input
                    .iter()
                    .all(|input| ready(input.previous_output))
                && self.lock_has_passed(prepared.name)
        })
    }

    /// Whether `name` is an own transaction that is broadcast together with the one that follows it: a disclosure in
    /// several transactions is one answer.
    fn is_part_before(&self, name: TxName) -> bool {
        use crate::graph::name::Move;
        let part = matches!(
            name,
            TxName::Dispute {
                tx: DisputeTx::Move(Move::Disclose { .. } | Move::DisclosePath { .. }),
                ..
            }
        );
        part && self.state.prepared(name).is_some()
    }

    /// Whether a selection was made before the operator was heard to say something twice: the leaf for that spends the same
    /// output, and decides.
    fn is_overtaken(&self, name: TxName) -> bool {
        use crate::graph::name::Move::{SelectAccess, SelectPath};
        let TxName::Dispute {
            challenger,
            tx: DisputeTx::Move(SelectPath | SelectAccess),
        } = name
        else {
            return false;
        };
        let leaves = [
            DisputeTx::Disprove(Stage::Step),
            DisputeTx::Recover(Stage::Step),
        ];
        let mut leaves = leaves
            .map(|tx| TxName::Dispute { challenger, tx })
            .into_iter();
        leaves.any(|leaf| self.state.prepared(leaf).is_some())
    }

    /// Whether a transaction with relative time-locks could be in the next block.
    pub(super) fn lock_has_passed(&self, name: TxName) -> bool {
        let Some(node) = self.graph.get(name) else {
            return false;
        };
        node.transaction.input.iter().all(|input| {
            let lock = match input.sequence.to_relative_lock_time() {
                Some(bitcoin::relative::LockTime::Blocks(blocks)) => u32::from(blocks.value()),
                Some(bitcoin::relative::LockTime::Time(_)) | None => return true,
            };
            let parent = self.graph.by_txid(&input.previous_output.txid);
            let height = parent
                .and_then(|node| self.state.confirmed(node.name))
                .map(|one| one.height);
            height.is_some_and(|height| self.state.height + 1 >= height + lock)
        })
    }
}

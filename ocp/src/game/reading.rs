//! Reads a dispute's values from its confirmed transactions.

use bitcoin::Witness;

use crate::game::Game;
use crate::game::view::View;
use crate::graph::name::{DisputeTx, TxName};
use crate::graph::node::Unlock;
use crate::reveal::{Reading, RevealError};

impl Game {
    /// What the claim and the dispute with `challenger` have said so far.
    pub(super) fn reading(&self, challenger: u8) -> Result<Reading, RevealError> {
        let mut reading = Reading::default();
        for confirmed in &self.state.confirmed {
            let concerns = match confirmed.name {
                TxName::Claim => true,
                TxName::Dispute {
                    challenger: of,
                    tx: DisputeTx::Move(_),
                } => of == challenger,
                _ => false,
            };
            let Some(node) = self.graph.get(confirmed.name).filter(|_| concerns) else {
                continue;
            };
            for (unlock, input) in node.unlocks.iter().zip(&confirmed.transaction.input) {
                let (Unlock::Reveal { leaf, .. } | Unlock::Claim { leaf, .. }) = unlock else {
                    continue;
                };
                leaf.read(&elements(&input.witness), &mut reading)?;
            }
        }
        Ok(reading)
    }

    /// What everybody can see of the dispute with `challenger`.
    ///
    /// # Errors
    /// A confirmed witness cannot be read.
    pub fn view(&self, challenger: u8) -> Result<View, RevealError> {
        Ok(View {
            equivocations: self.equivocations(challenger),
            ..self.reading(challenger)?.into()
        })
    }
}

/// The elements of a reveal's witness: a signature stands in front of them, script and control block at the end.
pub(super) fn elements(witness: &Witness) -> Vec<Vec<u8>> {
    let inner = witness.len().saturating_sub(3);
    let inner = witness.iter().skip(1).take(inner);
    inner.map(<[u8]>::to_vec).collect()
}

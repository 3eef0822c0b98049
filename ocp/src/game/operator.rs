//! The operator's decisions: claim, answer, take the bonds of silent challengers, be paid.

use crate::game::answer::answer;
use crate::game::trace::Claim;
use crate::game::view::View;
use crate::game::{Game, GameError};
use crate::graph::name::{DisputeTx, Move, Party, TxName};
use crate::reveal::Reading;
use crate::sign::Said;
use crate::slot::Slot;

impl Game {
    pub(super) fn prepare_claim(&mut self, claim: &Claim) -> Result<(), GameError> {
        let mut reading = Reading::default();
        reading.values.set(Slot::Input, claim.input.clone());
        reading.values.set(Slot::Output, claim.output.clone());
        reading.values.set(Slot::Steps, [claim.steps]);
        self.prepare(TxName::Claim, Said::Reading(&reading))
    }

    pub(super) fn decide_operator(&mut self) -> Result<(), GameError> {
        for challenger in 1..=self.graph.blueprint().setup().params.challengers() as u8 {
            let Some((after, _)) = self.state.open_move(challenger) else {
                continue;
            };
            match self.graph.blueprint().schedule().turn_after(after) {
                Party::Operator => self.answer_challenger(challenger, after)?,
                Party::Challenger => {
                    let tx = DisputeTx::ChallengerTimeout { after };
                    self.prepare_when_due(TxName::Dispute { challenger, tx })?;
                }
            }
        }
        if self.state.confirmed(TxName::Claim).is_some()
            && self.state.decision(&self.graph).is_none()
        {
            let payout = if self.state.challenged() {
                TxName::PayoutAfterDispute
            } else {
                TxName::Payout
            };
            self.prepare_when_due(payout)?;
        }
        Ok(())
    }

    /// Makes the answer to a confirmed move, in all its transactions.
    fn answer_challenger(&mut self, challenger: u8, after: Move) -> Result<(), GameError> {
        let graph = self.graph.clone();
        let schedule = graph.blueprint().schedule();
        let mut next = schedule.answers(after).first().copied();
        while let Some(mv) = next.filter(|mv| mv.by() == Party::Operator) {
            let name = TxName::of(challenger, mv);
            if self.state.prepared(name).is_none() {
                let reading = self.reading(challenger)?;
                let view = View::from(reading.clone());
                let values = answer(
                    &graph.blueprint().setup().params,
                    self.trace.as_mut(),
                    &view,
                    mv,
                )?;
                let mut said = reading;
                values
                    .slots()
                    .for_each(|(slot, words)| said.values.set(slot, words));
                self.prepare(name, Said::Reading(&said))?;
            }
            next = schedule.answers(mv).first().copied();
        }
        Ok(())
    }
}

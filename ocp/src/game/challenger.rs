//! A challenger's decisions: challenge a false claim, select, refute, and slash a silent operator.

use crate::game::answer::AnswerError;
use crate::game::heard::claims_differ;
use crate::game::select::{StepDispute, path_part, step_dispute, trace_part};
use crate::game::view::View;
use crate::game::{Game, GameError, Role};
use crate::graph::name::{DisputeTx, Move, Party, Stage, TxName};
use crate::keys::slots::Scope;
use crate::reveal::Reading;
use crate::sign::Said;
use crate::slot::{Choice, Slot, Values};

impl Game {
    pub(super) fn decide_challenger(&mut self, number: u8) -> Result<(), GameError> {
        let challenge = TxName::of(number, Move::Challenge);
        if self.state.confirmed(challenge).is_none() {
            return self.consider_claim(number, challenge);
        }
        let Some((after, _)) = self.state.open_move(number) else {
            return Ok(());
        };
        let graph = self.graph.clone();
        if graph.blueprint().schedule().turn_after(after) == Party::Operator {
            let bond_is_gone = self.state.is_spent(graph.finalizer());
            let tx = if bond_is_gone {
                DisputeTx::Withdraw { after }
            } else {
                DisputeTx::OperatorTimeout { after }
            };
            return self.prepare_when_due(TxName::Dispute {
                challenger: number,
                tx,
            });
        }
        let view = self.view(number)?;
        let stage = match after {
            Move::RevealStep => Some(Stage::Step),
            Move::RevealPath => Some(Stage::Path),
            Move::RevealAccess => Some(Stage::Access),
            _ => None,
        };
        if let Some(stage) = stage
            && (self.refute(number, stage, &view)? || stage != Stage::Step)
        {
            return Ok(());
        }
        // The selection is made once: a stored one stands even if the trace would now say something else.
        let answers = graph.blueprint().schedule().answers(after);
        if answers
            .iter()
            .any(|&mv| self.state.prepared(TxName::of(number, mv)).is_some())
        {
            return Ok(());
        }
        self.select(number, after, &view)
    }

    /// Challenges a claim that is false, or one of two, while the operator's bond is there to be won.
    fn consider_claim(&mut self, number: u8, challenge: TxName) -> Result<(), GameError> {
        if self.state.confirmed(TxName::Claim).is_none()
            || self.state.is_spent(self.graph.finalizer())
        {
            return Ok(());
        }
        let view = self.view(number)?;
        let claim = view.claim().ok_or(AnswerError::Missing(Move::Challenge))?;
        // A true claim beside another one can be searched to the end like a false one: the leaf for two claims is there.
        if self.trace.holds(&claim)? && !claims_differ(&view.equivocations) {
            Ok(())
        } else {
            let salt = self.secrets.one_time.salt(Scope::Dispute(number));
            let mut reading = Reading::default();
            reading.values.set(Slot::Salt, salt);
            self.prepare(challenge, Said::Reading(&reading))
        }
    }

    /// Spends a leaf if one accepts.
    fn refute(&mut self, number: u8, stage: Stage, view: &View) -> Result<bool, GameError> {
        let bond_is_gone = self.state.is_spent(self.graph.finalizer());
        let tx = if bond_is_gone {
            DisputeTx::Recover(stage)
        } else {
            DisputeTx::Disprove(stage)
        };
        let name = TxName::Dispute {
            challenger: number,
            tx,
        };
        let Role::Challenger { refuter, .. } = &self.role else {
            return Ok(false);
        };
        if self.state.prepared(name).is_some() {
            return Ok(true);
        }
        match refuter.refute(stage, view)? {
            Some(refutation) => self
                .prepare(name, Said::Refutation(&refutation))
                .map(|()| true),
            None => Ok(false),
        }
    }

    fn select(&mut self, number: u8, after: Move, view: &View) -> Result<(), GameError> {
        let graph = self.graph.clone();
        let params = &graph.blueprint().setup().params;
        // After a restart the trace has not yet seen the claim.
        let claim = view.claim().ok_or(AnswerError::Missing(Move::Challenge))?;
        self.trace.holds(&claim)?;
        let trace = self.trace.as_mut();
        let mut values = Values::new();
        let mut set = |bits: u8, number: u64, choice: &dyn Fn(u8) -> Choice| {
            (0..bits).for_each(|bit| values.set_choice(choice(bit), number >> bit & 1 == 1));
        };
        let mv = match after {
            Move::Disclose { round, .. } => {
                let part = trace_part(params, trace, view, round)?;
                let bits = params.trace_rounds[usize::from(round) - 1];
                set(bits, part, &|bit| Choice::Trace { round, bit });
                Move::Select { round }
            }
            Move::DisclosePath { round, .. } => {
                let part = path_part(params, trace, view, round)?;
                let bits = params.path_rounds[usize::from(round) - 1];
                set(bits, part, &|bit| Choice::Path { round, bit });
                Move::SelectPathPart { round }
            }
            Move::RevealStep => match step_dispute(params, trace, view)? {
                StepDispute::Access(kind) => {
                    set(2, kind as u64, &|bit| Choice::AccessKind { bit });
                    Move::SelectAccess
                }
                StepDispute::Path(kind) => {
                    set(2, kind as u64, &|bit| Choice::PathKind { bit });
                    Move::SelectPath
                }
            },
            _ => return Ok(()),
        };
        let reading = Reading {
            values,
            ..Reading::default()
        };
        self.prepare(TxName::of(number, mv), Said::Reading(&reading))
    }
}

//! The table at which a proof game is played: what is confirmed, and what everybody wants to be confirmed next.

use bitcoin::{OutPoint, Transaction};
use gavel_ocp::proof::{
    ProofTx, RefutingLeaf,
    party::ProofView,
    sign::{Asserting, challenge, complete, disprove},
};
use gavel_script_gen::{leaf::MAX_STANDARD_WEIGHT, winternitz::Signature};

use super::cast::{Cast, reward_script};
use super::{Conduct, ProofScenario, ProofScenarioError, narrate};
use crate::scenario::{Ledger, Outcome, Report, Settlement, Verdict};
use crate::{Chain, ChainError, Confirmed, Reason, Refusal};

/// A game in progress.
pub(super) struct Table<'a> {
    scenario: &'a ProofScenario<'a>,
    cast: Cast,
    /// The operator's signatures of its values.
    signed: Vec<Signature>,
    view: ProofView,
    /// The operator's transactions since the challenge.
    answers: usize,
    /// What the search for a false value has found, once the values are known.
    refuting: Option<Option<RefutingLeaf>>,
    ledger: Ledger,
    reports: Vec<Report>,
    chain: &'a mut dyn Chain,
    observer: &'a mut dyn FnMut(&Report),
    start: u32,
}

impl<'a> Table<'a> {
    /// Signs the operator's values, and confirms deposit and stakes.
    pub(super) fn seat(
        scenario: &'a ProofScenario<'a>,
        mut cast: Cast,
        chain: &'a mut dyn Chain,
        observer: &'a mut dyn FnMut(&Report),
    ) -> Result<Self, ProofScenarioError> {
        let slots = scenario.statement.slots();
        let signed = cast.operator.sign(slots, &scenario.values)?;
        let confirmed = chain.confirm(&cast.funding);
        confirmed.map_err(|source| refused("Funding", source))?;
        Ok(Self {
            scenario,
            signed,
            view: ProofView::default(),
            answers: 0,
            refuting: None,
            ledger: Ledger::new(std::mem::take(&mut cast.accounts), &cast.funding),
            cast,
            reports: Vec::new(),
            start: chain.height(),
            chain,
            observer,
        })
    }

    /// Plays until the operator is paid or slashed.
    pub(super) fn play(mut self) -> Result<Outcome, ProofScenarioError> {
        let longest = self.cast.graph.blueprint().setup().params.locks.longest();
        self.tell(&[])?;
        while self.view.ending().is_none() {
            if self.chain.height() - self.start > 2 * longest {
                return Err(self.stuck());
            }
            match self.next()? {
                Some((name, transaction)) => {
                    let confirmed = self.confirm(name, &transaction)?;
                    self.tell(&[transaction])?;
                    self.record(name, &confirmed);
                }
                None => {
                    let mined = self.chain.mine(1);
                    mined.map_err(|source| refused("an empty block", source))?;
                    self.tell(&[])?;
                }
            }
        }
        if self.scenario.conduct == Conduct::LateDisprove {
            self.come_late()?;
        }
        self.outcome()
    }

    /// Tells everybody of the last block.
    fn tell(&mut self, transactions: &[Transaction]) -> Result<(), ProofScenarioError> {
        let height = self.chain.height();
        Ok(self.view.connect(&self.cast.graph, height, transactions)?)
    }

    /// The next transaction that somebody wants and does not withhold. A challenger is faster than an operator that would be
    /// paid out.
    fn next(&mut self) -> Result<Option<(ProofTx, Transaction)>, ProofScenarioError> {
        if let Some(name) = self.watcher_wants()
            && let Some(transaction) = self.make(name)?
        {
            return Ok(Some((name, transaction)));
        }
        let mut wanted = self.view.operator_wants(&self.cast.graph).into_iter();
        match wanted.next().filter(|_| !self.operator_is_silent()) {
            Some(name) => Ok(self.make(name)?.map(|transaction| (name, transaction))),
            None => Ok(None),
        }
    }

    fn operator_is_silent(&self) -> bool {
        match self.scenario.conduct {
            Conduct::OperatorSilent(number) => {
                self.view.has(ProofTx::Challenge) && self.answers + 1 >= number
            }
            _ => false,
        }
    }

    fn watcher_wants(&self) -> Option<ProofTx> {
        let wanted = self.view.watcher_wants(&self.cast.graph)?;
        match (self.scenario.conduct, wanted) {
            (Conduct::Unchallenged, _) => None,
            (Conduct::WatcherSilent | Conduct::LateDisprove, ProofTx::Disprove) => None,
            _ => Some(wanted),
        }
    }

    /// Makes a transaction; none if it would be a refutation and nothing is false.
    fn make(&mut self, name: ProofTx) -> Result<Option<Transaction>, ProofScenarioError> {
        let Cast {
            graph, signatures, ..
        } = &self.cast;
        match name {
            ProofTx::Challenge => {
                let value = graph.blueprint().challenge_stake();
                let (stake, challenger) = (self.cast.stake, &self.cast.challenger);
                Ok(Some(challenge(
                    graph, signatures, stake, value, challenger,
                )?))
            }
            ProofTx::Disprove => self.refute(),
            _ => {
                let operator = Asserting {
                    secrets: &self.cast.operator,
                    values: &self.signed,
                };
                Ok(Some(complete(graph, signatures, name, Some(operator))?))
            }
        }
    }

    /// The refutation of what the chain shows, if something is false.
    fn refute(&mut self) -> Result<Option<Transaction>, ProofScenarioError> {
        let statement = self.scenario.statement;
        if self.refuting.is_none()
            && let Some(shown) = self.view.shown(statement.slots())
        {
            let keys = &self.cast.graph.blueprint().setup().keys;
            let found = statement.find_refutation(keys, &shown);
            self.refuting = Some(found.map_err(ProofScenarioError::Statement)?);
        }
        let Some(refuting) = self.refuting() else {
            return Ok(None);
        };
        let branch = self.cast.tree.branch(refuting.number);
        let branch = branch.ok_or(ProofScenarioError::NoLeaf(refuting.number))?;
        let reward = reward_script(&self.cast.challenger);
        Ok(Some(disprove(&self.cast.graph, refuting, &branch, reward)?))
    }

    fn refuting(&self) -> Option<&RefutingLeaf> {
        self.refuting.as_ref()?.as_ref()
    }

    /// Confirms a transaction; what nodes do not relay is handed to a miner.
    fn confirm(
        &mut self,
        name: ProofTx,
        transaction: &Transaction,
    ) -> Result<Confirmed, ProofScenarioError> {
        let relayed = transaction.weight().to_wu() <= MAX_STANDARD_WEIGHT as u64;
        let confirmed = if relayed {
            self.chain.confirm(transaction)
        } else {
            self.chain.confirm_unrelayed(transaction)
        };
        confirmed.map_err(|source| refused(name, source))
    }

    /// Reports what a confirmed transaction says.
    fn record(&mut self, name: ProofTx, confirmed: &Confirmed) {
        let graph = &self.cast.graph;
        self.ledger.note(&confirmed.transaction);
        let begun = self.view.has(ProofTx::Challenge) && name != ProofTx::Challenge;
        self.answers += usize::from(begun && !name.slashes());
        let says = narrate::says(graph, name, &self.scenario.values, self.refuting());
        let report = Report::new(name.to_string(), says, confirmed);
        (self.observer)(&report);
        self.reports.push(report);
    }

    /// The refutation comes after the payout, and has to be refused.
    fn come_late(&mut self) -> Result<(), ProofScenarioError> {
        let late = self.refute()?.ok_or(ProofScenarioError::NothingToRefute)?;
        match self.confirm(ProofTx::Disprove, &late) {
            Ok(_) => Err(ProofScenarioError::LateRefutationAccepted),
            Err(ProofScenarioError::Chain {
                source:
                    ChainError::Refused(Refusal {
                        reason: Reason::MissingOrSpent,
                        ..
                    }),
                ..
            }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// The leaf, the time-out or the silence that decided.
    fn decided_by(&self, ending: ProofTx) -> String {
        match ending {
            ProofTx::Disprove => {
                let leaf = self.refuting().map(|leaf| leaf.name.as_str());
                format!("leaf {}", leaf.unwrap_or_default())
            }
            ProofTx::OperatorTimeout => {
                let before = self.reports.iter().rev().nth(1);
                let before = before.map(|report| report.name.as_str());
                format!(
                    "time-out of the operator after {}",
                    before.unwrap_or_default()
                )
            }
            ProofTx::Payout => "no challenge".into(),
            _ if self.scenario.conduct == Conduct::LateDisprove => "no refutation in time".into(),
            _ => "no refutation".into(),
        }
    }

    fn outcome(self) -> Result<Outcome, ProofScenarioError> {
        let Some(ending) = self.view.ending() else {
            return Err(self.stuck());
        };
        // What a refutation leaves of the bond can move in a payout only, and that is void.
        let end = self.cast.graph.get(ProofTx::AssertEnd);
        let remainder = end.map(|node| OutPoint {
            txid: node.transaction.compute_txid(),
            vout: 1,
        });
        let void = Vec::from_iter(remainder.filter(|_| ending == ProofTx::Disprove));
        let Settlement {
            burned,
            left_over,
            balances,
        } = self.ledger.settle(&void);
        Ok(Outcome {
            outcome: match ending.pays() {
                true => Verdict::Paid,
                false => Verdict::Slashed,
            },
            decided_by: self.decided_by(ending),
            total_vbytes: self.reports.iter().map(|report| report.vbytes).sum(),
            total_fees: self.reports.iter().map(|report| report.fee).sum(),
            transactions: self.reports,
            burned,
            left_over,
            balances,
        })
    }

    fn stuck(&self) -> ProofScenarioError {
        let last = self.reports.last().map(|report| report.name.clone());
        ProofScenarioError::Stuck {
            blocks: self.chain.height() - self.start,
            last: last.unwrap_or_else(|| "Funding".into()),
        }
    }
}

fn refused(name: impl ToString, source: ChainError) -> ProofScenarioError {
    ProofScenarioError::Chain {
        name: name.to_string(),
        source,
    }
}

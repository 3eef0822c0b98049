//! The table at which a game is played: parties, chain, and what has been said.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bitcoin::Transaction;
use gavel_ocp::{
    game::{
        Effect, Event, Game, Outcome as Ending, Reply, Role,
        machine::OperatorTrace,
        state::State,
        trace::{Claim, Trace},
        view::View,
    },
    graph::{
        Graph,
        name::{DisputeTx, Move, Party, TxName},
        node::Unlock,
    },
    params::Params,
    reveal::Reading,
};
use gavel_script_gen::mips::LeafSet;
use gavel_vm::trace as vm;

use super::{
    Lie, LieKind, Outcome, Report, Scenario, ScenarioError, Verdict,
    balance::{Account, Ledger, Settlement},
    cast::{Cast, Signer},
    challengers::{CHALLENGER, challengers},
    finder::{Finder, Found},
    narrate::Narrator,
};
use crate::{Chain, Confirmed};

/// One party's state machine and the transactions that it wants to be confirmed.
struct Player {
    /// Number among the signers.
    number: u8,
    game: Game,
    wants: Vec<(TxName, Transaction)>,
}

/// A game in progress.
pub(super) struct Table<'a> {
    params: Params,
    graph: Arc<Graph>,
    set: Arc<LeafSet>,
    found: Found,
    claim: Claim,
    /// A claim that the operator shows to the challengers instead of the one that is mined.
    shown: Option<Transaction>,
    lie: Option<Lie>,
    players: Vec<Player>,
    readings: BTreeMap<u8, Reading>,
    ledger: Ledger,
    reports: Vec<Report>,
    /// Which answers each party has given.
    answers: BTreeSet<(Party, DisputeTx)>,
    /// The transactions that decided something, in words.
    decisions: Vec<(TxName, String)>,
    chain: &'a mut dyn Chain,
    observer: &'a mut dyn FnMut(&Report),
    start: u32,
}

impl<'a> Table<'a> {
    /// Confirms the deposit and the stakes, and seats the parties.
    pub(super) fn seat(
        scenario: &Scenario,
        cast: Cast,
        trace: vm::Trace,
        chain: &'a mut dyn Chain,
        observer: &'a mut dyn FnMut(&Report),
    ) -> Result<Self, ScenarioError> {
        let operator = OperatorTrace::new(trace);
        let claim = operator.claim().ok_or(ScenarioError::TooManySteps)?;
        let shown = match scenario.lie.map(|lie| lie.kind) {
            Some(LieKind::TwoOpenings) => Some(cast.other_claim(&claim)?),
            _ => None,
        };
        let Cast {
            params,
            signers,
            set,
            leaves,
            graph,
            signatures,
            funding,
        } = cast;
        let seat = |number: u8, role: Role, trace: Box<dyn Trace>| {
            let secrets = signers[usize::from(number)].secrets.clone();
            let game = Game::new(
                graph.clone(),
                signatures.clone(),
                secrets,
                role,
                trace,
                State::default(),
            );
            Player {
                number,
                game,
                wants: Vec::new(),
            }
        };
        let mut players = vec![seat(0, Role::Operator, Box::new(operator))];
        let found = Found::default();
        for (number, trace) in challengers(scenario)? {
            let refuter = Box::new(Finder::new(
                leaves[usize::from(number) - 1].clone(),
                found.clone(),
            ));
            players.push(seat(number, Role::Challenger { number, refuter }, trace));
        }
        let ledger = Ledger::new(accounts(&graph, &signers), &funding);
        chain
            .confirm(&funding)
            .map_err(|source| ScenarioError::Chain {
                name: "Funding".into(),
                source,
            })?;
        let start = chain.height();
        let readings = (1..=params.challengers() as u8)
            .map(|number| (number, Reading::default()))
            .collect();
        Ok(Self {
            params,
            graph,
            set,
            found,
            claim,
            shown,
            lie: scenario.lie,
            players,
            readings,
            ledger,
            reports: Vec::new(),
            answers: BTreeSet::new(),
            decisions: Vec::new(),
            chain,
            observer,
            start,
        })
    }

    /// Plays until the finalizer is spent and no dispute is open.
    pub(super) fn play(mut self) -> Result<Outcome, ScenarioError> {
        self.tell(Vec::new())?;
        let claim = Event::Claim(self.claim.clone());
        self.players[0].handle(&claim)?;
        if let Some(shown) = self.shown.take().map(Event::Heard) {
            let mut challengers = self.players[1..].iter_mut();
            challengers.try_for_each(|player| player.handle(&shown))?;
        }
        let longest = self.params.payout_lock(self.graph.blueprint().schedule());
        while !self.is_over() {
            if self.chain.height() - self.start > 2 * longest {
                return Err(self.stuck());
            }
            match self.next() {
                Some((name, transaction)) => {
                    let failed = |source| ScenarioError::Chain {
                        name: name.to_string(),
                        source,
                    };
                    let confirmed = self.chain.confirm(&transaction).map_err(failed)?;
                    self.record(name, &confirmed)?;
                    self.tell(vec![transaction])?;
                }
                None => {
                    let failed = |source| ScenarioError::Chain {
                        name: "an empty block".into(),
                        source,
                    };
                    self.chain.mine(1).map_err(failed)?;
                    self.tell(Vec::new())?;
                }
            }
        }
        self.outcome()
    }

    /// Tells every party of the last block.
    fn tell(&mut self, transactions: Vec<Transaction>) -> Result<(), ScenarioError> {
        let event = Event::Connected {
            height: self.chain.height(),
            transactions,
        };
        self.players
            .iter_mut()
            .try_for_each(|player| player.handle(&event))
    }

    /// The next transaction that somebody wants and does not withhold.
    fn next(&self) -> Option<(TxName, Transaction)> {
        let wanted = self
            .players
            .iter()
            .flat_map(|player| player.wants.iter().map(move |want| (player, want)));
        let mut given = wanted.filter(|(player, (name, _))| !self.is_withheld(player, *name));
        given.next().map(|(_, want)| want.clone())
    }

    /// Whether the scenario's silence begins before this transaction.
    fn is_withheld(&self, player: &Player, name: TxName) -> bool {
        let party = if player.number == 0 {
            Party::Operator
        } else {
            Party::Challenger
        };
        let silent = match self.lie.map(|lie| lie.kind) {
            Some(LieKind::OperatorSilent) => Party::Operator,
            Some(LieKind::ChallengerSilent) => Party::Challenger,
            _ => return false,
        };
        let Some(answer) = answer_of(name).filter(|(by, _)| *by == silent && *by == party) else {
            return false;
        };
        let before = self.answers.iter().filter(|(by, _)| *by == silent).count() as u64;
        let first_missing = self.lie.and_then(|lie| lie.place).unwrap_or(1);
        !self.answers.contains(&answer) && before + 1 >= first_missing
    }

    fn is_over(&self) -> bool {
        let operator = &self.players[0].game;
        let open = (1..=self.params.challengers() as u8)
            .any(|number| operator.state().open_move(number).is_some());
        operator.outcome().is_some() && !open
    }

    /// Reads what a confirmed transaction says, and reports it.
    fn record(&mut self, name: TxName, confirmed: &Confirmed) -> Result<(), ScenarioError> {
        let graph = self.graph.clone();
        let challenger = match name {
            TxName::Dispute { challenger, .. } => challenger,
            TxName::Claim | TxName::Payout | TxName::PayoutAfterDispute => CHALLENGER,
        };
        for (number, reading) in &mut self.readings {
            if name == TxName::Claim || *number == challenger {
                read(&graph, name, &confirmed.transaction, reading)?;
            }
        }
        self.ledger.note(&confirmed.transaction);
        let view: View = self
            .readings
            .get(&challenger)
            .cloned()
            .unwrap_or_default()
            .into();
        let narrator = Narrator {
            params: &self.params,
            view: &view,
            set: &self.set,
            found: &self.found,
        };
        let says = narrator.says(name, &confirmed.transaction);
        if let Some(decision) = narrator.decision(name, &confirmed.transaction) {
            self.decisions.push((name, decision));
        }
        self.answers.extend(answer_of(name));
        let report = Report::new(name.to_string(), says, confirmed);
        (self.observer)(&report);
        self.reports.push(report);
        Ok(())
    }

    fn outcome(self) -> Result<Outcome, ScenarioError> {
        let (outcome, by) = match self.players[0].game.outcome() {
            Some(Ending::Slashed { by, .. }) => (Verdict::Slashed, by),
            Some(Ending::Paid { by }) => (Verdict::Paid, by),
            None => return Err(self.stuck()),
        };
        // A payout after a dispute only carries out what the end of that dispute has decided.
        let decides =
            |(name, _): &&(TxName, String)| *name == by || by == TxName::PayoutAfterDispute;
        let decided_by = self
            .decisions
            .iter()
            .rev()
            .find(decides)
            .map(|(_, words)| words.clone());
        let Settlement {
            burned,
            left_over,
            balances,
        } = self.ledger.settle(&[]);
        Ok(Outcome {
            outcome,
            decided_by: decided_by.unwrap_or_default(),
            total_vbytes: self.reports.iter().map(|report| report.vbytes).sum(),
            total_fees: self.reports.iter().map(|report| report.fee).sum(),
            transactions: self.reports,
            burned,
            left_over,
            balances,
        })
    }

    fn stuck(&self) -> ScenarioError {
        let last = self
            .reports
            .last()
            .map_or_else(|| "Funding".into(), |report| report.name.clone());
        ScenarioError::Stuck {
            blocks: self.chain.height() - self.start,
            last,
        }
    }
}

impl Player {
    fn handle(&mut self, event: &Event) -> Result<(), ScenarioError> {
        let Reply::Effects(effects) = self.game.handle(event)? else {
            return Ok(());
        };
        let wanted = effects.into_iter().filter_map(|effect| match effect {
            Effect::Broadcast { name, transaction } => Some((name, transaction)),
            Effect::Save | Effect::Ended(_) => None,
        });
        self.wants = wanted.collect();
        Ok(())
    }
}

/// What everybody stakes: the depositor, the operator, the challengers.
fn accounts(graph: &Graph, signers: &[Signer]) -> Vec<Account> {
    let funding = graph.funding();
    let account = |party: String, stake, signer: Option<&Signer>| Account {
        party,
        stakes: vec![stake],
        payouts: Vec::from_iter(signer.map(|signer| signer.payout.clone())),
    };
    let mut accounts = vec![
        account("depositor".into(), funding.deposit, None),
        account("operator".into(), funding.operator_stake, signers.first()),
    ];
    let challengers = (1..).zip(&funding.challenger_stakes);
    accounts.extend(challengers.map(|(number, &stake)| {
        account(format!("challenger {number}"), stake, signers.get(number))
    }));
    accounts
}

/// Who answers with a transaction. All parts of a disclosure are one answer.
fn answer_of(name: TxName) -> Option<(Party, DisputeTx)> {
    let TxName::Dispute { tx, .. } = name else {
        return None;
    };
    match tx {
        DisputeTx::Move(Move::Challenge) => None,
        DisputeTx::Move(mv) => {
            let whole = match mv {
                Move::Disclose { round, .. } => Move::Disclose { round, part: 1 },
                Move::DisclosePath { round, .. } => Move::DisclosePath { round, part: 1 },
                other => other,
            };
            Some((mv.by(), DisputeTx::Move(whole)))
        }
        DisputeTx::Disprove(_) | DisputeTx::Recover(_) => Some((Party::Challenger, tx)),
        DisputeTx::ChallengerTimeout { .. }
        | DisputeTx::OperatorTimeout { .. }
        | DisputeTx::Withdraw { .. } => None,
    }
}

/// Adds what a confirmed transaction says to what is known.
fn read(
    graph: &Graph,
    name: TxName,
    transaction: &Transaction,
    reading: &mut Reading,
) -> Result<(), ScenarioError> {
    let Some(node) = graph.get(name) else {
        return Ok(());
    };
    for (unlock, input) in node.unlocks.iter().zip(&transaction.input) {
        let (Unlock::Reveal { leaf, .. } | Unlock::Claim { leaf, .. }) = unlock else {
            continue;
        };
        // A signature in front, script and control block at the end.
        let items: Vec<Vec<u8>> = input.witness.iter().map(<[u8]>::to_vec).collect();
        let end = items.len().saturating_sub(2);
        leaf.read(items.get(1..end).unwrap_or_default(), reading)?;
    }
    Ok(())
}

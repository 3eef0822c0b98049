//! What a game costs before it is played: turns, virtual bytes and blocks, for honest, silent and lying parties.
//!
//! The figures are the worst weights of the transactions that [`Blueprint`] lays out, over keys that nobody uses: scripts
//! of other keys have the same size.

use bitcoin::ScriptBuf;
use bitcoin::hashes::Hash;
use bitcoin::key::{Keypair, Secp256k1};
use bitcoin::{TapNodeHash, Weight};
use gavel_vm::digest::DigestLength;
use serde::Serialize;

use crate::graph::TRUC_VBYTES;
use crate::graph::blueprint::Blueprint;
use crate::graph::name::{DisputeTx, Move, Party, Stage, TxName};
use crate::graph::schedule::{Schedule, window};
use crate::graph::setup::{DisputeSetup, Setup, SetupError, SignerInfo};
use crate::graph::tree::{DisproveTree, DisproveTrees, LeafSize};
use crate::keys::slots::OneTimeSecret;
use crate::leaves::LeavesError;
use crate::measure;
use crate::params::{Amounts, MAX_ROUND_BITS, MAX_TRACE_BITS, PATH_BITS, Params, TimeLocks};

/// The costliest leaves of the three stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafSizes {
    /// Over the revealed step.
    pub step: LeafSize,
    /// Over a revealed path.
    pub path: LeafSize,
    /// Over a revealed access.
    pub access: LeafSize,
}

impl LeafSizes {
    /// The costliest leaves of the MIPS machine in a game with these parameters. They do not depend on the program, but for
    /// its byte order, which makes no difference to the costliest ones.
    ///
    /// # Errors
    /// The parameters are refused, or a leaf cannot be proved.
    pub fn of_machine(params: &Params) -> Result<Self, LeavesError> {
        Ok(Self::of(&measure::leaves(params)?.trees()))
    }

    /// The costliest leaves of these trees.
    pub fn of(trees: &DisproveTrees) -> Self {
        Self {
            step: trees.step.worst,
            path: trees.path.worst,
            access: trees.access.worst,
        }
    }
}

/// A transaction of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedTransaction {
    /// Its name.
    pub name: String,
    /// Who makes it.
    pub by: Party,
    /// Its weight in the worst case.
    pub weight: u64,
    /// Its virtual size in the worst case.
    pub vbytes: u64,
    /// 3 (TRUC) or 2.
    pub version: i32,
}

impl PlannedTransaction {
    /// A transaction of this weight.
    pub(crate) fn new(name: String, by: Party, weight: Weight) -> Self {
        let vbytes = weight.to_vbytes_ceil();
        let version = if vbytes > TRUC_VBYTES { 2 } else { 3 };
        Self {
            name,
            by,
            weight: weight.to_wu(),
            vbytes,
            version,
        }
    }
}

/// One way in which a game can go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Course {
    /// Its transactions in order.
    pub transactions: Vec<PlannedTransaction>,
    /// Their virtual bytes together.
    pub total_vbytes: u64,
    /// How often the parties take turns: transactions that one party makes in a row are one turn.
    pub turns: usize,
    /// Blocks from the claim to the end when everybody takes all the time that it has.
    pub worst_blocks: u32,
}

impl Course {
    /// The course of these transactions.
    pub(crate) fn new(transactions: Vec<PlannedTransaction>, worst_blocks: u32) -> Self {
        let changes = transactions
            .windows(2)
            .filter(|pair| pair[0].by != pair[1].by)
            .count();
        Self {
            total_vbytes: transactions.iter().map(|tx| tx.vbytes).sum(),
            turns: changes + 1,
            worst_blocks,
            transactions,
        }
    }
}

/// The cost of a game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Digest length in bits.
    pub digest_bits: usize,
    /// Bits selected in each round of the trace search.
    pub trace_rounds: Vec<u8>,
    /// Bits selected in each round of the path search.
    pub path_rounds: Vec<u8>,
    /// Rounds of both searches together.
    pub rounds: usize,
    /// Turns of the longest dispute in which a lie is refuted.
    pub turns: usize,
    /// Virtual bytes of the costliest dispute in which a lie is refuted.
    pub total_vbytes: u64,
    /// Blocks of the longest dispute in which a lie is refuted.
    pub worst_blocks: u32,
    /// A claim that nobody challenges.
    pub honest: Course,
    /// The longest dispute in which the operator falls silent.
    pub silent_operator: Course,
    /// The longest dispute in which the challenger falls silent.
    pub silent_challenger: Course,
    /// The costliest dispute in which a lie is refuted.
    pub lying_operator: Course,
}

impl Plan {
    /// The plan of a game with these parameters and leaves.
    ///
    /// # Errors
    /// The parameters are refused.
    pub fn new(params: &Params, leaves: LeafSizes) -> Result<Self, SetupError> {
        let blueprint = Blueprint::new(setup(params, leaves))?;
        let planner = Planner {
            params,
            blueprint: &blueprint,
        };
        let lines = Stage::ALL.map(|stage| blueprint.schedule().line(stage));
        let silent = |party: Party| {
            let prefixes = lines
                .iter()
                .flat_map(|line| (1..=line.len()).map(move |end| &line[..end]));
            let courses = prefixes.filter_map(|line| planner.silence(line, party));
            courses.max_by_key(|course| course.total_vbytes)
        };
        let honest = planner.course(&[TxName::Claim, TxName::Payout], &[]);
        let lies: Vec<Course> = Stage::ALL
            .iter()
            .zip(&lines)
            .map(|(&stage, line)| planner.lie(stage, line))
            .collect();
        Ok(Self {
            digest_bits: params.digest_bits.bits(),
            trace_rounds: params.trace_rounds.clone(),
            path_rounds: params.path_rounds.clone(),
            rounds: params.trace_rounds.len() + params.path_rounds.len(),
            turns: lies.iter().map(|lie| lie.turns).max().unwrap_or(0),
            total_vbytes: lies.iter().map(|lie| lie.total_vbytes).max().unwrap_or(0),
            worst_blocks: lies.iter().map(|lie| lie.worst_blocks).max().unwrap_or(0),
            silent_operator: silent(Party::Operator).unwrap_or_else(|| honest.clone()),
            silent_challenger: silent(Party::Challenger).unwrap_or_else(|| honest.clone()),
            lying_operator: lies
                .into_iter()
                .max_by_key(|course| course.total_vbytes)
                .unwrap_or_else(|| honest.clone()),
            honest,
        })
    }

    /// Whether every transaction is standard.
    pub fn is_standard(&self) -> bool {
        let courses = [
            &self.honest,
            &self.silent_operator,
            &self.silent_challenger,
            &self.lying_operator,
        ];
        let mut weights = courses
            .into_iter()
            .flat_map(|course| &course.transactions)
            .map(|tx| tx.weight);
        weights.all(|weight| weight <= crate::reveal::MAX_STANDARD_WEIGHT as u64)
    }
}

/// The choice of rounds with the fewest virtual bytes in the costliest dispute.
///
/// # Errors
/// The parameters are refused.
pub fn cheapest(params: &Params, leaves: LeafSizes) -> Result<Plan, SetupError> {
    best(params, leaves, |plan| {
        (plan.total_vbytes, plan.turns as u64)
    })
}

/// The choice of rounds with the fewest turns, and of those the one with the fewest virtual bytes.
///
/// # Errors
/// The parameters are refused.
pub fn fastest(params: &Params, leaves: LeafSizes) -> Result<Plan, SetupError> {
    best(params, leaves, |plan| {
        (plan.turns as u64, plan.total_vbytes)
    })
}

/// The two searches add their costs, so each is chosen by itself: first the trace rounds, then the path rounds.
fn best(
    params: &Params,
    leaves: LeafSizes,
    cost: impl Fn(&Plan) -> (u64, u64),
) -> Result<Plan, SetupError> {
    let mut best = (params.clone(), Plan::new(params, leaves)?);
    let trace = (1..=MAX_ROUND_BITS).map(|bits| (Some(rounds(params.trace_bits(), bits)), None));
    let path = (1..=PATH_BITS as u8).map(|bits| (None, Some(rounds(PATH_BITS, bits))));
    for (trace_rounds, path_rounds) in trace.chain(path) {
        let mut changed = best.0.clone();
        changed.trace_rounds = trace_rounds.unwrap_or(changed.trace_rounds);
        changed.path_rounds = path_rounds.unwrap_or(changed.path_rounds);
        let plan = Plan::new(&changed, leaves)?;
        if plan.is_standard() && cost(&plan) < cost(&best.1) {
            best = (changed, plan);
        }
    }
    Ok(best.1)
}

/// `total` bits in rounds of at most `most` bits, as even as possible, the larger ones first.
pub fn rounds(total: u32, most: u8) -> Vec<u8> {
    let count = total.div_ceil(u32::from(most.max(1)));
    (0..count)
        .map(|round| (total / count + u32::from(round < total % count)) as u8)
        .collect()
}

/// Bits of a trace with room for `steps` machine steps, boot and finish. A trace of 2^32 positions is the longest; a number
/// of steps that just exceeds it is taken as its length.
pub fn trace_bits(steps: u64) -> u32 {
    (steps.saturating_add(1).max(3).ilog2() + 1).min(MAX_TRACE_BITS)
}

/// Parameters for a game between three signers with windows of half a day for the challenger and a day for the operator.
pub fn default_params(steps: u64, round_bits: u8, digest_bits: DigestLength) -> Params {
    Params {
        signers: 3,
        digest_bits,
        trace_rounds: rounds(trace_bits(steps), round_bits),
        path_rounds: rounds(PATH_BITS, round_bits.min(PATH_BITS as u8)),
        amounts: Amounts {
            deposit: 100_000_000,
            operator_bond: 20_000_000,
            challenger_bond: 2_000_000,
            reward_permille: 500,
            fee_rate: 2_000,
        },
        locks: TimeLocks {
            margin: 6,
            challenger_window: 72,
            operator_window: 144,
            challenge_period: 288,
            refund: 26_280,
        },
    }
}

struct Planner<'a> {
    params: &'a Params,
    blueprint: &'a Blueprint,
}

impl Planner<'_> {
    fn lie(&self, stage: Stage, line: &[Move]) -> Course {
        let mut names = vec![TxName::Claim];
        names.extend(line.iter().map(|&mv| TxName::of(1, mv)));
        names.push(TxName::Dispute {
            challenger: 1,
            tx: DisputeTx::Disprove(stage),
        });
        self.course(&names, line)
    }

    /// The course that ends because `party` does not answer the last move of a line, if it is its turn.
    fn silence(&self, line: &[Move], party: Party) -> Option<Course> {
        let after = *line.last()?;
        if self.blueprint.schedule().turn_after(after) != party {
            return None;
        }
        let mut names = vec![TxName::Claim];
        names.extend(line.iter().map(|&mv| TxName::of(1, mv)));
        match party {
            Party::Operator => names.push(TxName::Dispute {
                challenger: 1,
                tx: DisputeTx::OperatorTimeout { after },
            }),
            Party::Challenger => {
                names.push(TxName::Dispute {
                    challenger: 1,
                    tx: DisputeTx::ChallengerTimeout { after },
                });
                names.push(TxName::PayoutAfterDispute);
            }
        }
        Some(self.course(&names, line))
    }

    fn course(&self, names: &[TxName], line: &[Move]) -> Course {
        let transactions: Vec<PlannedTransaction> =
            names.iter().map(|&name| self.transaction(name)).collect();
        Course::new(transactions, self.worst_blocks(names, line))
    }

    fn transaction(&self, name: TxName) -> PlannedTransaction {
        let weight = self
            .blueprint
            .weights()
            .find(|(of, _)| *of == name)
            .map_or(Weight::ZERO, |(_, weight)| weight);
        let by = match name {
            TxName::Claim | TxName::Payout | TxName::PayoutAfterDispute => Party::Operator,
            TxName::Dispute {
                tx: DisputeTx::Move(mv),
                ..
            } => mv.by(),
            TxName::Dispute {
                tx: DisputeTx::ChallengerTimeout { .. },
                ..
            } => Party::Operator,
            TxName::Dispute { .. } => Party::Challenger,
        };
        PlannedTransaction::new(name.to_string(), by, weight)
    }

    /// Claim and last transaction need the margin to confirm; everything between takes its window and the margin.
    fn worst_blocks(&self, names: &[TxName], line: &[Move]) -> u32 {
        let locks = &self.params.locks;
        let margin = u32::from(locks.margin);
        if names.contains(&TxName::PayoutAfterDispute) {
            return margin + self.params.payout_lock(self.blueprint.schedule()) + margin;
        }
        let schedule: &Schedule = self.blueprint.schedule();
        let answers = line
            .iter()
            .map(|&mv| u32::from(window(locks, schedule.turn_after(mv))) + margin);
        margin + u32::from(locks.challenge_period) + margin + answers.sum::<u32>()
    }
}

/// A set-up with keys that nobody uses.
pub(crate) fn setup(params: &Params, leaves: LeafSizes) -> Setup {
    let secp = Secp256k1::new();
    let key = unused_key;
    let one_time = OneTimeSecret::new(&[0; 32], &[0; 32]);
    let challenger = OneTimeSecret::new(&[1; 32], &[0; 32]);
    let signer = |index| {
        let (x_only, _) = key(index).x_only_public_key();
        SignerInfo {
            key: key(index).public_key(),
            payout: ScriptBuf::new_p2tr(&secp, x_only, None),
        }
    };
    let tree = |worst| DisproveTree {
        root: TapNodeHash::all_zeros(),
        worst,
    };
    let trees = DisproveTrees {
        step: tree(leaves.step),
        path: tree(leaves.path),
        access: tree(leaves.access),
    };
    let dispute = |index: usize| {
        let number = index as u8;
        let challenger_keys = challenger.challenger_keys(params, number);
        DisputeSetup {
            keys: one_time.dispute_keys(params, number, &challenger_keys),
            trees,
        }
    };
    Setup {
        signers: (0..params.signers).map(signer).collect(),
        depositor: key(params.signers).x_only_public_key().0,
        claim_keys: one_time.claim_keys(params),
        disputes: (1..params.signers).map(dispute).collect(),
        params: params.clone(),
    }
}

/// A key that nobody uses.
pub(crate) fn unused_key(index: usize) -> Keypair {
    let mut secret = [1; 32];
    secret[31] = index as u8 + 1;
    Keypair::from_seckey_slice(&Secp256k1::new(), &secret)
        .expect("a number between 1 and the order of the group")
}

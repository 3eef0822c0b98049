//! What transactions say, in words.

use bitcoin::Transaction;
use gavel_ocp::{
    game::{
        trace::{AccessKind, PathKind},
        view::View,
    },
    graph::name::{DisputeTx, Move, Stage, TxName},
    params::Params,
    slot::StepWord,
};
use gavel_script_gen::{leaf::kind_name, mips::LeafSet};
use gavel_vm::isa::Instruction;

use super::finder::Found;

/// Tells what the transactions of one dispute say.
pub(super) struct Narrator<'a> {
    pub(super) params: &'a Params,
    /// What the dispute has said so far, the transaction in question included.
    pub(super) view: &'a View,
    pub(super) set: &'a LeafSet,
    pub(super) found: &'a Found,
}

impl Narrator<'_> {
    /// What a transaction says.
    pub(super) fn says(&self, name: TxName, transaction: &Transaction) -> String {
        match name {
            TxName::Claim => self.claim(),
            TxName::Payout => {
                "nobody has challenged: the operator takes the deposit and its bond".into()
            }
            TxName::PayoutAfterDispute => {
                "no challenge has succeeded: the operator takes the deposit and its bond".into()
            }
            TxName::Dispute { challenger, tx } => self.dispute(challenger, tx, transaction),
        }
    }

    /// What a transaction decides, if it ends a dispute or the game.
    pub(super) fn decision(&self, name: TxName, transaction: &Transaction) -> Option<String> {
        match name {
            TxName::Claim | TxName::PayoutAfterDispute => None,
            TxName::Payout => Some("no challenge".into()),
            TxName::Dispute { tx, .. } => match tx {
                DisputeTx::Move(_) => None,
                DisputeTx::Disprove(_) | DisputeTx::Recover(_) => {
                    let (leaf, _) = self.leaf(transaction)?;
                    Some(format!("leaf {leaf}"))
                }
                DisputeTx::OperatorTimeout { after } | DisputeTx::Withdraw { after } => {
                    Some(format!("time-out of the operator after {after}"))
                }
                DisputeTx::ChallengerTimeout { after } => {
                    Some(format!("time-out of the challenger after {after}"))
                }
            },
        }
    }

    fn claim(&self) -> String {
        match self.view.claim() {
            Some(claim) => format!(
                "the program, on the input with digest {}, gives the output with digest {} in {} steps",
                hex(&claim.input),
                hex(&claim.output),
                claim.steps
            ),
            None => "a claim".into(),
        }
    }

    fn dispute(&self, challenger: u8, tx: DisputeTx, transaction: &Transaction) -> String {
        match tx {
            DisputeTx::Move(mv) => self.moves(challenger, mv),
            DisputeTx::Disprove(stage) | DisputeTx::Recover(stage) => {
                let what = match stage {
                    Stage::Step => "the step",
                    Stage::Path => "the memory path",
                    Stage::Access => "the register file",
                };
                match self.leaf(transaction) {
                    Some((leaf, relation)) if kind_name(&leaf) == "equivocation" => {
                        format!(
                            "the operator has said two things: it does not hold that {relation} (leaf {leaf})"
                        )
                    }
                    Some((leaf, relation)) => {
                        format!("{what} is false: it does not hold that {relation} (leaf {leaf})")
                    }
                    None => format!("{what} is false"),
                }
            }
            DisputeTx::ChallengerTimeout { after } => {
                format!("the challenger has not answered {after}: its bond goes to the operator")
            }
            DisputeTx::OperatorTimeout { after } => {
                format!("the operator has not answered {after}: it is slashed")
            }
            DisputeTx::Withdraw { after } => {
                format!(
                    "the operator, already slashed, has not answered {after}: the challenger takes its bond back"
                )
            }
        }
    }

    fn moves(&self, challenger: u8, mv: Move) -> String {
        match mv {
            Move::Challenge => {
                format!(
                    "signer {challenger} stakes its bond on the claim being false, and shows its salt"
                )
            }
            Move::Disclose { round, .. } => {
                let (from, to) = self.trace_positions(round - 1);
                let count = (1u32 << self.params.trace_rounds[usize::from(round) - 1]) - 1;
                format!(
                    "fingerprints of {count} states between positions {from} and {to} of the trace"
                )
            }
            Move::Select { round } => {
                let (from, to) = self.trace_positions(round);
                format!("the error lies between positions {from} and {to}")
            }
            Move::RevealStep => self.step(),
            Move::SelectPath => format!("{} is false", self.path_name()),
            Move::DisclosePath { round, .. } => {
                let (from, to) = self.path_positions(round - 1);
                format!(
                    "the nodes of {} between positions {from} and {to}",
                    self.path_name()
                )
            }
            Move::SelectPathPart { round } => {
                let (from, to) = self.path_positions(round);
                format!("the error lies between positions {from} and {to} of the path")
            }
            Move::RevealPath => format!(
                "the sibling at the disputed position of {}",
                self.path_name()
            ),
            Move::SelectAccess => format!("{} is false", self.access_name()),
            Move::RevealAccess => format!("the register file, opened at {}", self.access_name()),
        }
    }

    fn step(&self) -> String {
        let word = |word| self.view.word(word).unwrap_or_default();
        let instruction = match Instruction::decode(word(StepWord::Instr)) {
            Some(instruction) => instruction.op.name(),
            None => "no instruction",
        };
        format!(
            "step {}: {instruction} at pc {:#010x}, rs {:#x}, rt {:#x}, result {:#x}",
            word(StepWord::Index),
            word(StepWord::Pc),
            word(StepWord::Rs),
            word(StepWord::Rt),
            word(StepWord::Result)
        )
    }

    fn trace_positions(&self, rounds: u8) -> (u64, u64) {
        let interval = self.view.trace_interval(self.params, usize::from(rounds));
        interval.map_or((0, 0), |(start, length)| (start, start + length))
    }

    fn path_positions(&self, rounds: u8) -> (u64, u64) {
        let interval = self.view.path_interval(self.params, usize::from(rounds));
        interval.map_or((0, 0), |(start, length)| (start, start + length))
    }

    fn path_name(&self) -> &'static str {
        match self.view.path_kind() {
            Some(PathKind::Fetch) => "the memory path of the instruction",
            Some(PathKind::Data) => "the memory path of the data word",
            Some(PathKind::Output) => "the memory path of the output",
            Some(PathKind::Boot) => "the memory path of the input",
            None => "a memory path",
        }
    }

    fn access_name(&self) -> &'static str {
        match self.view.access_kind() {
            Some(AccessKind::Rs) => "the register rs",
            Some(AccessKind::Rt) => "the register rt",
            Some(AccessKind::Dest) => "the register that the step writes",
            Some(AccessKind::Cpu) => "pc, next_pc, HI and LO",
            None => "a register",
        }
    }

    /// Name and relation of the leaf that a transaction spends.
    fn leaf(&self, transaction: &Transaction) -> Option<(String, String)> {
        let spent = transaction.input.first()?.witness.taproot_leaf_script()?;
        self.found.describe(spent.script, self.set)
    }
}

/// The first words of a digest, which are enough to recognise it.
fn hex(words: &[u32]) -> String {
    let bytes = words.iter().take(2).flat_map(|word| word.to_le_bytes());
    bytes
        .map(|byte| format!("{byte:02x}"))
        .chain(["..".to_owned()])
        .collect()
}

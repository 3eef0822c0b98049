//! The moves of a dispute: who reveals what, in which order, and what may follow.

use crate::graph::name::{Move, Party, Stage};
use crate::params::{Params, TimeLocks};
use crate::reveal::{self, CopyCount, SlotWidth};
use crate::slot::{Choice, Slot, StepWord};

/// What may follow a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// One move.
    Move(Move),
    /// After the revealed step: a leaf of the step, or the dispute of a path or an access.
    StepDecision,
    /// A leaf.
    Disprove(Stage),
}

/// One move and what it reveals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveSpec {
    /// Which move.
    pub name: Move,
    /// Values that the operator commits, one list for each input of the transaction.
    pub slots: Vec<Vec<Slot>>,
    /// Whether the challenger publishes its salt, or the operator copies it in its first input.
    pub salt: bool,
    /// Bits of the selection before, which the operator copies in its first input.
    pub copies: Vec<Choice>,
    /// Bits that the challenger selects.
    pub selects: Vec<Choice>,
    /// What may follow.
    pub next: Next,
}

impl MoveSpec {
    /// Number of inputs that reveal something.
    pub fn inputs(&self) -> usize {
        self.slots.len().max(1)
    }
}

/// All moves of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    moves: Vec<MoveSpec>,
}

impl Schedule {
    /// The moves that these parameters lead to.
    pub fn new(params: &Params) -> Self {
        let mut builder = Builder {
            width: SlotWidth::new(params.digest_bits),
            moves: Vec::new(),
        };
        builder.trace(params);
        builder.path(params);
        builder.access(params);
        Self {
            moves: builder.moves,
        }
    }

    /// The slots of the claim: its one input reveals them all.
    pub const CLAIM: [Slot; 3] = [Slot::Input, Slot::Output, Slot::Steps];

    /// All moves; those of the path and of the access search after those of the trace search.
    pub fn moves(&self) -> &[MoveSpec] {
        &self.moves
    }

    /// One move, if the dispute has it.
    pub fn get(&self, name: Move) -> Option<&MoveSpec> {
        self.moves.iter().find(|spec| spec.name == name)
    }

    /// The transactions that the party who has to answer after `name` can answer with.
    pub fn answers(&self, name: Move) -> Vec<Move> {
        match self.get(name).map(|spec| spec.next) {
            Some(Next::Move(next)) => vec![next],
            Some(Next::StepDecision) => vec![Move::SelectPath, Move::SelectAccess],
            Some(Next::Disprove(_)) | None => Vec::new(),
        }
    }

    /// Who has to answer after `name`.
    pub fn turn_after(&self, name: Move) -> Party {
        match self.get(name).map(|spec| spec.next) {
            Some(Next::Move(next)) => next.by(),
            Some(Next::StepDecision | Next::Disprove(_)) | None => Party::Challenger,
        }
    }

    /// The moves from the challenge to the one that reveals what `stage` refutes.
    pub fn line(&self, stage: Stage) -> Vec<Move> {
        let mut line = vec![Move::Challenge];
        while let Some(&last) = line.last().filter(|&&last| last != stage.reveal()) {
            match (self.get(last).map(|spec| spec.next), stage) {
                (Some(Next::Move(next)), _) => line.push(next),
                (Some(Next::StepDecision), Stage::Access) => line.push(Move::SelectAccess),
                (Some(Next::StepDecision), _) => line.push(Move::SelectPath),
                (Some(Next::Disprove(_)) | None, _) => break,
            }
        }
        line
    }

    /// Blocks from the confirmed challenge to the end of the longest dispute. Every answer takes its whole window and
    /// the margin that it needs to confirm.
    pub fn longest_dispute(&self, locks: &TimeLocks) -> u32 {
        let answer = |&name: &Move| {
            u32::from(window(locks, self.turn_after(name))) + u32::from(locks.margin)
        };
        let line = |stage| self.line(stage).iter().map(answer).sum();
        Stage::ALL.into_iter().map(line).max().unwrap_or(0)
    }
}

/// The window of a party.
pub fn window(locks: &TimeLocks, party: Party) -> u16 {
    match party {
        Party::Operator => locks.operator_window,
        Party::Challenger => locks.challenger_window,
    }
}

/// The operator's first move copies the salt.
const FIRST_DISCLOSURE: Move = Move::Disclose { round: 1, part: 1 };

struct Builder {
    width: SlotWidth,
    moves: Vec<MoveSpec>,
}

impl Builder {
    fn challenger(&mut self, name: Move, selects: Vec<Choice>, next: Next) {
        self.moves.push(MoveSpec {
            name,
            slots: Vec::new(),
            salt: name == Move::Challenge,
            copies: Vec::new(),
            selects,
            next,
        });
    }

    fn operator(&mut self, name: Move, slots: Vec<Vec<Slot>>, copies: Vec<Choice>, next: Next) {
        self.moves.push(MoveSpec {
            name,
            slots,
            salt: name == FIRST_DISCLOSURE,
            copies,
            selects: Vec::new(),
            next,
        });
    }

    /// A disclosure, in as many transactions as it needs.
    fn disclose(
        &mut self,
        slots: Vec<Slot>,
        mut copies: Vec<Choice>,
        name: impl Fn(u8) -> Move,
        next: Move,
    ) {
        let count = CopyCount {
            salt: name(1) == FIRST_DISCLOSURE,
            bits: copies.len(),
        };
        let parts = reveal::transactions(&self.width, &slots, count);
        let count = parts.len();
        for (index, inputs) in parts.into_iter().enumerate() {
            let part = index as u8 + 1;
            let next = if index + 1 == count {
                next
            } else {
                name(part + 1)
            };
            self.operator(
                name(part),
                inputs,
                std::mem::take(&mut copies),
                Next::Move(next),
            );
        }
    }

    fn trace(&mut self, params: &Params) {
        let rounds = &params.trace_rounds;
        self.challenger(Move::Challenge, Vec::new(), Next::Move(FIRST_DISCLOSURE));
        let mut copies = Vec::new();
        for (index, &bits) in rounds.iter().enumerate() {
            let round = index as u8 + 1;
            let slots = (1..1u16 << bits)
                .map(|boundary| Slot::Trace { round, boundary })
                .collect();
            self.disclose(
                slots,
                copies,
                |part| Move::Disclose { round, part },
                Move::Select { round },
            );
            copies = (0..bits).map(|bit| Choice::Trace { round, bit }).collect();
            let next = if index + 1 == rounds.len() {
                Move::RevealStep
            } else {
                Move::Disclose {
                    round: round + 1,
                    part: 1,
                }
            };
            self.challenger(Move::Select { round }, copies.clone(), Next::Move(next));
        }
        let mut slots: Vec<Slot> = StepWord::ALL.into_iter().map(Slot::Step).collect();
        slots.extend(Slot::STEP_DIGESTS);
        let inputs = reveal::inputs(&self.width, &slots, CopyCount::bits(&copies));
        self.operator(Move::RevealStep, inputs, copies, Next::StepDecision);
    }

    fn path(&mut self, params: &Params) {
        let rounds = &params.path_rounds;
        let mut copies: Vec<Choice> = (0..2).map(|bit| Choice::PathKind { bit }).collect();
        self.challenger(
            Move::SelectPath,
            copies.clone(),
            Next::Move(Move::DisclosePath { round: 1, part: 1 }),
        );
        for (index, &bits) in rounds.iter().enumerate() {
            let round = index as u8 + 1;
            let slots = (1..1u16 << bits)
                .flat_map(|boundary| {
                    [
                        Slot::PathOld { round, boundary },
                        Slot::PathNew { round, boundary },
                    ]
                })
                .collect();
            self.disclose(
                slots,
                copies,
                |part| Move::DisclosePath { round, part },
                Move::SelectPathPart { round },
            );
            copies = (0..bits).map(|bit| Choice::Path { round, bit }).collect();
            let next = if index + 1 == rounds.len() {
                Move::RevealPath
            } else {
                Move::DisclosePath {
                    round: round + 1,
                    part: 1,
                }
            };
            self.challenger(
                Move::SelectPathPart { round },
                copies.clone(),
                Next::Move(next),
            );
        }
        let slots = [Slot::Sibling, Slot::PathAddr];
        let inputs = reveal::inputs(&self.width, &slots, CopyCount::bits(&copies));
        self.operator(
            Move::RevealPath,
            inputs,
            copies,
            Next::Disprove(Stage::Path),
        );
    }

    fn access(&mut self, params: &Params) {
        let copies: Vec<Choice> = (0..2).map(|bit| Choice::AccessKind { bit }).collect();
        self.challenger(
            Move::SelectAccess,
            copies.clone(),
            Next::Move(Move::RevealAccess),
        );
        let levels = params.digest_bits.register_levels() as u8;
        let words = params.digest_bits.chunk_words() as u8;
        let mut slots: Vec<Slot> = (0..words).map(Slot::Chunk).collect();
        slots.extend((0..levels).map(Slot::LevelSibling));
        slots.extend((1..=levels).flat_map(|level| [Slot::GprOld(level), Slot::GprNew(level)]));
        slots.extend([Slot::FileBefore, Slot::MemoryRoot]);
        let inputs = reveal::inputs(&self.width, &slots, CopyCount::bits(&copies));
        self.operator(
            Move::RevealAccess,
            inputs,
            copies,
            Next::Disprove(Stage::Access),
        );
    }
}

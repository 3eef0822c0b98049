//! What can go wrong in a dispute, by name.

use std::{fmt, str::FromStr};

use gavel_vm::isa::Class;

/// One lie or failure, and where it happens.
///
/// Written `KIND` or `KIND@PLACE`, for example `multiply@200`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lie {
    /// What is wrong.
    pub kind: LieKind,
    /// Where. For a lie about the execution: the first suitable machine step from this one on (default: from the middle
    /// of the run). For silence: the number of the answer that the party does not give, from 1 (default: 1).
    pub place: Option<u64>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LieKind {
    /// An instruction of this class does something else.
    Instruction(Class),
    /// Another instruction is executed than memory holds.
    Fetch,
    /// A source register is read wrongly.
    Operand,
    /// A memory word is read wrongly.
    Read,
    /// A register changes that the step does not write.
    Register,
    /// A memory word changes that the step does not write.
    Memory,
    /// Execution continues at another pc.
    Pc,
    /// The instruction after the next is another one.
    NextPc,
    /// HI changes.
    Hi,
    /// LO changes.
    Lo,
    /// The program starts with other memory than its image.
    InitialState,
    /// The output is not the one in memory.
    Output,
    /// Fewer steps than the program takes.
    TooFewSteps,
    /// More steps than the program takes.
    TooManySteps,
    /// A false claim whose operator stops answering.
    OperatorSilent,
    /// A true claim, challenged by somebody who stops answering.
    ChallengerSilent,
    /// A true claim, challenged to the end.
    BaselessChallenge,
    /// A false claim, challenged at a part of the trace that is right.
    WrongSelection,
    /// A true claim, whose operator has shown another one to the challengers.
    TwoOpenings,
}

/// The instruction classes whose result a lie can be about; traps and system instructions have none.
const CLASSES: [(Class, &str); 11] = [
    (Class::Arithmetic, "arithmetic"),
    (Class::Logic, "logic"),
    (Class::Shift, "shift"),
    (Class::Bits, "bits"),
    (Class::Multiply, "multiply"),
    (Class::Divide, "divide"),
    (Class::Move, "move"),
    (Class::Branch, "branch"),
    (Class::Jump, "jump"),
    (Class::Load, "load"),
    (Class::Store, "store"),
];

const OTHERS: [(LieKind, &str); 18] = [
    (LieKind::Fetch, "fetch"),
    (LieKind::Operand, "operand"),
    (LieKind::Read, "read"),
    (LieKind::Register, "register"),
    (LieKind::Memory, "memory"),
    (LieKind::Pc, "pc"),
    (LieKind::NextPc, "next-pc"),
    (LieKind::Hi, "hi"),
    (LieKind::Lo, "lo"),
    (LieKind::InitialState, "initial-state"),
    (LieKind::Output, "output"),
    (LieKind::TooFewSteps, "too-few-steps"),
    (LieKind::TooManySteps, "too-many-steps"),
    (LieKind::OperatorSilent, "operator-silent"),
    (LieKind::ChallengerSilent, "challenger-silent"),
    (LieKind::BaselessChallenge, "baseless-challenge"),
    (LieKind::WrongSelection, "wrong-selection"),
    (LieKind::TwoOpenings, "two-openings"),
];

impl LieKind {
    /// Every kind with its name.
    pub fn all() -> impl Iterator<Item = (Self, &'static str)> {
        let classes = CLASSES
            .into_iter()
            .map(|(class, name)| (Self::Instruction(class), name));
        classes.chain(OTHERS)
    }

    /// Whether the operator's claim is false.
    pub fn is_false_claim(self) -> bool {
        !matches!(
            self,
            Self::ChallengerSilent | Self::BaselessChallenge | Self::TwoOpenings
        )
    }
}

impl fmt::Display for LieKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::all()
            .find(|(kind, _)| kind == self)
            .map_or("unnamed", |(_, name)| name);
        formatter.write_str(name)
    }
}

impl fmt::Display for Lie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(formatter, "{}@{place}", self.kind),
            None => self.kind.fmt(formatter),
        }
    }
}

/// A lie that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LieError {
    /// An unknown kind.
    #[error("there is no lie {0:?}; known are {names}", names = names())]
    Kind(String),
    /// A place that is no number.
    #[error("{0:?} is no number: a lie is written KIND or KIND@STEP")]
    Place(String),
}

fn names() -> String {
    LieKind::all()
        .map(|(_, name)| name)
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for Lie {
    type Err = LieError;

    fn from_str(text: &str) -> Result<Self, LieError> {
        let (name, place) = match text.split_once('@') {
            Some((name, place)) => (
                name,
                Some(
                    place
                        .parse()
                        .map_err(|_| LieError::Place(place.to_owned()))?,
                ),
            ),
            None => (text, None),
        };
        let found = LieKind::all().find(|&(_, known)| known == name);
        let (kind, _) = found.ok_or_else(|| LieError::Kind(name.to_owned()))?;
        Ok(Self { kind, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lie_reads_as_it_is_written() {
        for (kind, name) in LieKind::all() {
            for (place, text) in [(None, name.to_owned()), (Some(7), format!("{name}@7"))] {
                let lie = Lie { kind, place };
                assert_eq!(lie.to_string(), text);
                assert_eq!(text.parse(), Ok(lie));
            }
        }
    }

    #[test]
    fn others_are_refused() {
        assert_eq!("greed".parse::<Lie>(), Err(LieError::Kind("greed".into())));
        assert_eq!("hi@x".parse::<Lie>(), Err(LieError::Place("x".into())));
        assert!(
            "greed"
                .parse::<Lie>()
                .unwrap_err()
                .to_string()
                .contains("arithmetic, logic")
        );
    }
}

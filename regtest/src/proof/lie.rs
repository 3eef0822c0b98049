//! What can go wrong in a proof game, by name.

use std::{convert::Infallible, fmt, str::FromStr};

use gavel_ocp::proof::ProofSlots;

use super::Conduct;

/// What goes wrong in a proof game.
///
/// Written as a [`Place`], `wrong-proof` or a [`Conduct`]; what is none of these names a slot. `baseless-challenge`, as in
/// [`Lie`](crate::scenario::Lie), is read as [`Conduct::Challenged`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofLie {
    /// One committed value is false.
    Value(Place),
    /// All values are what follows from a proof that is not valid.
    WrongProof,
    /// The values are true unless it takes a lie to be punished, and the parties do this.
    Conduct(Conduct),
}

/// Which committed value is false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first one: a public input, if there is one.
    First,
    /// The one in the middle.
    Middle,
    /// The last one.
    Last,
    /// The one of this name or number.
    Slot(String),
}

/// A slot that a statement does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no slot {0}")]
pub struct UnknownSlot(pub String);

impl ProofLie {
    /// What the parties do.
    pub fn conduct(&self) -> Conduct {
        match self {
            Self::Conduct(conduct) => *conduct,
            Self::Value(_) | Self::WrongProof => Conduct::Challenged,
        }
    }

    /// The single value that is false. A refutation that does not come, or comes late, is one of the value in the middle.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Value(place) => Some(place),
            Self::Conduct(Conduct::WatcherSilent | Conduct::LateDisprove) => Some(&Place::Middle),
            Self::WrongProof | Self::Conduct(_) => None,
        }
    }
}

impl Place {
    /// The number of the slot.
    ///
    /// # Errors
    /// There is none.
    pub fn slot(&self, slots: &ProofSlots) -> Result<usize, UnknownSlot> {
        let last = slots.len().saturating_sub(1);
        let slot = match self {
            Self::First => Some(0),
            Self::Middle => Some(last / 2),
            Self::Last => Some(last),
            Self::Slot(wanted) => {
                let named = slots.iter().position(|slot| slot.name == *wanted);
                named.or_else(|| wanted.parse().ok())
            }
        };
        slot.filter(|slot| *slot <= last && !slots.is_empty())
            .ok_or_else(|| UnknownSlot(self.to_string()))
    }

    /// Changes the value: its first digit becomes another one.
    ///
    /// # Errors
    /// There is no such value.
    pub fn falsify(&self, slots: &ProofSlots, values: &mut [Vec<u8>]) -> Result<(), UnknownSlot> {
        let digits = values.get_mut(self.slot(slots)?);
        let digit = digits.and_then(|digits| digits.first_mut());
        *digit.ok_or_else(|| UnknownSlot(self.to_string()))? ^= 1;
        Ok(())
    }
}

impl FromStr for ProofLie {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "first" => Self::Value(Place::First),
            "middle" => Self::Value(Place::Middle),
            "last" => Self::Value(Place::Last),
            "wrong-proof" => Self::WrongProof,
            "baseless-challenge" => Self::Conduct(Conduct::Challenged),
            _ => match text.parse() {
                Ok(conduct) => Self::Conduct(conduct),
                Err(_) => Self::Value(Place::Slot(text.to_owned())),
            },
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::First => "first",
            Self::Middle => "middle",
            Self::Last => "last",
            Self::Slot(name) => name,
        })
    }
}

impl fmt::Display for ProofLie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(place) => place.fmt(formatter),
            Self::WrongProof => formatter.write_str("wrong-proof"),
            Self::Conduct(conduct) => conduct.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gavel_ocp::proof::ProofSlot;
    use gavel_script_gen::winternitz::Shape;

    fn slots(count: usize) -> ProofSlots {
        let slot = |number| ProofSlot {
            name: format!("value {number}"),
            shape: Shape::WORD,
        };
        ProofSlots {
            public: vec![],
            asserted: (0..count).map(slot).collect(),
        }
    }

    #[test]
    fn every_lie_reads_as_it_is_written() {
        for (text, lie) in [
            ("first", ProofLie::Value(Place::First)),
            ("middle", ProofLie::Value(Place::Middle)),
            ("last", ProofLie::Value(Place::Last)),
            ("17", ProofLie::Value(Place::Slot("17".into()))),
            ("proof.A", ProofLie::Value(Place::Slot("proof.A".into()))),
            ("wrong-proof", ProofLie::WrongProof),
            (
                "operator-silent@2",
                ProofLie::Conduct(Conduct::OperatorSilent(2)),
            ),
            ("unchallenged", ProofLie::Conduct(Conduct::Unchallenged)),
        ] {
            assert_eq!(text.parse(), Ok(lie.clone()));
            assert_eq!(lie.to_string(), text);
        }
    }

    #[test]
    fn a_true_claim_may_be_challenged() {
        let challenged = ProofLie::Conduct(Conduct::Challenged);
        assert_eq!("baseless-challenge".parse(), Ok(challenged.clone()));
        assert_eq!("challenged".parse(), Ok(challenged));
    }

    #[test]
    fn a_lie_changes_one_value() {
        for (place, slot) in [
            (Place::First, 0),
            (Place::Middle, 2),
            (Place::Last, 4),
            (Place::Slot("value 3".into()), 3),
            (Place::Slot("1".into()), 1),
        ] {
            let mut values = vec![vec![7; 8]; 5];
            assert_eq!(place.falsify(&slots(5), &mut values), Ok(()));
            let mut expected = vec![vec![7; 8]; 5];
            expected[slot][0] = 6;
            assert_eq!(values, expected, "{place}");
        }
    }

    #[test]
    fn values_that_do_not_exist_are_refused() {
        for wrong in ["value 5", "5", ""] {
            let place = Place::Slot(wrong.into());
            assert_eq!(place.slot(&slots(5)), Err(UnknownSlot(wrong.into())));
        }
        assert!(Place::First.slot(&slots(0)).is_err());
        assert!(Place::First.falsify(&slots(1), &mut []).is_err());
    }

    #[test]
    fn lies_that_go_unpunished_are_lies() {
        let place = |lie: ProofLie| lie.place().cloned();
        let silent = ProofLie::Conduct(Conduct::WatcherSilent);
        assert_eq!(silent.conduct(), Conduct::WatcherSilent);
        assert_eq!(place(silent), Some(Place::Middle));
        assert_eq!(place(ProofLie::Conduct(Conduct::Unchallenged)), None);
        assert_eq!(place(ProofLie::WrongProof), None);
        assert_eq!(ProofLie::WrongProof.conduct(), Conduct::Challenged);
    }
}

//! What the parties of a proof game do.

use std::{fmt, str::FromStr};

/// What the parties do. Whether the operator lies is a matter of the values that it commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conduct {
    /// Nobody challenges.
    Unchallenged,
    /// Somebody challenges, and refutes what is false. If nothing is, the challenge was baseless.
    #[default]
    Challenged,
    /// Somebody challenges, and the operator stops before its transaction of this number after the challenge, from 1.
    OperatorSilent(usize),
    /// Somebody challenges and then falls silent.
    WatcherSilent,
    /// Somebody challenges, and comes with its refutation after the payout.
    LateDisprove,
}

/// A word that names no conduct.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is no conduct: it is unchallenged, challenged, operator-silent, operator-silent@NUMBER, watcher-silent or late-disprove"
)]
pub struct UnknownConduct(pub String);

impl FromStr for Conduct {
    type Err = UnknownConduct;

    fn from_str(text: &str) -> Result<Self, UnknownConduct> {
        let unknown = || UnknownConduct(text.to_owned());
        match text.split_once('@') {
            Some(("operator-silent", number)) => match number.parse() {
                Ok(number) if number > 0 => Ok(Self::OperatorSilent(number)),
                _ => Err(unknown()),
            },
            Some(_) => Err(unknown()),
            None => match text {
                "unchallenged" => Ok(Self::Unchallenged),
                "challenged" => Ok(Self::Challenged),
                "operator-silent" => Ok(Self::OperatorSilent(1)),
                "watcher-silent" => Ok(Self::WatcherSilent),
                "late-disprove" => Ok(Self::LateDisprove),
                _ => Err(unknown()),
            },
        }
    }
}

impl fmt::Display for Conduct {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unchallenged => formatter.write_str("unchallenged"),
            Self::Challenged => formatter.write_str("challenged"),
            Self::OperatorSilent(number) => write!(formatter, "operator-silent@{number}"),
            Self::WatcherSilent => formatter.write_str("watcher-silent"),
            Self::LateDisprove => formatter.write_str("late-disprove"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conducts_are_read_as_they_are_written() {
        for conduct in [
            Conduct::Unchallenged,
            Conduct::Challenged,
            Conduct::OperatorSilent(3),
            Conduct::WatcherSilent,
            Conduct::LateDisprove,
        ] {
            assert_eq!(conduct.to_string().parse(), Ok(conduct));
        }
        assert_eq!("operator-silent".parse(), Ok(Conduct::OperatorSilent(1)));
        for wrong in ["", "silent", "challenged@2", "operator-silent@0"] {
            assert_eq!(
                wrong.parse::<Conduct>(),
                Err(UnknownConduct(wrong.to_owned()))
            );
        }
    }
}

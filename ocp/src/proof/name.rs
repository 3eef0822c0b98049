//! Names of the transactions of a proof game.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A transaction of a proof game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProofTx {
    /// The operator commits the public input and stakes its bond.
    Claim,
    /// The payout of a claim that nobody challenged.
    Payout,
    /// Anyone pays for the assertion and thereby forces it.
    Challenge,
    /// The operator makes the outputs that its assertion spends.
    AssertStart,
    /// The operator commits values: one transaction of the assertion, from 1.
    Assert(u16),
    /// The assertion is complete: the bond moves into the output that a refutation spends.
    AssertEnd,
    /// The payout of an assertion that nobody refuted.
    PayoutAfterAssertion,
    /// The claim was neither paid out nor asserted in time: the operator is slashed.
    OperatorTimeout,
    /// Anyone spends a leaf that refutes the assertion: the operator is slashed.
    Disprove,
}

impl ProofTx {
    /// Whether it pays the operator its deposit and bond.
    pub fn pays(self) -> bool {
        matches!(self, Self::Payout | Self::PayoutAfterAssertion)
    }

    /// Whether the operator loses its bond by it.
    pub fn slashes(self) -> bool {
        matches!(self, Self::OperatorTimeout | Self::Disprove)
    }
}

impl fmt::Display for ProofTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim => f.write_str("Claim"),
            Self::Payout => f.write_str("Payout"),
            Self::Challenge => f.write_str("Challenge"),
            Self::AssertStart => f.write_str("AssertStart"),
            Self::Assert(part) => write!(f, "Assert {part}"),
            Self::AssertEnd => f.write_str("AssertEnd"),
            Self::PayoutAfterAssertion => f.write_str("PayoutAfterAssertion"),
            Self::OperatorTimeout => f.write_str("OperatorTimeout"),
            Self::Disprove => f.write_str("Disprove"),
        }
    }
}

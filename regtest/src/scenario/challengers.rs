//! Who challenges, and what each challenger takes for the truth.

use gavel_ocp::game::{
    machine::ChallengerTrace,
    trace::{AccessKind, AccessReveal, Claim, PathKind, PathReveal, StepReveal, Trace, TraceError},
};

use super::{LieKind, Scenario, ScenarioError};

/// The one who catches a lie, or does not.
pub(super) const CHALLENGER: u8 = 1;
/// The one who catches it when the first has failed.
const SECOND_CHALLENGER: u8 = 2;

/// What a challenger takes for the truth.
pub(super) type Knowledge = Box<dyn Trace>;

/// The challengers that play, with what each of them knows. The other signers leave the dispute to them.
pub(super) fn challengers(scenario: &Scenario) -> Result<Vec<(u8, Knowledge)>, ScenarioError> {
    let honest = || {
        ChallengerTrace::new(
            scenario.image.clone(),
            scenario.input.clone(),
            scenario.digest,
        )
    };
    Ok(match scenario.lie.map(|lie| lie.kind) {
        Some(LieKind::ChallengerSilent | LieKind::BaselessChallenge) => {
            let stubborn: Knowledge = Box::new(Misled::stubborn(honest()));
            vec![(CHALLENGER, stubborn)]
        }
        Some(kind @ LieKind::WrongSelection) => {
            let (needed, signers) = (usize::from(SECOND_CHALLENGER) + 1, scenario.signers);
            if signers < needed {
                return Err(ScenarioError::Signers {
                    kind,
                    needed,
                    signers,
                });
            }
            let suspicious: Knowledge = Box::new(Misled::suspicious(honest()));
            vec![
                (CHALLENGER, suspicious),
                (SECOND_CHALLENGER, Box::new(honest())),
            ]
        }
        _ => vec![(CHALLENGER, Box::new(honest()))],
    })
}

/// A challenger that disputes whatever it sees.
struct Misled {
    truth: ChallengerTrace,
    /// Whether it takes all that it sees for false, instead of nothing.
    suspicious: bool,
}

impl Misled {
    /// One that finds nothing false and disputes the end of the trace.
    fn stubborn(truth: ChallengerTrace) -> Self {
        Self {
            truth,
            suspicious: false,
        }
    }

    /// One that disputes the beginning of the trace, wherever the lie is.
    fn suspicious(truth: ChallengerTrace) -> Self {
        Self {
            truth,
            suspicious: true,
        }
    }
}

impl Trace for Misled {
    fn holds(&mut self, claim: &Claim) -> Result<bool, TraceError> {
        self.truth.holds(claim)?;
        Ok(false)
    }

    fn digests(&mut self, positions: &[u64]) -> Result<Vec<Option<Vec<u32>>>, TraceError> {
        let mut digests = self.truth.digests(positions)?;
        if self.suspicious {
            let words = digests.iter_mut().flatten().flatten();
            words.for_each(|word| *word ^= 1);
        }
        Ok(digests)
    }

    fn step(&mut self, index: u64) -> Result<StepReveal, TraceError> {
        self.truth.step(index)
    }

    fn path(&mut self, index: u64, kind: PathKind) -> Result<PathReveal, TraceError> {
        self.truth.path(index, kind)
    }

    fn access(&mut self, index: u64, kind: AccessKind) -> Result<AccessReveal, TraceError> {
        self.truth.access(index, kind)
    }
}

//! Which program of a verifier is cut under a budget.
//!
//! The one of large steps needs the smaller assertion wherever its leaves fit: at the lightest leaves that it has (about 840,000
//! weight units) it commits a quarter of the values that the small steps commit with leaves of any weight. So it is
//! tried first, and whether its leaves fit is known after a few of them. Everybody who compiles a key under a budget chooses the same.

use serde::Serialize;
use thiserror::Error;

use super::compile::{
    Budget, CompileError, Compiled, CurvePoint, MAX_BLOCK_TRANSACTION, compile, curve,
};
use super::input::VerifyingKey;
use super::verifier::{Verifier, VerifierError};

/// Nibbles of a public input that one look-up reads. One addition for two nibbles is smaller and commits less than two additions.
const WINDOW: usize = 2;

/// How a verifier is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Steps {
    /// [`Verifier::new`].
    Large,
    /// [`Verifier::of_small_steps`].
    Small,
}

/// A verifier that has been cut.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Which of its programs.
    pub steps: Steps,
    /// The verifier.
    pub verifier: Verifier,
    /// Its leaves.
    pub compiled: Compiled,
}

/// A point of the curve, and the program that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChoicePoint {
    /// Which program.
    pub steps: Steps,
    /// What it costs.
    #[serde(flatten)]
    pub point: CurvePoint,
}

/// Why nothing was chosen.
#[derive(Debug, Error)]
pub enum ChoiceError {
    /// There is no verifier of this key.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// No program of it can be cut under this budget.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

/// The program of a key's verifier that suits a budget, cut.
///
/// # Errors
/// If the key is refused, or no program can be cut under the budget.
pub fn choose(key: &VerifyingKey, budget: Budget) -> Result<Choice, ChoiceError> {
    let cut = |steps, verifier: Verifier| {
        let compiled = compile(verifier.program.clone(), budget)?;
        Ok(Choice {
            steps,
            verifier,
            compiled,
        })
    };
    match cut(Steps::Large, Verifier::new(key, WINDOW)?) {
        Err(CompileError::LeafTooHeavy { .. } | CompileError::NoLeafFits(_)) => {}
        chosen => return Ok(chosen?),
    }
    Ok(cut(Steps::Small, Verifier::of_small_steps(key, WINDOW)?)?)
}

/// What a budget costs, from the lightest leaves to a full block, of so many limits for each program. Those that buy nothing are left out.
///
/// # Errors
/// If the key is refused.
pub fn curve_of_choices(
    key: &VerifyingKey,
    points: usize,
) -> Result<Vec<ChoicePoint>, ChoiceError> {
    let large = Verifier::new(key, WINDOW)?.program;
    let large = curve(&large, points, MAX_BLOCK_TRANSACTION)?;
    let lightest = large.iter().map(|point| point.max_leaf_weight).min();
    let small = Verifier::of_small_steps(key, WINDOW)?.program;
    let mut small = curve(&small, points, lightest.unwrap_or(MAX_BLOCK_TRANSACTION))?;
    small.retain(|point| Some(point.max_leaf_weight) < lightest);
    let small = small.into_iter().map(|point| (Steps::Small, point));
    let large = large.into_iter().map(|point| (Steps::Large, point));
    let points = small.chain(large);
    Ok(points
        .map(|(steps, point)| ChoicePoint { steps, point })
        .collect())
}

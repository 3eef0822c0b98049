//! `gavel assert`: from a proof to a signed assertion.

use super::assertion::Assertion;
use super::{Seed, Statement};
use crate::error::CliError;
use crate::output::{self, grouped};
use clap::Args;
use gavel_regtest::proof::UnknownSlot;
use gavel_script_gen::groth16::choice::Choice;
use gavel_script_gen::groth16::input::{check, load_proof, load_public};
use gavel_script_gen::winternitz::SecretKey;
use rayon::prelude::*;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Sign all values of the check of a proof.
#[derive(Args)]
pub(crate) struct AssertCommand {
    #[command(flatten)]
    statement: Statement,
    #[command(flatten)]
    seed: Seed,
    /// The proof, in either format. What is asserted is the same proof randomised by the seed.
    #[arg(long)]
    proof: PathBuf,
    /// The public inputs, in either format.
    #[arg(long)]
    public: PathBuf,
    /// Sign another value for this slot, by its name or number.
    #[arg(long)]
    lie: Option<String>,
    /// Where the assertion goes.
    #[arg(long)]
    out: PathBuf,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report {
    committed_values: usize,
    assert_weight: usize,
    lie: Option<String>,
    seconds: f64,
}

impl AssertCommand {
    /// Checks the proof, computes all values, signs them and writes the assertion.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let start = Instant::now();
        let progress = output::spinner();
        progress.set_message("running the verifier, signing its values");
        let public = load_public(&self.public)?;
        let proof = load_proof(&self.proof)?;
        check(&self.statement.key()?, &proof, &public)?;
        let Choice {
            verifier, compiled, ..
        } = self.statement.choose()?;
        let run = verifier.witness(&public, &proof, &self.seed.of_game())?;
        let mut digits = compiled.assertion(&run.values)?;
        if compiled.find_refutation(&digits)?.is_some() {
            return Err(CliError::Refutable);
        }
        let mut lie = None;
        if let Some(wanted) = &self.lie {
            let mut names = compiled.slots().iter().map(|slot| &slot.name);
            let slot = names.position(|name| name == wanted);
            let slot = slot.or_else(|| wanted.parse().ok());
            let slot = slot.filter(|slot| *slot < digits.len());
            let slot = slot.ok_or_else(|| UnknownSlot(wanted.clone()))?;
            digits[slot][0] ^= 1;
            lie = Some(compiled.slots()[slot].name.clone());
        }
        let secrets = self.seed.secret_keys(&compiled);
        let signed = secrets.par_iter().zip(&digits);
        let signatures: Result<Vec<_>, _> =
            signed.map(|(secret, digits)| secret.sign(digits)).collect();
        let assertion = Assertion {
            keys: secrets.par_iter().map(SecretKey::public_key).collect(),
            signatures: signatures?,
        };
        assertion.write(&compiled, &self.out)?;
        progress.finish_and_clear();
        let report = Report {
            committed_values: digits.len(),
            assert_weight: compiled.assertion_weight(),
            lie,
            seconds: start.elapsed().as_secs_f64(),
        };
        if self.json {
            return output::json(&report);
        }
        let mut out = std::io::stdout().lock();
        let values = grouped(report.committed_values as u64);
        let weight = grouped(report.assert_weight as u64);
        writeln!(
            out,
            "signed {values} values, {weight} WU on chain, in {:.1} s",
            report.seconds
        )?;
        if let Some(slot) = &report.lie {
            writeln!(out, "the value of {slot} is a lie")?;
        }
        Ok(())
    }
}

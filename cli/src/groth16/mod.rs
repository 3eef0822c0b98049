//! The proof game's commands: `gavel compile groth16`, `gavel assert`, `gavel disprove`, `gavel leaves groth16`.

mod assert;
mod assertion;
mod compile;
mod disprove;
mod leaves;
pub(crate) mod stored;

pub(crate) use assert::AssertCommand;
pub(crate) use compile::CompileCommand;
pub(crate) use disprove::DisproveCommand;
pub(crate) use leaves::Groth16Leaves;

use crate::error::CliError;
use clap::Args;
use gavel_script_gen::groth16::choice::{Choice, choose};
use gavel_script_gen::groth16::compile::{Budget, Compiled};
use gavel_script_gen::groth16::input::{VerifyingKey, load_key};
use gavel_script_gen::winternitz::{GameSeed, PublicKey, SecretKey};
use rayon::prelude::*;
use std::path::PathBuf;

/// What a verifier is compiled from.
#[derive(Args)]
pub(crate) struct Statement {
    /// The verifying key: arkworks' canonical bytes, or verification_key.json of snarkjs.
    #[arg(long)]
    vk: PathBuf,
    /// The largest weight of a Disprove transaction. Default: the smallest at which the assertion weighs no more than 369 kvB
    /// or, if there are too many public inputs for that, the lightest assertion.
    #[arg(long)]
    max_leaf_weight: Option<usize>,
}

impl Statement {
    fn key(&self) -> Result<VerifyingKey, CliError> {
        Ok(load_key(&self.vk)?)
    }

    /// The verifier, cut: everybody who names the same key and budget has the same leaves.
    fn choose(&self) -> Result<Choice, CliError> {
        let budget = Budget::of_asked_leaf_weight(self.max_leaf_weight);
        Ok(choose(&self.key()?, budget)?)
    }
}

/// The operator's one-time keys.
#[derive(Args)]
pub(crate) struct Seed {
    /// The operator's master seed, 32 bytes in hexadecimal. The default is for trials: everybody knows it.
    #[arg(long, default_value = "00", value_parser = bytes)]
    seed: Bytes,
    /// The game, 32 bytes in hexadecimal: a key signs one value of one game.
    #[arg(long, default_value = "00", value_parser = bytes)]
    game: Bytes,
}

/// 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bytes([u8; 32]);

/// Reads up to 32 bytes in hexadecimal; those that are missing are 0.
fn bytes(text: &str) -> Result<Bytes, String> {
    let wrong = || "not 1 to 32 bytes in hexadecimal".to_owned();
    let read = crate::output::from_hex(text).ok_or_else(wrong)?;
    let mut bytes = [0; 32];
    bytes
        .get_mut(..read.len())
        .filter(|_| !read.is_empty())
        .ok_or_else(wrong)?
        .copy_from_slice(&read);
    Ok(Bytes(bytes))
}

impl Seed {
    fn of_game(&self) -> GameSeed {
        GameSeed::new(&self.seed.0, &self.game.0)
    }

    fn secret_keys(&self, compiled: &Compiled) -> Vec<SecretKey> {
        let seed = self.of_game();
        let slots = compiled.slots().iter();
        slots
            .map(|slot| seed.secret_key(slot.shape, &slot.name))
            .collect()
    }

    fn public_keys(&self, compiled: &Compiled) -> Vec<PublicKey> {
        let keys = self.secret_keys(compiled);
        keys.par_iter().map(SecretKey::public_key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_bytes_in_hexadecimal() {
        assert_eq!(bytes("00"), Ok(Bytes([0; 32])));
        assert_eq!(bytes(&"ff".repeat(32)), Ok(Bytes([255; 32])));
        for wrong in ["", "0", "xy", &"00".repeat(33)] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}

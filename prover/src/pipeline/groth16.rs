//! The last stage: the key, the proof, and their files.

use super::error::PipelineError;
use super::file::{self, Folder, PROOF, PUBLIC};
use super::stage::{Clock, Stage};
use crate::setup::{import_key, insecure_key, verifying_key};
use crate::wrap::groth16;
use crate::wrap::r1cs::ConstraintSystem;
use ark_serialize::CanonicalSerialize;
use rand_chacha::rand_core::OsRng;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the Groth16 key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setup {
    /// The test set-up, whose secret everybody knows: anybody can prove anything with it. The key is kept in this folder.
    Insecure {
        /// The folder.
        cache: PathBuf,
    },
    /// A ceremony's proving key: a `.zkey`, or in arkworks' format.
    Key(PathBuf),
}

/// The verifying key of a ceremony.
const KEY: &str = "key.bin";
/// That of the test set-up.
const INSECURE_KEY: &str = "INSECURE-key.bin";

impl Setup {
    /// The names that a verifying key may have in a folder.
    pub(super) const KEY_NAMES: [&str; 2] = [KEY, INSECURE_KEY];

    /// The name of the verifying key in the folder of a proof.
    pub fn key_name(&self) -> &'static str {
        match self {
            Self::Insecure { .. } => INSECURE_KEY,
            Self::Key(_) => KEY,
        }
    }

    /// Whether the folder has a Groth16 proof that was made with this key.
    pub(super) fn is_done(&self, folder: &Folder) -> Result<bool, PipelineError> {
        let files = [PROOF, PUBLIC, self.key_name()].map(|name| folder.path().join(name));
        if !files.iter().all(|path| path.exists()) {
            return Ok(false);
        }
        let Self::Key(path) = self else {
            return Ok(true);
        };
        let given = verifying_key(path)?;
        let [_, _, there] = files;
        Ok(serialize(&given, path)?
            == fs::read(&there).map_err(|error| PipelineError::file(&there, error))?)
    }
}

/// Makes or reads the key, proves, and writes key, public input and, last, the proof.
pub(super) fn prove(
    folder: &Folder,
    setup: &Setup,
    system: &ConstraintSystem,
    clock: &mut Clock<'_>,
) -> Result<(), PipelineError> {
    clock.begin(Stage::Key, 1);
    let key = match setup {
        Setup::Insecure { cache } => insecure_key(cache, system)?,
        Setup::Key(path) => import_key(path, system)?,
    };
    clock.made(1);
    clock.begin(Stage::Groth16, 1);
    let proof = groth16::prove(&key, system, &mut OsRng)?;
    // A proof is there only with its own key and public input: the old ones go first, the new proof comes last.
    for name in [PROOF, PUBLIC].iter().chain(&Setup::KEY_NAMES) {
        let path = folder.path().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(PipelineError::file(&path, error));
            }
            _ => {}
        }
    }
    write(folder, setup.key_name(), &key.vk)?;
    write(folder, PUBLIC, &system.public_values())?;
    write(folder, PROOF, &proof)?;
    clock.made(1);
    Ok(())
}

/// Arkworks' canonical compressed bytes: what `gavel compile groth16` and `gavel assert` read.
pub(super) fn serialize(
    value: &impl CanonicalSerialize,
    path: &Path,
) -> Result<Vec<u8>, PipelineError> {
    let mut bytes = Vec::new();
    value
        .serialize_compressed(&mut bytes)
        .map_err(|error| PipelineError::damaged(path, error))?;
    Ok(bytes)
}

fn write(
    folder: &Folder,
    name: &str,
    value: &impl CanonicalSerialize,
) -> Result<(), PipelineError> {
    let path = folder.path().join(name);
    file::write(&path, &[&serialize(value, &path)?])
}

//! Keys of the wrap circuit: a deterministic set-up for tests, and the import of a ceremony's key.
//!
//! Groth16 keys need a secret that nobody may know: who knows it proves false statements. The set-up here takes it from a
//! constant, so everybody knows it. It is for tests and trials, and its file is named so. A real key comes from a ceremony
//! over the constraint matrices, and is read from a file in arkworks' uncompressed format.

use crate::wrap::error::WrapError;
use crate::wrap::groth16::fits;
use crate::wrap::r1cs::ConstraintSystem;
use ark_bn254::Bn254;
use ark_groth16::{Groth16, ProvingKey, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where the secret of the test set-up comes from: known to everybody.
const INSECURE_SEED: [u8; 32] = *b"gavel insecure groth16 test key.";

/// The file of a test key in a folder, named after the constraint matrices.
pub fn insecure_path(folder: &Path, system: &ConstraintSystem) -> PathBuf {
    let digest = system.digest();
    let name: String = digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    folder.join(format!("INSECURE-test-setup-{name}.pk"))
}

/// The key of the test set-up, from the folder if it is there, else made and written there. **Insecure**: anybody can
/// prove anything with it.
pub fn insecure_key(
    folder: &Path,
    system: &ConstraintSystem,
) -> Result<ProvingKey<Bn254>, WrapError> {
    let path = insecure_path(folder, system);
    if path.exists() {
        // Made here: its points need no check.
        return read_unchecked(&path, system);
    }
    let mut random = ChaCha20Rng::from_seed(INSECURE_SEED);
    let key = Groth16::<Bn254>::generate_random_parameters_with_reduction(system, &mut random)?;
    fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    // Written under another name first: an interruption leaves no half key.
    let partial = path.with_extension("partial");
    write(&partial, &key)?;
    fs::rename(&partial, &path).map_err(|error| file(&path, error))?;
    Ok(key)
}

/// A ceremony's proving key: all points are checked to be on their curves and in their groups, and their numbers to be
/// those of the circuit. Whether the ceremony was honest, and for these constraints, its transcript has to show.
pub fn import_key(path: &Path, system: &ConstraintSystem) -> Result<ProvingKey<Bn254>, WrapError> {
    let mut reader = BufReader::new(File::open(path).map_err(|error| file(path, error))?);
    let key = ProvingKey::deserialize_uncompressed(&mut reader)
        .map_err(|error| format(path, "a proving key", error))?;
    fits(&key, system)?;
    Ok(key)
}

/// Writes a verifying key as `gavel compile groth16 --vk` reads it: arkworks' canonical compressed bytes.
pub fn write_verifying_key(path: &Path, key: &VerifyingKey<Bn254>) -> Result<(), WrapError> {
    write_compressed(path, key, "a verifying key")
}

/// Writes a proof or public inputs as `gavel assert` reads them: arkworks' canonical compressed bytes.
pub fn write_compressed(
    path: &Path,
    value: &impl CanonicalSerialize,
    what: &'static str,
) -> Result<(), WrapError> {
    let mut bytes = Vec::new();
    value
        .serialize_compressed(&mut bytes)
        .map_err(|error| format(path, what, error))?;
    fs::write(path, bytes).map_err(|error| file(path, error))
}

fn read_unchecked(path: &Path, system: &ConstraintSystem) -> Result<ProvingKey<Bn254>, WrapError> {
    let mut reader = BufReader::new(File::open(path).map_err(|error| file(path, error))?);
    let key = ProvingKey::deserialize_uncompressed_unchecked(&mut reader)
        .map_err(|error| format(path, "a proving key", error))?;
    fits(&key, system)?;
    Ok(key)
}

fn write(path: &Path, key: &ProvingKey<Bn254>) -> Result<(), WrapError> {
    let mut writer = BufWriter::new(File::create(path).map_err(|error| file(path, error))?);
    key.serialize_uncompressed(&mut writer)
        .map_err(|error| format(path, "a proving key", error))?;
    writer.flush().map_err(|error| file(path, error))
}

fn file(path: &Path, error: std::io::Error) -> WrapError {
    WrapError::File {
        path: path.to_owned(),
        error,
    }
}

fn format(path: &Path, what: &'static str, error: ark_serialize::SerializationError) -> WrapError {
    WrapError::Format {
        path: path.to_owned(),
        what,
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::groth16::tests::small_system;

    #[test]
    fn the_test_key_is_made_once_for_its_matrices() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = small_system([1, 2], 1);
        let path = insecure_path(folder.path(), &system);
        assert!(path.to_string_lossy().contains("INSECURE"));
        assert_eq!(path, insecure_path(folder.path(), &small_system([5, 6], 1)));
        assert_ne!(path, insecure_path(folder.path(), &small_system([1, 2], 2)));
        let made = insecure_key(folder.path(), &system).expect("a key");
        let written = fs::read(&path).expect("a file");
        let read = insecure_key(folder.path(), &system).expect("a key");
        assert_eq!(made.vk, read.vk);
        let again = tempfile::tempdir().expect("a folder");
        insecure_key(again.path(), &system).expect("a key");
        assert_eq!(
            fs::read(insecure_path(again.path(), &system)).expect("a file"),
            written
        );
    }

    #[test]
    fn an_imported_key_is_checked() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = small_system([1, 2], 1);
        let made = insecure_key(folder.path(), &system).expect("a key");
        let path = insecure_path(folder.path(), &system);
        let imported = import_key(&path, &system).expect("a key");
        assert_eq!(imported.vk, made.vk);
        let missing = import_key(&folder.path().join("none"), &system);
        assert!(matches!(missing, Err(WrapError::File { .. })));
        let other = import_key(&path, &small_system([1, 2], 2));
        assert!(matches!(other, Err(WrapError::OtherKey { .. })));
        let mut bytes = fs::read(&path).expect("a file");
        bytes[70] ^= 1;
        fs::write(&path, &bytes).expect("written");
        assert!(matches!(
            import_key(&path, &system),
            Err(WrapError::Format { .. })
        ));
        fs::write(&path, &bytes[..1000]).expect("written");
        assert!(matches!(
            import_key(&path, &system),
            Err(WrapError::Format { .. })
        ));
    }

    /// The files that `gavel compile groth16` and `gavel assert` read.
    #[test]
    fn verifying_keys_are_written_compressed() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = insecure_key(folder.path(), &small_system([1, 2], 1)).expect("a key");
        let path = folder.path().join("key.vk");
        write_verifying_key(&path, &made.vk).expect("written");
        let bytes = fs::read(&path).expect("a file");
        let read = VerifyingKey::deserialize_compressed(bytes.as_slice()).expect("a key");
        assert_eq!(made.vk, read);
    }
}

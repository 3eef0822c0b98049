//! Keys of the wrap circuit: a deterministic set-up for tests, and the import of a ceremony's key.
//!
//! Groth16 keys need a secret that nobody may know: who knows it proves false statements. The set-up here takes it from a
//! constant, so everybody knows it. It is for tests and trials, and its file is named so. A real key comes from a ceremony
//! over the constraint matrices: [`write_r1cs`] writes them for snarkjs, and [`import_key`] reads the `.zkey` in which it ends, or
//! a key in arkworks' uncompressed format.

mod r1cs;
mod zkey;

pub use r1cs::write_r1cs;
pub use zkey::ZkeyError;

use crate::files::write_whole;
use crate::wrap::error::WrapError;
use crate::wrap::groth16::fits;
use crate::wrap::key::{Secret, generate};
use crate::wrap::r1cs::ConstraintSystem;
use ark_bn254::{Bn254, G1Affine, G1Projective};
use ark_ec::{AffineRepr, PrimeGroup};
use ark_groth16::{ProvingKey, VerifyingKey};
use ark_serialize::{
    CanonicalDeserialize, CanonicalSerialize, Compress, SerializationError, Validate,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

/// Where the secret of the test set-up comes from: known to everybody.
const INSECURE_SEED: [u8; 32] = *b"gavel insecure groth16 test key.";

/// The secret of all test keys: it does not depend on the constraints.
fn insecure_secret() -> Secret {
    Secret::random(&mut ChaCha20Rng::from_seed(INSECURE_SEED))
}

/// Whether **anybody** can prove anything with a key: it is one of the test set-up, whatever its file is called, or nobody has
/// contributed to it.
pub fn is_insecure(key: &VerifyingKey<Bn254>) -> bool {
    key.alpha_g1 == G1Projective::generator() * insecure_secret().alpha || !has_contribution(key)
}

/// Whether delta is another point than gamma. snarkjs starts both at the generator, and only contributions change delta. While
/// they are equal, `(alpha, beta, -input)` proves any input.
fn has_contribution(key: &VerifyingKey<Bn254>) -> bool {
    key.delta_g2 != key.gamma_g2
}

/// The file of a test key in a folder, named after the constraint matrices.
pub fn insecure_path(folder: &Path, system: &ConstraintSystem) -> PathBuf {
    let digest = system.digest();
    let name: String = digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    folder.join(format!("INSECURE-test-key-{name}.pk"))
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
        return read(&path, system, Validate::No);
    }
    let key = generate(system, &insecure_secret())?;
    fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    let written = write_whole(&path, |out| {
        let written = key.serialize_uncompressed(out);
        written.map_err(io::Error::other)
    });
    written.map_err(|error| file(&path, error))?;
    Ok(key)
}

/// A ceremony's proving key, a `.zkey` or in arkworks' format. All points are checked to be on their curves and in their groups, and
/// their numbers to be those of the circuit; of a `.zkey`, which has the matrices A and B, these too. Whether the ceremony was
/// honest, and for all of these constraints, its transcript has to show.
pub fn import_key(path: &Path, system: &ConstraintSystem) -> Result<ProvingKey<Bn254>, WrapError> {
    let key = match open_zkey(path)? {
        Some(file) => {
            let key = zkey::read_key(file, system);
            key.map_err(|error| not_zkey(path, error))?
        }
        None => read(path, system, Validate::Yes)?,
    };
    match has_contribution(&key.vk) {
        true => Ok(key),
        false => Err(WrapError::NoContribution(path.to_owned())),
    }
}

/// The verifying key in the file of a proving key, in either format.
pub(crate) fn verifying_key(path: &Path) -> Result<VerifyingKey<Bn254>, WrapError> {
    if let Some(file) = open_zkey(path)? {
        return zkey::read_verifying_key(file).map_err(|error| not_zkey(path, error));
    }
    let reader = BufReader::new(File::open(path).map_err(|error| file(path, error))?);
    // A proving key begins with its verifying key.
    VerifyingKey::deserialize_uncompressed(reader)
        .map_err(|error| format(path, "a proving key", error))
}

/// The file, if it begins as a `.zkey` does: no point of arkworks' format does.
fn open_zkey(path: &Path) -> Result<Option<BufReader<File>>, WrapError> {
    let begins = || {
        let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
        let mut start = Vec::new();
        let length = zkey::MAGIC.len() as u64;
        file.by_ref().take(length).read_to_end(&mut start)?;
        file.rewind()?;
        Ok((start == zkey::MAGIC).then_some(file))
    };
    begins().map_err(|error| file(path, error))
}

fn not_zkey(path: &Path, error: ZkeyError) -> WrapError {
    WrapError::Zkey {
        path: path.to_owned(),
        error,
    }
}

/// A key as it was written: the fields of arkworks' `ProvingKey`, uncompressed.
fn read(
    path: &Path,
    system: &ConstraintSystem,
    validate: Validate,
) -> Result<ProvingKey<Bn254>, WrapError> {
    let mut reader = BufReader::new(File::open(path).map_err(|error| file(path, error))?);
    let key = read_key(&mut reader, validate);
    let key = key.map_err(|error| format(path, "a proving key", error))?;
    fits(&key, system)?;
    Ok(key)
}

fn read_key(
    reader: &mut impl Read,
    validate: Validate,
) -> Result<ProvingKey<Bn254>, SerializationError> {
    Ok(ProvingKey {
        vk: VerifyingKey::deserialize_with_mode(&mut *reader, Compress::No, validate)?,
        beta_g1: G1Affine::deserialize_with_mode(&mut *reader, Compress::No, validate)?,
        delta_g1: G1Affine::deserialize_with_mode(&mut *reader, Compress::No, validate)?,
        a_query: read_points(reader, validate)?,
        b_g1_query: read_points(reader, validate)?,
        b_g2_query: read_points(reader, validate)?,
        h_query: read_points(reader, validate)?,
        l_query: read_points(reader, validate)?,
    })
}

/// As arkworks reads them, but on all processors.
fn read_points<G: AffineRepr>(
    reader: &mut impl Read,
    validate: Validate,
) -> Result<Vec<G>, SerializationError> {
    let count = u64::deserialize_uncompressed(&mut *reader)?;
    let size = G::zero().uncompressed_size();
    let length = count.checked_mul(size as u64);
    let length = length.ok_or(SerializationError::NotEnoughSpace)?;
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(SerializationError::InvalidData);
    }
    let points = bytes.par_chunks(size);
    points
        .map(|point| G::deserialize_with_mode(point, Compress::No, validate))
        .collect()
}

fn file(path: &Path, error: std::io::Error) -> WrapError {
    WrapError::File {
        path: path.to_owned(),
        error,
    }
}

fn format(path: &Path, what: &'static str, error: SerializationError) -> WrapError {
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

    /// By what it holds: its file may have lost its name.
    #[test]
    fn a_test_key_is_known_as_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for repeat in [1, 2] {
            let key = insecure_key(folder.path(), &small_system([1, 2], repeat));
            assert!(is_insecure(&key.expect("a key").vk));
        }
        let secret = Secret::random(&mut ChaCha20Rng::seed_from_u64(1));
        let other = generate(&small_system([1, 2], 1), &secret).expect("a key");
        assert!(!is_insecure(&other.vk));
    }

    #[test]
    fn an_imported_key_is_checked() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = small_system([1, 2], 1);
        let made = insecure_key(folder.path(), &system).expect("a key");
        let path = insecure_path(folder.path(), &system);
        let imported = import_key(&path, &system).expect("a key");
        assert_eq!(imported, made);
        let bytes = fs::read(&path).expect("a file");
        let arkworks = ProvingKey::deserialize_uncompressed(bytes.as_slice());
        assert_eq!(arkworks.expect("a key"), made);
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
        for length in [0, 1000, bytes.len() - 1] {
            fs::write(&path, &bytes[..length]).expect("written");
            assert!(matches!(
                import_key(&path, &system),
                Err(WrapError::Format { .. })
            ));
        }
        // A number of points that no file has.
        let start = made.vk.uncompressed_size() + 2 * made.beta_g1.uncompressed_size();
        bytes[start..start + 8].fill(255);
        fs::write(&path, &bytes).expect("written");
        assert!(matches!(
            import_key(&path, &system),
            Err(WrapError::Format { .. })
        ));
    }
}

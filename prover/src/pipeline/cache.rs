//! The circuits in files of the user's cache folder.
//!
//! They are the same whenever they are built, but building them takes as long as some proofs. A file is used only if its
//! first line names this very program, by a digest of the executable, and the digest of what follows; in every other case
//! the circuits are built and the file is written anew. So no circuit of another version of the code is ever used, and a
//! damaged file costs no more than one that is missing. Who can write to the folder can change what is proved, though not
//! what a verifier accepts: he builds the circuits, or has a key that was made for them.

use super::error::PipelineError;
use super::file;
use super::parameters::Parameters;
use crate::recursion::circuits::Circuits;
use crate::wrap::layer::{InnerVerifier, LastLayer};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The circuits of the recursion for these parameters, and whether they were there.
pub(super) fn circuits(
    parameters: &Parameters,
    folder: Option<&Path>,
) -> Result<(Circuits, bool), PipelineError> {
    find(parameters, folder, || Ok(parameters.circuits()?))
}

/// The last layer over the circuit of the statement, and whether it was there.
pub(super) fn last_layer(
    parameters: &Parameters,
    folder: Option<&Path>,
    verifier: &InnerVerifier,
) -> Result<(LastLayer, bool), PipelineError> {
    find(parameters, folder, || {
        Ok(LastLayer::new(verifier, parameters.level.last())?)
    })
}

/// What a file of the folder can hold.
trait Kept: Sized {
    /// What its name begins with.
    const NAME: &'static str;
    fn bytes(&self) -> Result<Vec<u8>, PipelineError>;
    fn of_bytes(bytes: &[u8], parameters: &Parameters) -> Option<Self>;
}

impl Kept for Circuits {
    const NAME: &'static str = "circuits";

    fn bytes(&self) -> Result<Vec<u8>, PipelineError> {
        Ok(self.to_bytes()?)
    }

    fn of_bytes(bytes: &[u8], parameters: &Parameters) -> Option<Self> {
        parameters.circuits_of(bytes).ok()
    }
}

impl Kept for LastLayer {
    const NAME: &'static str = "last-layer";

    fn bytes(&self) -> Result<Vec<u8>, PipelineError> {
        Ok(self.to_bytes()?)
    }

    fn of_bytes(bytes: &[u8], _: &Parameters) -> Option<Self> {
        Self::from_bytes(bytes).ok()
    }
}

/// From its file, or built and written there; and which of both.
fn find<T: Kept>(
    parameters: &Parameters,
    folder: Option<&Path>,
    build: impl FnOnce() -> Result<T, PipelineError>,
) -> Result<(T, bool), PipelineError> {
    let place = folder.and_then(|folder| Some((folder, program()?)));
    let Some((folder, program)) = place else {
        return Ok((build()?, false));
    };
    let path = path::<T>(folder, parameters);
    if let Some(found) = read(&path, parameters, program) {
        return Ok((found, true));
    }
    let built = build()?;
    fs::create_dir_all(folder).map_err(|error| PipelineError::file(folder, error))?;
    write(&path, &built, program)?;
    Ok((built, false))
}

fn write(path: &Path, value: &impl Kept, program: &str) -> Result<(), PipelineError> {
    let bytes = value.bytes()?;
    file::write(path, &[first_line(program, &bytes).as_bytes(), &bytes])
}

/// What is in a file that this program wrote, whole.
fn read<T: Kept>(path: &Path, parameters: &Parameters, program: &str) -> Option<T> {
    let bytes = fs::read(path).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')? + 1;
    let (line, bytes) = bytes.split_at(end);
    if line != first_line(program, bytes).as_bytes() {
        return None;
    }
    T::of_bytes(bytes, parameters)
}

/// One file for each kind of circuits: that of another version of the program is overwritten.
fn path<T: Kept>(folder: &Path, parameters: &Parameters) -> PathBuf {
    let name = T::NAME;
    let level = parameters.level.name();
    let (cpu, memory) = (parameters.cpu_bits, parameters.memory_bits);
    folder.join(format!("{name}-{level}-{cpu}-{memory}.bin"))
}

/// The digest of the running program, computed once; `None` if the system does not say where it is.
fn program() -> Option<&'static str> {
    static DIGEST: LazyLock<Option<String>> = LazyLock::new(|| {
        let bytes = fs::read(std::env::current_exe().ok()?).ok()?;
        Some(blake3::hash(&bytes).to_hex().to_string())
    });
    DIGEST.as_deref()
}

fn first_line(program: &str, bytes: &[u8]) -> String {
    format!(
        "gavel circuits 1 {program} {}\n",
        blake3::hash(bytes).to_hex()
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::PARAMETERS;
    use super::*;
    use crate::recursion::tests::EXAMPLE;

    #[test]
    fn circuits_are_used_only_as_this_program_wrote_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = path::<Circuits>(folder.path(), &PARAMETERS);
        let program = program().expect("a program");
        let read = || read::<Circuits>(&path, &PARAMETERS, program);
        assert!(read().is_none());
        write(&path, &EXAMPLE.circuits, program).expect("written");
        let written = fs::read(&path).expect("a file");
        let circuits = read().expect("circuits");
        assert!(written.ends_with(&circuits.to_bytes().expect("bytes")));

        // One byte changed: of the name of the program, of a circuit. Half a file, and one that goes on.
        let change = |at: usize| {
            let mut bytes = written.clone();
            bytes[at] ^= 1;
            bytes
        };
        let half = written[..written.len() / 2].to_vec();
        let longer = [&written[..], &[0]].concat();
        for bytes in [change(20), change(written.len() / 2), half, longer] {
            fs::write(&path, bytes).expect("written");
            assert!(read().is_none());
        }
        let other = "0".repeat(program.len());
        write(&path, &EXAMPLE.circuits, &other).expect("written");
        assert!(read().is_none());
    }

    #[test]
    fn the_last_layer_is_kept_as_it_was_built() {
        let folder = tempfile::tempdir().expect("a folder");
        let verifier = EXAMPLE.circuits.verifier();
        let layer = || last_layer(&PARAMETERS, Some(folder.path()), &verifier).expect("a layer");
        let (built, kept) = layer();
        assert!(!kept);
        let path = path::<LastLayer>(folder.path(), &PARAMETERS);
        let written = fs::read(&path).expect("a file");
        let (read, kept) = layer();
        assert!(kept);
        assert_eq!(read.circuit().common, built.circuit().common);
        assert_eq!(read.circuit().verifier_only, built.circuit().verifier_only);
        assert!(written.ends_with(&read.to_bytes().expect("bytes")));
        let longer = [&built.to_bytes().expect("bytes")[..], &[0]].concat();
        assert!(LastLayer::from_bytes(&longer).is_err());
        // A file that goes on is not used, but written again.
        fs::write(&path, [&written[..], &[0]].concat()).expect("written");
        assert!(!layer().1);
        assert_eq!(fs::read(&path).expect("a file"), written);
    }
}

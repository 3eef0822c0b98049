//! The circuits of the recursion in a file of the user's cache folder.
//!
//! They are the same whenever they are built, but building them takes as long as some proofs. The file is used only if its
//! first line names this very program, by a digest of the executable, and the digest of what follows; in every other case
//! the circuits are built and the file is written anew. So no circuit of another version of the code is ever used, and a
//! damaged file costs no more than one that is missing. Who can write to the folder can change what is proved, though not
//! what a verifier accepts: he builds the circuits, or has a key that was made for them.

use super::error::PipelineError;
use super::file;
use super::parameters::Parameters;
use crate::recursion::circuits::Circuits;
use std::fs;
use std::path::{Path, PathBuf};

/// The circuits for these parameters, and whether they were there.
pub(super) fn circuits(
    parameters: &Parameters,
    folder: Option<&Path>,
) -> Result<(Circuits, bool), PipelineError> {
    let place = folder.and_then(|folder| Some((folder, program()?)));
    let Some((folder, program)) = place else {
        return Ok((parameters.circuits()?, false));
    };
    let path = path(folder, parameters);
    if let Some(circuits) = read(&path, parameters, &program) {
        return Ok((circuits, true));
    }
    let circuits = parameters.circuits()?;
    fs::create_dir_all(folder).map_err(|error| PipelineError::file(folder, error))?;
    write(&path, &circuits, &program)?;
    Ok((circuits, false))
}

/// One file for each kind of circuits: that of another version of the program is overwritten.
fn path(folder: &Path, parameters: &Parameters) -> PathBuf {
    let level = parameters.level.name();
    let (cpu, memory) = (parameters.cpu_bits, parameters.memory_bits);
    folder.join(format!("circuits-{level}-{cpu}-{memory}.bin"))
}

/// The digest of the running program; `None` if the system does not say where it is.
fn program() -> Option<String> {
    let bytes = fs::read(std::env::current_exe().ok()?).ok()?;
    Some(blake3::hash(&bytes).to_hex().to_string())
}

fn first_line(program: &str, bytes: &[u8]) -> String {
    format!(
        "gavel circuits 1 {program} {}\n",
        blake3::hash(bytes).to_hex()
    )
}

fn write(path: &Path, circuits: &Circuits, program: &str) -> Result<(), PipelineError> {
    let bytes = circuits.to_bytes()?;
    file::write(path, &[first_line(program, &bytes).as_bytes(), &bytes])
}

/// The circuits in a file that this program wrote, whole.
fn read(path: &Path, parameters: &Parameters, program: &str) -> Option<Circuits> {
    let bytes = fs::read(path).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')? + 1;
    let (line, bytes) = bytes.split_at(end);
    if line != first_line(program, bytes).as_bytes() {
        return None;
    }
    parameters.circuits_of(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::PARAMETERS;
    use super::*;
    use crate::recursion::tests::EXAMPLE;

    #[test]
    fn circuits_are_used_only_as_this_program_wrote_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = path(folder.path(), &PARAMETERS);
        let program = program().expect("a program");
        let read = || read(&path, &PARAMETERS, &program);
        assert!(read().is_none());
        write(&path, &EXAMPLE.circuits, &program).expect("written");
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
}

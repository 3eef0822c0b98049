//! The files of a folder: a line of JSON that says what follows, then the bytes of a proof.
//!
//! Each is written under another name first and then renamed, so it is there whole or not at all. Its first line names the
//! run and has the digest of the rest: a file of another run is refused as such, and so is a damaged one.

use super::error::PipelineError;
use super::parameters::Parameters;
use super::stage::Stage;
use crate::claim::Claim;
use crate::files::write_whole;
use crate::stark::F;
use crate::stark::memory::tree::Digest;
use gavel_vm::machine::Outcome;
use gavel_vm::memory::ByteOrder;
use plonky2::field::types::{Field, Field64, PrimeField64};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the folder is about: JSON.
pub const CLAIM: &str = "claim.json";
/// The Groth16 proof, as `gavel assert` reads it.
pub const PROOF: &str = "proof.bin";
/// Its public input.
pub const PUBLIC: &str = "public.bin";

/// The version of all these files.
const VERSION: u32 = 1;

/// The claim of a folder, with what it was computed from where that is short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClaimFile {
    version: u32,
    /// Names the run: every stage file repeats it.
    pub(super) run: String,
    pub(super) parameters: Parameters,
    big_endian: bool,
    pc: u32,
    next_pc: u32,
    pub(super) exit_code: u32,
    program: String,
    input: String,
    output_digest: String,
    output_hex: String,
    pub(super) steps: u64,
}

impl ClaimFile {
    pub(super) fn new(claim: &Claim, outcome: &Outcome, parameters: &Parameters) -> Self {
        Self {
            version: VERSION,
            run: run(claim, parameters),
            parameters: *parameters,
            big_endian: claim.order == ByteOrder::Big,
            pc: claim.pc,
            next_pc: claim.next_pc,
            exit_code: claim.exit_code,
            program: digest_hex(&claim.program),
            input: digest_hex(&claim.input),
            output_digest: digest_hex(&claim.output),
            output_hex: hex(&outcome.output),
            steps: outcome.steps,
        }
    }

    /// Reads the claim of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, PipelineError> {
        let path = folder.join(CLAIM);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(PipelineError::Missing { path });
            }
            text => text.map_err(|error| PipelineError::file(&path, error))?,
        };
        let about: Self =
            serde_json::from_str(&text).map_err(|error| PipelineError::damaged(&path, error))?;
        let claim = about.claim()?;
        if about.version != VERSION || about.run != run(&claim, &about.parameters) {
            return Err(PipelineError::damaged(
                &path,
                "it is not the claim of its run",
            ));
        }
        Ok(about)
    }

    /// The claim.
    pub(super) fn claim(&self) -> Result<Claim, PipelineError> {
        let digest = |text: &str| digest_of_hex(text).ok_or_else(|| self.damaged("a digest"));
        Ok(Claim {
            order: match self.big_endian {
                true => ByteOrder::Big,
                false => ByteOrder::Little,
            },
            pc: self.pc,
            next_pc: self.next_pc,
            exit_code: self.exit_code,
            program: digest(&self.program)?,
            input: digest(&self.input)?,
            output: digest(&self.output_digest)?,
        })
    }

    /// What the program wrote.
    pub(super) fn output(&self) -> Result<Vec<u8>, PipelineError> {
        of_hex(&self.output_hex).ok_or_else(|| self.damaged("the output"))
    }

    fn damaged(&self, what: &str) -> PipelineError {
        PipelineError::damaged(Path::new(CLAIM), format!("{what} is not in hexadecimal"))
    }
}

/// The name of a run: BLAKE3 of the claim's digest and of what decides which circuits prove it.
fn run(claim: &Claim, parameters: &Parameters) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"gavel run 1");
    hasher.update(&claim.digest().0);
    for bits in [parameters.cpu_bits, parameters.memory_bits] {
        hasher.update(&(bits as u64).to_le_bytes());
    }
    hasher.update(parameters.level.name().as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// The first line of a stage file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    version: u32,
    pub(super) run: String,
    pub(super) stage: Stage,
    pub(super) index: usize,
    /// BLAKE3 of what follows.
    digest: String,
}

/// A folder of proofs of one run.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    run: String,
}

impl Folder {
    /// Opens or makes the folder of this run.
    pub(super) fn open(path: &Path, about: &ClaimFile) -> Result<Self, PipelineError> {
        fs::create_dir_all(path).map_err(|error| PipelineError::file(path, error))?;
        match ClaimFile::read(path) {
            Ok(there) if there.run != about.run => {
                return Err(PipelineError::Foreign {
                    path: path.join(CLAIM),
                });
            }
            Ok(_) => {}
            Err(PipelineError::Missing { path }) => {
                let text = serde_json::to_string_pretty(about);
                let text = text.map_err(|error| PipelineError::damaged(&path, error))?;
                write(&path, &[text.as_bytes(), b"\n"])?;
            }
            Err(error) => return Err(error),
        }
        Ok(Self {
            path: path.to_owned(),
            run: about.run.clone(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a stage's proof.
    pub(super) fn file(&self, stage: Stage, index: usize) -> PathBuf {
        let name = match stage {
            Stage::Segment => format!("segment-{index:05}.proof"),
            Stage::Recursion => format!("recursion-{index:05}.proof"),
            Stage::Chain => format!("chain-{index:05}.proof"),
            _ => format!("{}.proof", stage.name().replace(' ', "-")),
        };
        self.path.join(name)
    }

    /// Whether a proof is there. What it holds is judged when it is read.
    pub(super) fn has(&self, stage: Stage, index: usize) -> bool {
        self.file(stage, index).exists()
    }

    /// Writes a proof.
    pub(super) fn write(
        &self,
        stage: Stage,
        index: usize,
        bytes: &[u8],
    ) -> Result<(), PipelineError> {
        let path = self.file(stage, index);
        let header = Header {
            version: VERSION,
            run: self.run.clone(),
            stage,
            index,
            digest: blake3::hash(bytes).to_hex().to_string(),
        };
        let header = serde_json::to_string(&header);
        let header = header.map_err(|error| PipelineError::damaged(&path, error))?;
        write(&path, &[header.as_bytes(), b"\n", bytes])
    }

    /// Reads a proof, if it is there.
    pub(super) fn read(
        &self,
        stage: Stage,
        index: usize,
    ) -> Result<Option<Vec<u8>>, PipelineError> {
        let path = self.file(stage, index);
        if !path.exists() {
            return Ok(None);
        }
        let (header, bytes) = read(&path)?;
        if header.run != self.run {
            return Err(PipelineError::Foreign { path });
        }
        if (header.stage, header.index) != (stage, index) {
            return Err(PipelineError::damaged(
                &path,
                "it is the file of another stage",
            ));
        }
        Ok(Some(bytes))
    }

    /// Reads a proof that has to be there.
    pub(super) fn expect(&self, stage: Stage, index: usize) -> Result<Vec<u8>, PipelineError> {
        let missing = || PipelineError::Missing {
            path: self.file(stage, index),
        };
        self.read(stage, index)?.ok_or_else(missing)
    }
}

/// Reads a stage file: what it is, and its proof.
pub(super) fn read(path: &Path) -> Result<(Header, Vec<u8>), PipelineError> {
    let mut bytes = fs::read(path).map_err(|error| PipelineError::file(path, error))?;
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or_else(|| PipelineError::damaged(path, "it has no first line"))?;
    let header: Header = serde_json::from_slice(&bytes[..end])
        .map_err(|error| PipelineError::damaged(path, format!("its first line: {error}")))?;
    if header.version != VERSION {
        return Err(PipelineError::damaged(
            path,
            format!("its version is {}, not {VERSION}", header.version),
        ));
    }
    bytes.drain(..=end);
    if header.digest != blake3::hash(&bytes).to_hex().as_str() {
        return Err(PipelineError::damaged(
            path,
            "what it holds is not what was written",
        ));
    }
    Ok((header, bytes))
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, parts: &[&[u8]]) -> Result<(), PipelineError> {
    let written = write_whole(path, |file| {
        parts.iter().try_for_each(|part| file.write_all(part))
    });
    written.map_err(|error| PipelineError::file(path, error))
}

/// The element that a number below the order is.
fn element(number: u64) -> Option<F> {
    (number < F::ORDER).then(|| F::from_canonical_u64(number))
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(16 * digit(*high)? + digit(*low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

/// The elements of a digest of the state's tree, each as 16 hexadecimal digits.
pub fn digest_hex(digest: &Digest) -> String {
    let elements = digest.iter();
    elements
        .map(|element| format!("{:016x}", element.to_canonical_u64()))
        .collect()
}

fn digest_of_hex(text: &str) -> Option<Digest> {
    let (elements, rest) = text.as_bytes().as_chunks::<16>();
    let element_of = |digits: &[u8; 16]| {
        let digits = std::str::from_utf8(digits).ok()?;
        element(u64::from_str_radix(digits, 16).ok()?)
    };
    let elements: Option<Vec<F>> = elements.iter().map(element_of).collect();
    rest.is_empty().then_some(elements?)?.try_into().ok()
}

//! The program that a command is about: an ELF file and its input.

use crate::error::CliError;
use gavel_vm::elf::Elf;
use gavel_vm::image::{Image, ImageError};
use gavel_vm::machine::{Machine, Outcome};
use gavel_vm::supervisor;
use std::path::{Path, PathBuf};

/// A trace has 2^32 positions, boot and finish among them.
const STEP_LIMIT: u64 = u32::MAX as u64 - 2;

/// Reads a file whole.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|source| CliError::Read {
        path: path.to_owned(),
        source,
    })
}

/// An optional input file's bytes; no file is an empty input.
pub(crate) fn input(path: Option<&PathBuf>) -> Result<Vec<u8>, CliError> {
    path.map_or(Ok(Vec::new()), |path| read(path))
}

/// The initial state of an executable under the supervisor of its byte order.
pub(crate) fn image(elf: &[u8]) -> Result<Image, CliError> {
    let order = Elf::parse(elf).map_err(ImageError::from)?.order;
    Ok(Image::new(elf, &supervisor::linux(order), &["program"])?)
}

/// Runs a program to its end, if that is near enough for a dispute.
pub(crate) fn run(elf: &[u8], input: &[u8]) -> Result<Outcome, CliError> {
    Ok(Machine::new(&image(elf)?, input)?.run(STEP_LIMIT)?)
}

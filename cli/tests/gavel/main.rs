//! The command as a user runs it.

mod command;
mod full;
mod groth16;
mod prove;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program that the repository ships.
fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../vm/programs/elf")
        .join(name)
}

/// Runs `gavel` with these arguments, then options with a path each; a path whose option is empty stands by itself.
fn gavel(arguments: &[&str], files: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
    command.args(arguments);
    for (option, path) in files {
        if !option.is_empty() {
            command.arg(option);
        }
        command.arg(path);
    }
    command.output().expect("the command starts")
}

/// The JSON value of a successful command, which prints nothing else.
fn json(arguments: &[&str], files: &[(&str, &Path)]) -> Value {
    let output = gavel(arguments, files);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    assert_eq!(complaint, "", "a pipe sees no progress");
    serde_json::from_slice(&output.stdout).expect("one JSON value")
}

/// What a refused command says, which ends with this code and gives no result.
fn refused(arguments: &[&str], files: &[(&str, &Path)], code: i32) -> String {
    let output = gavel(arguments, files);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    assert!(output.stdout.is_empty());
    complaint
}

/// The options of `gavel assert`: a key, a proof, its public inputs, and where the assertion goes.
fn assert_options<'a>(files: [&'a Path; 3], assertion: &'a Path) -> [(&'static str, &'a Path); 4] {
    let [key, proof, public] = files;
    [
        ("--vk", key),
        ("--proof", proof),
        ("--public", public),
        ("--out", assertion),
    ]
}

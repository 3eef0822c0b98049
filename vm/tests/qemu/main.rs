//! The machine against qemu: generated instruction sequences and real programs give the same bytes on both.

mod assembler;
mod endings;
mod every_instruction;
mod open_results;
mod programs;
mod random_code;

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;

const ORDERS: [ByteOrder; 2] = [ByteOrder::Big, ByteOrder::Little];

/// What a program leaves behind, on either machine.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    exit_code: u32,
    output: Vec<u8>,
}

fn on_gavel(elf: &[u8], order: ByteOrder, input: &[u8], limit: u64) -> Ending {
    let image = Image::new(elf, &supervisor::linux(order), &["program"]).unwrap();
    let mut machine = Machine::new(&image, input).unwrap();
    match machine.run(limit) {
        Ok(outcome) => Ending {
            exit_code: outcome.exit_code,
            output: outcome.output,
        },
        Err(error) => {
            let log = supervisor::standard_error(machine.memory());
            panic!("{error}\n{}", String::from_utf8_lossy(&log))
        }
    }
}

/// Runs a program on qemu: how it ended, and its output.
fn qemu(elf: &[u8], order: ByteOrder, input: &[u8]) -> Output {
    let qemu = match order {
        ByteOrder::Big => "qemu-mips",
        ByteOrder::Little => "qemu-mipsel",
    };
    // A folder of its own takes the core file of a program that dies.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    std::fs::write(&program, elf).unwrap();
    // qemu refuses what the file system does not call executable.
    std::fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
    let mut child = Command::new(qemu)
        .arg(program)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{qemu}: {error}; install the Debian package qemu-user"));
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A program may end without having read its input.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().unwrap()
    })
}

fn on_qemu(elf: &[u8], order: ByteOrder, input: &[u8]) -> Ending {
    let output = qemu(elf, order, input);
    Ending {
        exit_code: output.status.code().unwrap_or_else(|| {
            let log = String::from_utf8_lossy(&output.stderr);
            panic!("{}: {log}", output.status)
        }) as u32,
        output: output.stdout,
    }
}

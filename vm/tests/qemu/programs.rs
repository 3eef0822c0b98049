//! The guest programs: the same output and exit code as on Linux.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ORDERS, on_gavel, on_qemu};
use gavel_vm::memory::ByteOrder;

const LIMIT: u64 = 100_000_000;

/// The executables of one byte order in a folder.
fn executables(folder: &Path, order: ByteOrder) -> Vec<PathBuf> {
    let suffix = match order {
        ByteOrder::Big => "-be.elf",
        ByteOrder::Little => "-le.elf",
    };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(suffix))
        .collect();
    paths.sort();
    paths
}

#[test]
fn shipped_programs_as_on_qemu() {
    let long: Vec<u8> = (0..5000u32).map(|i| (i * i / 8) as u8).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/elf");
    for (order, count) in ORDERS.into_iter().zip([14, 11]) {
        let paths = executables(&folder, order);
        assert_eq!(paths.len(), count, "{paths:?}");
        for path in paths {
            let elf = std::fs::read(&path).unwrap();
            // The input chooses what c-refused does: nothing that Linux would do as well.
            if path.to_str().unwrap().contains("c-refused") {
                continue;
            }
            for input in [b"".as_slice(), &long] {
                let ours = on_gavel(&elf, order, input, LIMIT);
                assert_eq!(ours, on_qemu(&elf, order, input), "{}", path.display());
            }
        }
    }
}

/// All Go programs in both byte orders, from their sources. Part of `make test-all`: it builds the Go runtime for MIPS
/// with Debian's golang-go, and with the compiler that the variable GO names if there is one (Go 1.27).
#[test]
fn go_programs_from_source_as_on_qemu() {
    if std::env::var_os("GAVEL_TEST_ALL").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut compilers = vec!["go-old"];
    if std::env::var_os("GO").is_some() {
        compilers.push("go");
    }
    let build = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/build.sh"))
        .arg(folder.path())
        .args(&compilers)
        .output()
        .unwrap();
    assert!(
        build.status.success(),
        "{}; install the Debian package golang-go",
        String::from_utf8_lossy(&build.stderr)
    );
    let input: Vec<u8> = (0..1024u32).map(|i| (i * 7) as u8).collect();
    for order in ORDERS {
        let paths = executables(folder.path(), order);
        assert_eq!(paths.len(), 4 * compilers.len(), "{paths:?}");
        for path in paths {
            let elf = std::fs::read(&path).unwrap();
            let ours = on_gavel(&elf, order, &input, LIMIT);
            assert_eq!(ours, on_qemu(&elf, order, &input), "{}", path.display());
        }
    }
}

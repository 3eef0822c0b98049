//! The shipped programs: the same output and exit code as on Linux.

use std::path::{Path, PathBuf};

use super::{ORDERS, on_gavel, on_qemu};
use gavel_vm::memory::ByteOrder;

const LIMIT: u64 = 100_000_000;

/// The shipped executables of one byte order.
fn shipped(order: ByteOrder) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/elf");
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
    for (order, count) in ORDERS.into_iter().zip([12, 9]) {
        let paths = shipped(order);
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

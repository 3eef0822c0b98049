//! How much memory a long trace takes: alone in its process, whose peak the system reports.

#![cfg(target_os = "linux")]

use gavel_vm::digest::DigestLength;
use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;
use gavel_vm::trace::Trace;

/// Collects garbage among goroutines.
const GOROUTINES: &[u8] = include_bytes!("../programs/elf/go-goroutines-le.elf");

/// The most memory that this process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process has a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    1024 * kibibytes
        .and_then(|n| n.parse::<u64>().ok())
        .expect("a number")
}

#[test]
fn a_long_trace_fits_a_small_machine() {
    let image = Image::new(
        GOROUTINES,
        &supervisor::linux(ByteOrder::Little),
        &["goroutines"],
    )
    .expect("a static executable");
    let mut trace =
        Trace::honest(&image, b"", DigestLength::Bits256, u64::MAX).expect("the program ends");
    let steps = trace.claim().steps;
    assert!(steps > 29_000_000, "{steps} steps");
    let round: Vec<u64> = (1..16).map(|m| m * (steps / 16)).collect();
    trace.digests(&round).expect("inside the trace");
    trace.witness(steps / 2).expect("inside the trace");
    assert!(peak() < 1_500_000_000, "{} bytes", peak());
}

//! From a program to a Groth16 proof that is staked on bitcoind, at the standard level: minutes and gigabytes, so only with
//! `GAVEL_TEST_ALL`.

use super::prove::{lie_and_truth, stages};
use super::{json, program};
use std::fs;
use std::path::Path;

/// CRC-32 of the input.
const PROGRAM: &str = "c-crc32-be.elf";

/// Bytes of the input: with so many, the run takes 115,939 steps, most of a segment.
const INPUT_BYTES: usize = 9_000;

/// The CRC-32 that the program computes, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[test]
fn a_standard_proof_is_staked_on_bitcoind() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    if std::env::var_os("GAVEL_TEST_ALL").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // Kept from test run to test run: circuits and key are made once.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gavel-keys");
    let (elf, out) = (program(PROGRAM), folder.path().join("proof"));
    let file = folder.path().join("input");
    let input: Vec<u8> = (0..INPUT_BYTES).map(|i| (i * i / 8) as u8).collect();
    fs::write(&file, &input).expect("written");

    // The first game proves the run, with leaves that nodes relay; the second one plays about the same proof.
    let job: [(&str, &Path); 4] = [
        ("--program", &elf),
        ("--input", &file),
        ("--out", &out),
        ("--cache", &cache),
    ];
    let relayed = ["--max-leaf-weight", "400000", "--bitcoind"];
    for outcome in lie_and_truth(&relayed, &job) {
        let transactions = outcome["transactions"].as_array().expect("an array");
        for transaction in transactions {
            assert!(
                transaction["weight"].as_u64() <= Some(400_000),
                "{transaction}"
            );
        }
        println!("{outcome:#}");
    }

    let about = [("", out.as_path()), ("--program", &elf), ("--input", &file)];
    let verified = json(&["verify", "--json"], &about);
    println!("{verified:#}");
    assert_eq!(verified["stage"], "Groth16");
    assert_eq!(verified["level"], "standard");
    assert_eq!(verified["exit_code"], 0);
    let printed = format!("{:08x}\n", crc32(&input));
    let hex: String = printed.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(verified["output_hex"], hex.as_str());

    // Another Groth16 proof from the stages that are there, and what it says of them.
    fs::remove_file(out.join("proof.bin")).expect("a file");
    let job = [("", elf.as_path()), job[1], job[2], job[3]];
    let report = json(&["prove", "--json"], &job);
    println!("{report:#}");
    assert_eq!(report["steps"], 115_939);
    assert_eq!(report["segments"], 1);
    assert_eq!(report["level"], "standard");
    assert_eq!(report["statement"], verified["statement"]);
    assert!(report["constraints"].as_u64() < Some(1 << 21));
    assert!(report["peak_rss_bytes"].as_u64() <= Some(6_000_000_000));
    let kept = stages(&report).into_iter().filter(|stage| stage.2 > 0);
    let kept: Vec<&str> = kept.map(|stage| stage.0).collect();
    assert_eq!(kept, ["segment", "circuits", "statement", "last-layer"]);
}

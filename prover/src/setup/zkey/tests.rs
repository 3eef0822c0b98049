//! The key of a ceremony that was run with snarkjs: `prover/tests/data/README.md` says how.

use super::*;
use crate::setup::{import_key, is_insecure, verifying_key, write_r1cs};
use crate::wrap::error::WrapError;
use crate::wrap::groth16::{prove, verify};
use crate::wrap::r1cs::Linear;
use crate::wrap::statement::Statement;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

const STATEMENT: Statement = Statement([0x15; 32]);

/// Constraints of every kind: sums with negative, large and constant terms, a public input on each side, a variable that is
/// only on one of them. With another factor, other matrices of the same shape.
fn system(factor: u64, side: usize) -> ConstraintSystem {
    let mut cs = ConstraintSystem::new(STATEMENT.public_input());
    let public = cs.public_input();
    let hint = cs.hint(Fr::from(7));
    let mixed = &(&(&public * Fr::from(1u64 << 40)) - &hint) + &Linear::constant(5);
    let square = cs.multiply(&mixed, &mixed);
    let product = cs.multiply(&square, &(&public - &(&hint * -Fr::from(3))));
    let scaled = &product * Fr::from(factor);
    let one = Linear::constant(1);
    let sum = cs.hint((&scaled + &public).value);
    match side {
        0 => cs.enforce(&(&scaled + &public), &one, &sum),
        1 => cs.enforce(&one, &(&scaled + &public), &sum),
        _ => cs.enforce(&sum, &one, &(&scaled + &public)),
    }
    cs.equal(&hint, &Linear::constant(7));
    cs
}

fn ours() -> ConstraintSystem {
    system(2, 2)
}

fn data(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    folder.join(name)
}

fn fixture() -> Vec<u8> {
    fs::read(data("small.zkey")).expect("a file")
}

fn read(bytes: &[u8]) -> Result<ProvingKey<Bn254>, ZkeyError> {
    read_key(Cursor::new(bytes), &ours())
}

/// Where a section begins, and its length.
fn place(bytes: &[u8], section: u32) -> (usize, usize) {
    let mut at = 12;
    loop {
        let kind = &bytes[at..at + 4];
        let length = bytes[at + 4..at + 12].try_into().expect("8 bytes");
        let length = u64::from_le_bytes(length) as usize;
        if kind == section.to_le_bytes() {
            return (at + 12, length);
        }
        at += 12 + length;
    }
}

/// snarkjs reads the same bytes: its `r1cs info` and `wtns check` said so, and its key, of this file, proves what it says.
#[test]
fn constraints_are_written_as_the_ceremony_had_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("small.r1cs");
    write_r1cs(&path, &ours()).expect("written");
    let there = fs::read(data("small.r1cs")).expect("a file");
    assert_eq!(fs::read(&path).expect("a file"), there);
    assert!(!path.with_extension("partial").exists());
    let nowhere = write_r1cs(&folder.path().join("none/small.r1cs"), &ours());
    assert!(matches!(nowhere, Err(WrapError::File { .. })));
}

#[test]
fn a_ceremonys_key_makes_proofs() {
    let system = ours();
    assert_eq!(system.unsatisfied(), None);
    let key = import_key(&data("small.zkey"), &system).expect("a key");
    assert!(!is_insecure(&key.vk));
    assert_eq!(verifying_key(&data("small.zkey")).expect("a key"), key.vk);
    let proof = prove(&key, &system, &mut ChaCha20Rng::seed_from_u64(1)).expect("a proof");
    assert!(verify(&key.vk, &STATEMENT, &proof).expect("one input"));
    let other = Statement([0x16; 32]);
    assert!(!verify(&key.vk, &other, &proof).expect("one input"));
}

/// With delta as gamma anybody can prove anything: the key before the first contribution.
#[test]
fn a_key_without_contributions_is_refused() {
    let mut bytes = fixture();
    let (header, length) = place(&bytes, 2);
    let (gamma, delta) = (header + length - 320, header + length - 128);
    bytes.copy_within(gamma..gamma + 128, delta);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("initial.zkey");
    fs::write(&path, bytes).expect("written");
    let refused = import_key(&path, &ours()).expect_err("no contribution");
    assert!(matches!(refused, WrapError::NoContribution(_)), "{refused}");
    assert!(is_insecure(&verifying_key(&path).expect("a key")));
}

#[test]
fn a_key_of_other_matrices_is_refused() {
    let bytes = fixture();
    let says = |system: &ConstraintSystem| {
        let refused = read_key(Cursor::new(&bytes), system);
        refused.expect_err("another circuit").to_string()
    };
    let other_side = says(&system(2, 0));
    assert!(other_side.starts_with("section 4 has "), "{other_side}");
    let mut changed = bytes.clone();
    let (start, _) = place(&bytes, 4);
    let entry = start + 4 + 9 * ENTRY;
    for at in [0, 4, 8, 12, 43] {
        changed[entry + at] ^= 1;
        let refused = read(&changed).expect_err("another entry");
        assert!(matches!(refused, ZkeyError::Entry(9)), "{refused}");
        changed[entry + at] ^= 1;
    }
    // One more constraint.
    let mut longer = ours();
    let one = Linear::constant(1);
    longer.equal(&one, &one);
    let refused = says(&longer);
    assert!(refused.starts_with("section 4 has "), "{refused}");
    longer.hint(Fr::from(1));
    assert_eq!(says(&longer), "it has 6 variables, the circuit has 7");
    // Matrix C is not in the file; its key makes no valid proof.
    let other = system(3, 2);
    let key = read_key(Cursor::new(&bytes), &other).expect("the same A and B");
    let refused = prove(&key, &other, &mut ChaCha20Rng::seed_from_u64(1));
    assert!(matches!(refused, Err(WrapError::NotVerified)));
}

#[test]
fn a_file_that_is_no_such_key_is_refused() {
    let bytes = fixture();
    let says = |at: usize, new: &[u8], wanted: &str| {
        let mut changed = bytes.clone();
        changed[at..at + new.len()].copy_from_slice(new);
        let refused = read(&changed).expect_err(wanted).to_string();
        assert_eq!(refused, wanted);
    };
    let (protocol, _) = place(&bytes, 1);
    let (header, _) = place(&bytes, 2);
    let (entries, length) = place(&bytes, 4);
    let (a, _) = place(&bytes, 5);
    let (b, _) = place(&bytes, 7);
    let entries_found = (length - 4) / ENTRY;
    says(4, &[2], "its version is 2, not 1");
    says(
        protocol,
        &[2],
        "its proof system is number 2, not Groth16, which is 1",
    );
    says(
        header + 4,
        &[0],
        "section 2: its base field is not that of BN254",
    );
    says(
        header + 40,
        &[0],
        "section 2: its scalar field is not that of BN254",
    );
    says(
        header + 76,
        &[2],
        "it has 2 public inputs, the circuit has 1",
    );
    says(header + 80, &[16], "it has 16 places, the circuit has 8");
    says(
        entries,
        &[255; 4],
        &format!("it has 4294967295 entries, the circuit has {entries_found}"),
    );
    says(
        a + 64,
        &[255; 32],
        "section 5: point 1 has a coordinate that is not below the modulus",
    );
    says(a + 64, &[1; 16], "section 5: point 1 is not on the curve");
    says(b, &[1; 16], "section 7: point 0 is not on the curve");
    says(12, &[11], "it has a section 11 too many");
    says(12, &[2], "it has a section 2 too many");
    says(16, &[255; 8], "it is cut off");
    let mut fewer = bytes.clone();
    let (last, length) = place(&bytes, 10);
    fewer.truncate(last - 12);
    fewer[8] = 9;
    // The contributions make no part of the key.
    assert_eq!(read(&fewer).expect("a key"), read(&bytes).expect("a key"));
    fewer[8] = 8;
    let more = read(&fewer).expect_err("a section is left").to_string();
    assert!(more.ends_with("bytes follow its last section"), "{more}");
    assert!(length > 64);
    let (h, length) = place(&fewer, 9);
    fewer.truncate(h - 12);
    let missing = read(&fewer).expect_err("no H").to_string();
    assert_eq!(missing, "section 9 is missing");
    assert_eq!(length, 8 * 64);
}

/// No file, however damaged, does more than be refused; what is accepted is the same key.
#[test]
fn a_damaged_file_is_refused_or_means_the_same() {
    let bytes = fixture();
    let key = read(&bytes).expect("a key");
    for length in 0..bytes.len() {
        let refused = read(&bytes[..length]).expect_err("cut off");
        assert!(matches!(refused, ZkeyError::CutOff), "{length}: {refused}");
    }
    let (contributions, _) = place(&bytes, 10);
    for at in (4..bytes.len()).step_by(5) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        match read(&changed) {
            Ok(read) => {
                assert!(at >= contributions, "byte {at} makes no difference");
                assert_eq!(read, key);
            }
            Err(error) => assert!(!matches!(error, ZkeyError::Io(_)), "{at}: {error}"),
        }
    }
}

/// On the curve, but not of the group's order.
#[test]
fn a_point_outside_of_the_group_is_refused() {
    use ark_bn254::Fq2;
    let bytes = fixture();
    let (b, _) = place(&bytes, 7);
    let outside = (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .expect("most points");
    let coordinates = [outside.x.c0, outside.x.c1, outside.y.c0, outside.y.c1];
    let mut changed = bytes.clone();
    for (i, coordinate) in coordinates.iter().enumerate() {
        changed[b + 32 * i..][..32].copy_from_slice(&super::bytes(coordinate.0));
    }
    let refused = read(&changed).expect_err("another order").to_string();
    assert_eq!(refused, "section 7: point 0 is not in the group");
}

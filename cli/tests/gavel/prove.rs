//! `gavel prove`, `gavel verify`, and the proof game about a run, as a user runs them.

use super::{assert_options, gavel, json, program, refused};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// 669 steps: one segment of a trial.
const PROGRAM: &str = "c-tiny-be.elf";

/// The stages of a report: name, made, kept.
pub(super) fn stages(report: &Value) -> Vec<(&str, u64, u64)> {
    let stages = report["stages"].as_array().expect("an array");
    let number = |stage: &Value, name: &str| stage[name].as_u64().expect("a number");
    stages
        .iter()
        .map(|stage| {
            let name = stage["stage"].as_str().expect("a name");
            (name, number(stage, "made"), number(stage, "kept"))
        })
        .collect()
}

/// Games about the proof of a program's run: the operator lies about a value in the middle and is slashed, then does not lie
/// and is paid. Both are about the same proof.
pub(super) fn lie_and_truth(options: &[&str], files: &[(&str, &Path)]) -> [Value; 2] {
    let game = [&["demo", "--game", "proof", "--json"], options].concat();
    let out = files.iter().find(|file| file.0 == "--out");
    let proof = out.expect("a folder").1.join("proof.bin");
    let slashed = json(&[&game[..], &["--lie", "middle"]].concat(), files);
    let staked = fs::read(&proof).expect("a proof");
    let paid = json(&game, files);
    assert_eq!(fs::read(&proof).expect("a proof"), staked);
    assert_eq!(slashed["outcome"], "slashed");
    let decided = slashed["decided_by"].as_str().expect("a leaf");
    assert!(decided.starts_with("leaf "), "{decided}");
    assert_eq!(last(&slashed)["name"], "Disprove");
    assert_eq!(paid["outcome"], "paid");
    assert_eq!(paid["decided_by"], "no refutation");
    assert_eq!(last(&paid)["name"], "PayoutAfterAssertion");
    [slashed, paid]
}

/// The last transaction of a game.
fn last(outcome: &Value) -> &Value {
    let transactions = outcome["transactions"].as_array();
    transactions.and_then(|all| all.last()).expect("an array")
}

#[test]
fn a_run_is_proved_and_its_proof_staked() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("proof");
    // Kept from test run to test run: the key is made once.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gavel-keys");
    let (elf, other) = (program(PROGRAM), program("c-tiny-le.elf"));
    let job: [(&str, &Path); 3] = [("", &elf), ("--out", &out), ("--cache", &cache)];
    // What a guest verifies needs no set-up.
    let first = ["segment", "circuits", "recursion", "chain", "statement"];
    let report = json(&["prove", "--trial", "--statement", "--json"], &job[..2]);
    let made: Vec<&str> = stages(&report).iter().map(|stage| stage.0).collect();
    assert_eq!(made, first);
    assert_eq!(report["constraints"], Value::Null);
    let statement = report["statement"].clone();
    // Nor do the constraints, which a ceremony starts from.
    let r1cs = folder.path().join("circuit.r1cs");
    let with_constraints = [&job[..], &[("--r1cs", &r1cs)]].concat();
    let report = json(&["prove", "--trial", "--json"], &with_constraints);
    let constraints = report["constraints"].clone();
    assert_eq!(
        stages(&report).last().map(|stage| stage.0),
        Some("constraints")
    );
    let header = fs::read(&r1cs).expect("a file");
    assert!(header.starts_with(b"r1cs"));
    let count = u32::from_le_bytes(header[84..88].try_into().expect("4 bytes"));
    assert_eq!(constraints, count);
    assert!(constraints.as_u64() < Some(1 << 19));
    let prove = ["prove", "--trial", "--json"];
    let report = json(&prove, &job);
    assert_eq!(report["statement"], statement);
    assert_eq!(report["steps"], 669);
    assert_eq!(report["exit_code"], 0);
    assert_eq!(report["insecure"], true);
    assert_eq!(report["level"], "INSECURE-trial");
    assert_eq!(report["byte_order"], "big");
    assert_eq!(report["segments"], 1);
    assert_eq!(report["constraints"], constraints);
    for field in ["program", "input", "output", "statement"] {
        assert_eq!(report[field].as_str().map(str::len), Some(64), "{field}");
    }
    let rest = [
        ("segment", 0, 1),
        ("circuits", 0, 1),
        ("statement", 0, 1),
        ("last-layer", 0, 1),
        ("constraints", 1, 0),
        ("key", 1, 0),
        ("groth16", 1, 0),
        ("verification", 1, 0),
    ];
    assert_eq!(stages(&report), rest);
    // What is finished is not made again.
    let again = json(&prove, &job);
    assert_eq!(stages(&again), [("verification", 1, 0)]);
    assert_eq!(again["statement"], report["statement"]);

    // Anybody verifies: under the folder's key or his own, about the program that he means.
    let key = out.join("INSECURE-key.bin");
    let check = [("", out.as_path()), ("--vk", &key), ("--program", &elf)];
    let verified = json(&["verify", "--json"], &check);
    assert_eq!(verified["stage"], "Groth16");
    assert_eq!(verified["insecure"], true);
    assert_eq!(verified["level"], "INSECURE-trial");
    assert_eq!(verified["statement"], report["statement"]);
    let another = refused(&["verify"], &[("", &out), ("--program", &other)], 1);
    let about = "gavel: the proof is valid, but about another program or input\n";
    assert_eq!(another, about);
    let other_input = [("", out.as_path()), ("--program", &elf), ("--input", &elf)];
    assert_eq!(refused(&["verify"], &other_input, 1), about);
    let segment = out.join("segment-00000.proof");
    let verified = json(&["verify", "--json"], &[("", &segment)]);
    assert_eq!(verified["stage"], "segments");
    assert_eq!(verified["after"]["step"], 669);
    // The guests verify the Groth16 proof, and the proof that it wraps, without it.
    let input = folder.path().join("input");
    let statement = statement.as_str().expect("a text");
    for (proof, guest, last) in [
        (out.clone(), "rust-verify-groth16-le.elf", "\npublic "),
        (
            out.join("statement.proof"),
            "rust-verify-plonky2-be.elf",
            &format!("\nstatement {statement}\n"),
        ),
    ] {
        let files = [("", proof.as_path()), ("--guest-input", &input)];
        let verified = json(&["verify", "--json"], &files);
        assert_eq!(verified["statement"], statement);
        let run = gavel(&["run"], &[("", &program(guest)), ("--input", &input)]);
        let text = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{text}");
        assert!(
            text.starts_with("verified\n") && text.contains(last),
            "{text}"
        );
    }
    let unguested = [("", segment.as_path()), ("--guest-input", &input)];
    let complaint = refused(&["verify"], &unguested, 2);
    assert!(complaint.contains("no guest verifies other stages"));
    if std::env::var_os("GAVEL_TEST_ALL").is_some() {
        for stage in ["recursion-00000", "chain-00000", "last-layer"] {
            let file = out.join(format!("{stage}.proof"));
            json(&["verify", "--json"], &[("", &file)]);
        }
    }

    // The files are those that the proof game's commands read; both games end as they should.
    let (proof, public) = (out.join("proof.bin"), out.join("public.bin"));
    let assertion = folder.path().join("assertion.json");
    let statement = assert_options([&key, &proof, &public], &assertion);
    json(&["assert", "--json"], &statement);
    let staked: [(&str, &Path); 3] = [("--program", &elf), ("--out", &out), ("--cache", &cache)];
    lie_and_truth(&["--trial"], &staked);

    // A proof or claim that was changed is refused.
    let claim = out.join("claim.json");
    let text = fs::read_to_string(&claim).expect("a file");
    fs::write(&claim, text.replace("\"exit_code\": 0", "\"exit_code\": 1")).expect("written");
    let complaint = refused(&["verify"], &[("", &out)], 1);
    assert!(
        complaint.contains("it is not the claim of its run"),
        "{complaint}"
    );
    fs::write(&claim, text).expect("written");
    let honest = fs::read(&public).expect("a file");
    let mut changed = honest.clone();
    changed[8] ^= 1;
    fs::write(&public, &changed).expect("written");
    let complaint = refused(&["verify"], &[("", &out)], 1);
    assert!(complaint.contains("does not verify under"), "{complaint}");
    fs::write(&public, &honest).expect("written");
    let mut bytes = fs::read(&proof).expect("a file");
    bytes.push(0);
    fs::write(&proof, &bytes).expect("written");
    let complaint = refused(&["verify"], &[("", &out)], 1);
    assert!(
        complaint.contains("is damaged: it is too long"),
        "{complaint}"
    );
    fs::remove_file(&proof).expect("a file");
    let complaint = refused(&["verify"], &[("", &out)], 1);
    assert!(complaint.contains("proof.bin is missing: the proof is not finished"));

    // A key that is given takes the place of the set-up's: its points are checked, and only the last stages are made anew.
    let given = cached_key(&cache, &fs::read(&key).expect("a file"));
    let with_key = [&job[..], &[("--key", &given)]].concat();
    assert_eq!(stages(&json(&prove, &with_key)), rest);
    assert!(!key.exists());
    let key = out.join("key.bin");
    let verified = json(&["verify", "--json"], &[("", &out), ("--vk", &key)]);
    assert_eq!(verified["statement"], report["statement"]);
    assert_eq!(verified["insecure"], true);
    let again = json(&prove, &with_key);
    assert_eq!(stages(&again), [("verification", 1, 0)]);
}

/// The test set-up's proving key for this verifying key. Where a cache keeps keys of several circuits, they differ in the points
/// of the public input: behind a point of G1, three of G2 and a length, which are twice as long in the proving key.
fn cached_key(cache: &Path, verifying: &[u8]) -> PathBuf {
    const POINT: usize = 32;
    let point = |size: usize| 7 * size + 8..7 * size + 8 + POINT - 1;
    let is_it = |path: &PathBuf| {
        let mut start = [0; 16 * POINT];
        let mut file = File::open(path).expect("a file");
        path.extension().is_some_and(|extension| extension == "pk")
            && file.read_exact(&mut start).is_ok()
            && start[point(2 * POINT)] == verifying[point(POINT)]
    };
    let mut files = fs::read_dir(cache)
        .expect("a folder")
        .map(|file| file.expect("a file").path());
    files.find(is_it).expect("the key is kept")
}

#[test]
fn what_cannot_be_proved_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("proof");
    let elf = program(PROGRAM);
    let job: [(&str, &Path); 2] = [("", &elf), ("--out", &out)];
    let complaint = refused(&["prove", "--limit", "100"], &job, 1);
    assert!(complaint.starts_with("gavel: there is nothing to prove: "));
    assert!(
        complaint.ends_with("the step limit 100 is reached\n"),
        "{complaint}"
    );
    let text = folder.path().join("text");
    fs::write(&text, "no program").expect("written");
    let complaint = refused(&["prove"], &[("", &text), ("--out", &out)], 1);
    assert!(
        complaint.starts_with("gavel: the program was not loaded: "),
        "{complaint}"
    );
    let nowhere = folder.path().join("none");
    let complaint = refused(&["prove"], &[("", &nowhere), ("--out", &out)], 1);
    assert!(complaint.starts_with("gavel: cannot read"), "{complaint}");
    let complaint = refused(&["verify"], &[("", &nowhere)], 1);
    assert!(complaint.contains("claim.json is missing"), "{complaint}");
    // Wrong usage: both set-ups, no folder, options of proving without a program to prove.
    let both = ["prove", "--setup", "insecure"];
    refused(&both, &[("", &elf), ("--out", &out), ("--key", &elf)], 2);
    refused(&["prove"], &[("", &elf)], 2);
    refused(
        &["prove", "--statement"],
        &[("", &elf), ("--out", &out), ("--key", &elf)],
        2,
    );
    let trial = ["demo", "--game", "proof", "--trial"];
    let complaint = refused(&trial, &[], 2);
    assert!(complaint.contains("--trial is for the proof of a program's run"));
    let complaint = refused(&["demo", "--trial"], &[], 2);
    assert!(
        complaint.contains("--trial is for the proof game"),
        "{complaint}"
    );
}

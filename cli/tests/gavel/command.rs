//! Programs, leaves, plans and the trace game.

use super::{gavel, json, program, refused};
use gavel_script_gen::leaf::kind_name;
use gavel_script_gen::manifest::Manifest;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn run_reports_what_a_go_program_did() {
    let program = program("go-hello-be.elf");
    let report = json(&["run", "--json"], &[("", &program)]);
    assert_eq!(report["exit_code"], 0);
    assert_eq!(report["steps"], 502_702);
    let hello: String = b"Hello from Go on Gavel\n"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(report["output_hex"], hello);
    assert_eq!(report["state_digest"].as_str().map(str::len), Some(64));
    assert!(report["instructions_per_second"].as_u64() > Some(0));
}

#[test]
fn run_counts_the_steps_of_each_function() {
    let program = program("rust-verify-groth16-le.elf");
    let report = json(&["run", "--profile", "--json"], &[("", &program)]);
    assert_eq!(report["exit_code"], 1, "no input is no key");
    let profile = report["profile"].as_array().expect("an array");
    let steps = |count: &Value| count["steps"].as_u64().expect("a number");
    assert_eq!(profile.iter().map(steps).sum::<u64>(), report["steps"]);
    assert!(profile.is_sorted_by_key(|count| std::cmp::Reverse(steps(count))));
    let calls = |function: &str| {
        let count = profile.iter().find(|count| count["function"] == function);
        count.map(|count| count["calls"].as_u64())
    };
    assert_eq!(calls("run"), Some(Some(1)));
    // The input is read, the sentence is written in pieces, and the program exits.
    assert!(calls("(supervisor)") > Some(Some(2)));
    assert_eq!(
        calls("<&verify_groth16::groth16::rejection::Rejection as core::fmt::Display>::fmt"),
        Some(Some(1))
    );
}

#[test]
fn run_without_symbols_counts_no_steps() {
    let program = program("c-tiny-be.elf");
    let complaint = refused(&["run", "--profile"], &[("", &program)], 1);
    assert!(
        complaint
            .ends_with("has no symbols, which a profile needs: link it without stripping them\n")
    );
}

#[test]
fn run_refuses_what_is_no_program() {
    let no_program = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(
        refused(&["run", no_program], &[], 1),
        "gavel: the program was not loaded: not an ELF file\n"
    );
    let missing = refused(&["run", "no-such-file"], &[], 1);
    assert!(missing.starts_with("gavel: cannot read no-such-file: "));
}

#[test]
fn wrong_usage_has_an_exit_code_of_its_own() {
    let complaint = refused(&["plan", "--steps", "1000", "--arity", "3"], &[], 2);
    assert!(complaint.contains("an arity is a power of two from 2 to 256"));
}

/// `gavel ... | head`: the reader has gone before the first byte of the result.
#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    for arguments in [&["bench", "sizes", "--json"][..], &["bench", "sizes"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let child = Command::new(env!("CARGO_BIN_EXE_gavel"))
            .args(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn();
        let output = child.and_then(|child| child.wait_with_output());
        let output = output.expect("the command runs");
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

/// The ceilings of the leaves' sizes: a leaf that grows past one is a regression.
#[test]
fn leaves_stay_below_their_ceilings() {
    let kinds = json(&["leaves", "mips", "--json"], &[]);
    let kinds = kinds.as_array().expect("an array");
    assert!(kinds.len() <= 150, "{} kinds", kinds.len());
    for leaf in kinds {
        let ceiling = match leaf["kind"].as_str() {
            Some("instruction") => 8_000,
            Some("hash") => 66_000,
            Some("state") => 17_000,
            other => panic!("{other:?} is no kind of leaf"),
        };
        assert!(leaf["worst_weight"].as_u64() <= Some(ceiling), "{leaf}");
        assert!(
            leaf["script_bytes"].as_u64() < leaf["worst_weight"].as_u64(),
            "{leaf}"
        );
        assert!(leaf["peak_stack"].as_u64() <= Some(1_000), "{leaf}");
        assert!(
            !leaf["relation"].as_str().unwrap_or_default().is_empty(),
            "{leaf}"
        );
    }
}

/// The ceilings of the gadgets' sizes, by the names that the documents give them.
#[test]
fn gadgets_stay_below_their_ceilings() {
    let sizes = json(&["bench", "sizes", "--json"], &[]);
    let opened = &sizes["winternitz_total"];
    for (name, size, ceiling) in [
        ("fq_mul", &sizes["fq_mul"], 12_000),
        ("sum", &sizes["fq_sum_of_two_products"], 17_500),
        ("fq2_mul", &sizes["fq2_mul"], 35_000),
        ("blake3_block", &sizes["blake3_block"], 50_000),
        ("4 bytes", &opened["4"], 1_000),
        ("16 bytes", &opened["16"], 3_200),
        ("32 bytes", &opened["32"], 6_300),
    ] {
        let size = size.as_u64().expect(name);
        assert!((1..=ceiling).contains(&size), "{name}: {size}");
    }
}

/// Which answers there are; how long they take is not judged.
#[test]
fn every_answer_of_a_game_is_timed() {
    let program = program("c-tiny-be.elf");
    let about = [("--program", program.as_path())];
    let games = json(&["bench", "rounds", "--arity", "256", "--json"], &about);
    let [game] = games.as_array().expect("an array").as_slice() else {
        panic!("{games}");
    };
    assert_eq!(game["steps"], 669);
    assert_eq!(game["program"].as_str(), program.to_str());
    let decided = game["decided_by"].as_str().expect("a leaf");
    assert!(decided.starts_with("leaf "), "{decided}");
    let seconds = |time: &Value| time["seconds"].as_f64().expect("a number");
    let answers = game["answers"].as_array().expect("an array");
    let names: Vec<&str> = answers
        .iter()
        .flat_map(|answer| answer["name"].as_str())
        .collect();
    assert!(names[0].contains("Challenge"), "{names:?}");
    assert!(names[names.len() - 1].contains("Disprove"), "{names:?}");
    let slowest = answers.iter().map(seconds).fold(0.0, f64::max);
    assert_eq!(seconds(&game["slowest"]), slowest);
    for part in ["run", "set_up", "slowest"] {
        assert!(game[part]["processor_seconds"].is_number(), "{part}");
    }
    let table = gavel(&["bench", "rounds", "--arity", "256"], &about);
    let table = String::from_utf8_lossy(&table.stdout);
    for line in names
        .iter()
        .chain(&["plain run", "set-up and claim", "slowest answer"])
    {
        assert!(table.contains(line), "{line}: {table}");
    }

    refused(&["bench", "rounds", "--lie", "white"], &[], 2);
    refused(&["bench", "rounds", "--input", "f"], &[], 2);
}

#[test]
fn the_table_of_gadgets_shows_the_same_sizes() {
    let table = gavel(&["bench", "sizes"], &[]);
    assert!(table.status.success());
    let table = String::from_utf8_lossy(&table.stdout).replace(',', "");
    let row = |gadget: &str| {
        let line = table.lines().find(|line| line.starts_with(gadget));
        let mut columns = line.expect(gadget)[gadget.len()..].split_whitespace();
        columns.next().and_then(|size| size.parse::<u64>().ok())
    };
    let sizes = json(&["bench", "sizes", "--json"], &[]);
    assert_eq!(row("Fq: a b "), sizes["fq_mul"].as_u64());
    assert_eq!(row("Fq2: a b"), sizes["fq2_mul"].as_u64());
    assert_eq!(row("BLAKE3 64-byte block"), sizes["blake3_block"].as_u64());
    assert_eq!(
        row("32 bytes opened"),
        sizes["winternitz_total"]["32"].as_u64()
    );
}

/// What an auditor reads: every single leaf, the digests of whose scripts give the root that an output commits to.
#[test]
fn the_manifest_lists_every_leaf() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("leaves.json");
    let kinds = json(&["leaves", "mips", "--json"], &[("--manifest", &path)]);
    let text = std::fs::read(&path).expect("the file is written");
    let manifest: Value = serde_json::from_slice(&text).expect("one JSON value");
    assert_eq!(manifest["digest_bits"], 256);
    let mut leaves = Vec::new();
    for stage in ["step", "path", "access"] {
        let tree = Manifest::from_json(&manifest[stage].to_string()).expect("a consistent tree");
        leaves.extend(tree.leaves);
    }
    for kind in kinds.as_array().expect("an array") {
        let members: Vec<_> = leaves
            .iter()
            .filter(|leaf| kind["name"] == kind_name(&leaf.name))
            .collect();
        assert_eq!(kind["leaves"], members.len(), "{kind}");
        let worst = members.iter().map(|leaf| leaf.worst_weight).max();
        assert_eq!(
            kind["worst_weight"].as_u64(),
            worst.map(|weight| weight as u64)
        );
        assert!(
            members
                .iter()
                .all(|leaf| leaf.relayable && !leaf.slots.is_empty())
        );
    }
    let listed = kinds.as_array().into_iter().flatten();
    let listed: u64 = listed.filter_map(|kind| kind["leaves"].as_u64()).sum();
    assert_eq!(listed, leaves.len() as u64, "every leaf is of a kind");

    let nowhere = folder.path().join("no-such-folder").join("leaves.json");
    let complaint = refused(&["leaves", "mips"], &[("--manifest", &nowhere)], 1);
    assert!(complaint.starts_with("gavel: cannot write "), "{complaint}");
}

#[test]
fn plan_adds_up() {
    let plan = json(
        &["plan", "--steps", "1000000", "--arity", "16", "--json"],
        &[],
    );
    let transactions = plan["transactions"].as_array().expect("an array");
    let sum: u64 = transactions
        .iter()
        .filter_map(|tx| tx["vbytes"].as_u64())
        .sum();
    assert_eq!(plan["total_vbytes"], sum);
    assert!(
        transactions
            .iter()
            .all(|tx| tx["weight"].as_u64() <= Some(400_000))
    );
    assert_eq!(plan["rounds"], 7);
    assert_eq!(plan["turns"].as_u64(), Some(2 + 2 * 7 + 4));
    assert!(plan["worst_blocks"].as_u64() > Some(0));
}

/// The ways to enforce one claim: what the columns promise of each other.
#[test]
fn comparison_lists_the_ways_to_enforce_a_claim() {
    let program = program("c-tiny-be.elf");
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let compare = [
        "plan",
        "--compare",
        "--max-leaf-weight",
        "1000000",
        "--json",
    ];
    let about: [(&str, &Path); 2] = [("--program", &program), ("--input", &input)];
    let comparison = json(&compare, &about);
    let run = json(&["run", "--json"], &[("", &program), ("--input", &input)]);
    let steps = run["steps"].clone();
    assert_eq!(comparison["steps"], steps);
    let ways = comparison["ways"].as_array().expect("an array");
    let way = |name: &str| {
        let found = ways.iter().find(|way| way["way"] == name);
        found.unwrap_or_else(|| panic!("{name} is missing"))
    };
    let number = |way: &Value, field: &str| way[field].as_u64().expect("a number");
    for program in ["program", "groth16-guest", "plonky2-guest"] {
        let [cheap, fast] = ["cheapest", "fastest"].map(|plan| way(&format!("{program}-{plan}")));
        assert_eq!(cheap["steps"], fast["steps"]);
        assert!(number(cheap, "disputed_vbytes") < number(fast, "disputed_vbytes"));
        assert!(number(cheap, "turns") > number(fast, "turns"));
        assert!(number(cheap, "worst_blocks") > number(fast, "worst_blocks"));
        for way in [cheap, fast] {
            assert_eq!(way["challengers"], "signers");
            assert_eq!(way["relayable"], true);
        }
        // What the planner of one game says of the same number of steps.
        let steps = number(cheap, "steps").to_string();
        let plan = json(&["plan", "--steps", &steps, "--json"], &[]);
        assert_eq!(cheap["disputed_vbytes"], plan["total_vbytes"]);
        assert_eq!(cheap["honest_vbytes"], plan["honest"]["total_vbytes"]);
        assert_eq!(cheap["turns"], plan["turns"]);
    }
    assert_eq!(way("program-cheapest")["steps"], steps);
    assert_eq!(way("program-cheapest")["trust"], serde_json::json!([]));
    let trust = &way("plonky2-guest-cheapest")["trust"];
    assert_eq!(trust, &serde_json::json!(["fri"]));
    let leaves = way("groth16-leaves");
    assert_eq!(leaves["challengers"], "anyone");
    assert_eq!(leaves["max_leaf_weight"], 1_000_000);
    assert_eq!(leaves["relayable"], false);
    assert_eq!(leaves["steps"], Value::Null);
    assert_eq!(leaves["trust"][0], "trusted_setup");
    assert!(number(leaves, "turns") < 6);
    assert!(leaves["setup"]["processor_seconds"].as_f64() > Some(0.0));
    let scripts = |name| number(&way(name)["setup"], "script_bytes");
    assert!(scripts("groth16-leaves") > 10 * scripts("groth16-guest-fastest"));
}

#[test]
fn a_comparison_is_about_a_program() {
    for wrong in [
        &["plan"][..],
        &["plan", "--compare"],
        &["plan", "--program", "p"],
        &["plan", "--compare", "--program", "p", "--steps", "7"],
        &["plan", "--steps", "7", "--program", "p"],
        &["plan", "--steps", "7", "--max-leaf-weight", "400000"],
    ] {
        refused(wrong, &[], 2);
    }
}

#[test]
fn demo_ends_with_the_right_verdict() {
    let program = program("c-tiny-be.elf");
    let played = [("--program", program.as_path())];
    let lie = json(&["demo", "--lie", "arithmetic", "--json"], &played);
    assert_eq!(lie["outcome"], "slashed");
    // The arithmetic instruction in the middle of this run is a LUI.
    assert_eq!(lie["decided_by"], "leaf upper");
    let transactions = lie["transactions"].as_array().expect("an array");
    let sum: u64 = transactions
        .iter()
        .filter_map(|tx| tx["vbytes"].as_u64())
        .sum();
    assert_eq!(lie["total_vbytes"], sum);
    assert!(
        transactions
            .iter()
            .all(|tx| tx["txid"].as_str().map(str::len) == Some(64))
    );

    let truth = json(&["demo", "--json"], &played);
    assert_eq!(truth["outcome"], "paid");
    assert_eq!(truth["transactions"].as_array().map(Vec::len), Some(2));
}

//! The commands of the proof game.

use super::{assert_options, gavel, json, refused};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../script-gen/tests/data/groth16/1")
        .join(name)
}

#[test]
fn a_lie_is_disproved_and_the_truth_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, proof, public) = (data("key.bin"), data("proof.bin"), data("public.bin"));
    let assertion = folder.path().join("assertion.json");
    let statement = assert_options([&key, &proof, &public], &assertion);
    let signed = json(&["assert", "--json"], &statement);
    assert_eq!(signed["lie"], Value::Null);
    assert!(signed["assert_weight"].as_u64() <= Some(4 * 369_000));
    let check: [(&str, &Path); 2] = [("--vk", &key), ("--assertion", &assertion)];
    assert_eq!(
        refused(&["disprove"], &check, 1),
        "gavel: nothing is false: every value of the assertion is right, and no leaf refutes it\n"
    );

    let lie = ["assert", "--json", "--lie", "miller/40/square"];
    let signed = json(&lie, &statement);
    assert_eq!(signed["lie"], "miller/40/square");
    let witness = folder.path().join("witness");
    let check = [check[0], check[1], ("--out", witness.as_path())];
    let found = json(&["disprove", "--json"], &check);
    assert_eq!(found["leaf"], "miller/40/square");
    let lines = std::fs::read_to_string(&witness).expect("a file");
    let items = found["witness_items"].as_u64().expect("a number");
    assert_eq!(lines.lines().count() as u64, items + 1);
    let script = lines.lines().last().expect("a script");
    assert_eq!(
        Some(script.len() as u64 / 2),
        found["script_bytes"].as_u64()
    );
}

#[test]
fn lies_at_the_first_and_last_value_are_disproved() {
    let folder = tempfile::tempdir().expect("a folder");
    let assertion = folder.path().join("assertion.json");
    let [key, proof, public] = ["verification_key.json", "proof.json", "public.json"].map(data);
    let statement = assert_options([&key, &proof, &public], &assertion);
    let check: [(&str, &Path); 2] = [("--vk", &key), ("--assertion", &assertion)];
    let leaves = json(&["leaves", "groth16", "--json"], &check[..1]);
    let leaves = leaves.as_array().expect("an array");
    for field in ["name", "relation", "slots", "weight"] {
        assert!(leaves.iter().all(|leaf| leaf.get(field).is_some()));
    }
    let signed = json(&["assert", "--json", "--lie", "0"], &statement);
    assert_eq!(signed["lie"], "public/0");
    let values = signed["committed_values"].as_u64().expect("a number");
    let found = json(&["disprove", "--json"], &check);
    for field in [
        "leaf",
        "number",
        "relation",
        "script_bytes",
        "witness_items",
        "witness_weight",
        "seconds",
    ] {
        assert!(found.get(field).is_some(), "{field}");
    }
    let lie = (values - 1).to_string();
    let signed = json(&["assert", "--json", "--lie", &lie], &statement);
    let found = json(&["disprove", "--json"], &check);
    assert_eq!(found["leaf"], signed["lie"]);
    let complaint = refused(&["assert", "--lie", &values.to_string()], &statement, 1);
    assert_eq!(complaint, format!("gavel: there is no slot {values}\n"));
}

#[test]
fn proofs_that_are_none_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("assertion.json");
    let other = |name: &str| data(&format!("../2/{name}"));
    let files = ["key.bin", "proof.bin", "public.bin"];
    let [key, proof, public] = files.map(data);
    let [other_key, other_proof, other_public] = files.map(other);
    let off = folder.path().join("off.json");
    let text = std::fs::read_to_string(data("proof.json")).expect("a proof");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    value["pi_a"][0] = "1".into();
    value["pi_a"][1] = "1".into();
    std::fs::write(&off, value.to_string()).expect("a file");
    for (key, proof, public, complaint) in [
        (&other_key, &proof, &public, "public inputs"),
        (&key, &proof, &other_public, "public inputs"),
        (&key, &other_proof, &public, "does not verify"),
        (&key, &off, &public, "is no point of the curve"),
        (&proof, &proof, &public, "the statement is refused"),
        (&out, &proof, &public, "cannot be read"),
    ] {
        let statement = assert_options([key, proof, public], &out);
        let found = refused(&["assert"], &statement, 1);
        assert!(found.contains(complaint), "{found}");
    }
    assert!(!out.exists());
}

#[test]
fn what_is_no_statement_is_refused() {
    let (key, proof) = (data("key.bin"), data("proof.bin"));
    let complaint = refused(&["leaves", "groth16"], &[("--vk", &proof)], 1);
    assert!(
        complaint.starts_with("gavel: the statement is refused: "),
        "{complaint}"
    );
    let light = ["compile", "groth16", "--max-leaf-weight", "1000"];
    let complaint = refused(&light, &[("--vk", &key)], 1);
    assert!(
        complaint.contains("more than the 1000 that are allowed"),
        "{complaint}"
    );
    refused(&["compile", "groth16", "--scripts"], &[("--vk", &key)], 2);
}

#[test]
fn a_game_that_cannot_be_played_is_refused() {
    let key = data("key.bin");
    // A game is told as it is played, so there may be a result before the refusal.
    let refused = |arguments: &[&str], files: &[(&str, &Path)], code, complaint: &str| {
        let output = gavel(&[&["demo"], arguments].concat(), files);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(complaint), "{said}");
    };
    let other = "gavel: --max-leaf-weight is for the proof game: --game proof";
    refused(&["--max-leaf-weight", "400000"], &[], 2, other);
    let other = "gavel: --arity is for the trace game: --game trace";
    refused(&["--game", "proof", "--arity", "16"], &[], 2, other);
    refused(
        &["--lie", "greed"],
        &[],
        2,
        "gavel: there is no lie \"greed\"",
    );
    let alone = [("--vk", key.as_path())];
    refused(&["--game", "proof"], &alone, 2, "--proof <PROOF>");
    let nowhere = ["--game", "proof", "--lie", "no-such-slot"];
    refused(&nowhere, &[], 1, "gavel: there is no slot no-such-slot");
    let files = [
        ("--vk", key.as_path()),
        ("--proof", &data("public.bin")),
        ("--public", &data("public.bin")),
    ];
    let none = "gavel: the statement is refused: ";
    refused(&["--game", "proof"], &files, 1, none);
}

/// The tree of the default budget as a user makes it, and a game about the proof whose leaves are these.
#[test]
fn a_key_is_compiled_and_its_game_is_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, tree) = (data("key.bin"), folder.path().join("tree"));
    let made = json(
        &["compile", "groth16", "--json"],
        &[("--vk", &key), ("--out", &tree)],
    );
    let number = |field: &str| {
        made[field]
            .as_u64()
            .unwrap_or_else(|| panic!("{field}: {made}"))
    };
    assert!(number("script_bytes_total") <= 420_000_000);
    assert!(number("median_leaf_weight") <= number("worst_leaf_weight"));
    assert!(number("worst_leaf_weight") <= 1_400_000);
    assert!(number("assert_weight") <= 4 * 369_000);
    assert!(number("committed_bytes") >= 16 * number("committed_values"));
    assert_eq!(number("assert_transactions"), 4);
    assert!(number("peak_rss_bytes") <= 1_500_000_000);
    assert!(made["seconds"].as_f64() > Some(0.0));
    assert_eq!(made["steps"], "large");
    // Whoever compiles this key with these parameters has to have the same tree.
    assert_eq!(
        made["root"],
        "7911a473f75b94861b4af04a6fb7b0ec9494a763388eb24b6b16db8a95fe4ef7"
    );
    assert_eq!(number("script_bytes_total"), 345_318_314);
    assert_eq!(number("worst_leaf_weight"), 831_800);
    assert_eq!(number("assert_weight"), 1_340_294);
    let manifest = std::fs::read(tree.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    assert_eq!(manifest["root"], made["root"]);
    let leaves = manifest["leaves"].as_array().expect("an array");
    assert_eq!(leaves.len() as u64, number("leaves"));

    let game = ["demo", "--game", "proof", "--lie", "middle", "--json"];
    let game = json(&game, &[]);
    assert_eq!(game["outcome"], "slashed");
    let decided = game["decided_by"].as_str().expect("a leaf");
    let name = decided.strip_prefix("leaf ").expect("a leaf");
    let leaf = leaves.iter().find(|leaf| leaf["name"] == name);
    let heaviest = leaf.and_then(|leaf| leaf["worst_weight"].as_u64());
    let transactions = game["transactions"].as_array().expect("an array");
    let disprove = transactions.last().expect("a Disprove");
    assert_eq!(disprove["name"], "Disprove");
    // The bound that the manifest gives is that of the transaction that was mined.
    let mined = disprove["vbytes"].as_u64().map(|vbytes| 4 * (vbytes - 1));
    assert!(mined < heaviest && heaviest < mined.map(|weight| weight + 2_000));
}

/// What a designer chooses from: one point for each program, the lightest leaves that it has.
#[test]
fn the_curve_shows_what_budgets_cost() {
    let points = json(
        &["compile", "groth16", "--curve", "1", "--json"],
        &[("--vk", &data("key.bin"))],
    );
    let points = points.as_array().expect("an array");
    let numbers = |field: &str| -> Vec<Option<u64>> {
        points.iter().map(|point| point[field].as_u64()).collect()
    };
    let steps: Vec<&Value> = points.iter().map(|point| &point["steps"]).collect();
    assert_eq!(steps, ["small", "large"]);
    assert_eq!(numbers("max_leaf_weight"), [389_773, 831_800].map(Some));
    assert_eq!(numbers("worst_leaf_weight"), numbers("max_leaf_weight"));
    assert_eq!(numbers("committed_values"), [2_434, 419].map(Some));
    // That of the default budget is the second one.
    assert_eq!(
        numbers("assertion_weight"),
        [7_580_311, 1_340_294].map(Some)
    );
    assert_eq!(numbers("leaves"), [2_932, 878].map(Some));
    assert!(numbers("total_weight")[0] > numbers("total_weight")[1]);
}

/// The tree of leaves that are relayed: also the same for everybody.
#[test]
fn a_key_is_compiled_under_the_budget_of_relayed_transactions() {
    let made = json(
        &[
            "compile",
            "groth16",
            "--max-leaf-weight",
            "400000",
            "--json",
        ],
        &[("--vk", &data("key.bin"))],
    );
    assert_eq!(
        made["root"],
        "7206a48df269ec0bb20a2644a6570085979c5e2289089745934ed945977f447e"
    );
    let figures = ["script_bytes_total", "worst_leaf_weight", "assert_weight"];
    let figures = figures.map(|figure| made[figure].as_u64());
    assert_eq!(figures, [804_775_041, 393_016, 7_577_247].map(Some));
    assert_eq!(made["steps"], "small");
}

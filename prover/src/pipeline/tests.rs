//! A run of two segments with next to no security, up to the last layer: the command's tests make the Groth16 proof.

use super::*;
use crate::programs::copy;
use crate::stark::proof::ProofError;
use gavel_vm::memory::ByteOrder;
use std::fs;
use std::path::PathBuf;

pub(super) const PARAMETERS: Parameters = Parameters {
    cpu_bits: 6,
    memory_bits: 10,
    level: Level::Trial,
    limit: 1_000,
};

fn job(folder: &Path, input: &[u8], parameters: Parameters) -> Result<Job, PipelineError> {
    Job::new(copy(ByteOrder::Big), input.to_vec(), parameters, folder)
}

/// Made and kept in each stage until the last layer, whose file is damaged.
fn until_the_last_layer(job: &Job) -> Vec<(Stage, usize, usize)> {
    let path = job.folder.file(Stage::LastLayer, 0);
    fs::write(&path, "half a file").expect("written");
    let setup = Setup::Key(path.with_file_name("never-read"));
    let mut counts: Vec<(Stage, usize, usize)> = Vec::new();
    let stopped = job.prove(&setup, &mut |event| match *event {
        Event::Begin { stage, .. } => counts.push((stage, 0, 0)),
        Event::Advance { kept, .. } => {
            let count = counts.last_mut().expect("a stage");
            count.1 += usize::from(!kept);
            count.2 += usize::from(kept);
        }
    });
    assert_eq!(
        stopped.expect_err("damaged").to_string(),
        format!(
            "{} is damaged: it has no first line. Delete it, and it is made again; everything else is kept",
            path.display()
        )
    );
    counts
}

/// What is lost is made again, and no more.
#[test]
fn an_interrupted_job_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let cache = tempfile::tempdir().expect("a folder");
    let job = job(path, b"abba", PARAMETERS).expect("a run");
    let job = job.with_cache(cache.path());
    assert_eq!(
        until_the_last_layer(&job),
        [
            (Stage::Segment, 2, 0),
            (Stage::Circuits, 1, 0),
            (Stage::Recursion, 2, 0),
            (Stage::Chain, 2, 0),
            (Stage::Statement, 1, 0),
        ]
    );
    let verified = verify(&path.join("segment-00001.proof"), None).expect("valid");
    assert!(verified.insecure);
    assert!(matches!(&verified.says, Says::Steps(b) if b.after.step == job.steps()));
    let missing = verify(path, None).expect_err("no Groth16 proof");
    assert!(
        matches!(missing, PipelineError::Missing { .. }),
        "{missing}"
    );

    fs::remove_file(path.join("statement.proof")).expect("a file");
    fs::remove_file(path.join("chain-00001.proof")).expect("a file");
    assert_eq!(
        until_the_last_layer(&job),
        [
            (Stage::Segment, 0, 2),
            (Stage::Circuits, 0, 1),
            (Stage::Recursion, 0, 2),
            (Stage::Chain, 1, 1),
            (Stage::Statement, 1, 0),
        ]
    );
}

#[test]
fn a_folder_belongs_to_one_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    job(path, b"abba", PARAMETERS).expect("a run");
    job(path, b"abba", PARAMETERS).expect("the same");
    let other_limit = Parameters {
        limit: 500,
        ..PARAMETERS
    };
    job(path, b"abba", other_limit).expect("the same circuits");
    let other_size = Parameters {
        cpu_bits: 7,
        ..PARAMETERS
    };
    for (input, parameters) in [(b"abbb", PARAMETERS), (b"abba", other_size)] {
        let refused = job(path, input, parameters).expect_err("another run");
        assert!(
            matches!(refused, PipelineError::Foreign { .. }),
            "{refused}"
        );
    }
    let claim = path.join(CLAIM);
    let text = fs::read_to_string(&claim).expect("a file");
    fs::write(&claim, text.replace("\"exit_code\": 7", "\"exit_code\": 8")).expect("written");
    let refused = job(path, b"abba", PARAMETERS).expect_err("damaged");
    assert!(
        refused
            .to_string()
            .contains("it is not the claim of its run")
    );
    fs::write(&claim, "{").expect("written");
    let refused = job(path, b"abba", PARAMETERS).expect_err("damaged");
    assert!(
        matches!(refused, PipelineError::Damaged { .. }),
        "{refused}"
    );
}

#[test]
fn a_run_without_an_end_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let short = Parameters {
        limit: 20,
        ..PARAMETERS
    };
    let refused = job(folder.path(), b"abba", short).expect_err("too long");
    let text = refused.to_string();
    assert!(text.starts_with("there is nothing to prove: "), "{text}");
    assert!(text.ends_with("the step limit 20 is reached"), "{text}");
    // break
    let image = Image::bare(ByteOrder::Big, 0x1_0000, &[0x0000_000d]).expect("an image");
    let refused = Job::new(image, vec![], PARAMETERS, folder.path()).expect_err("a trap");
    assert!(matches!(refused, PipelineError::Claim(_)), "{refused}");
    // Nothing is left behind.
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

/// Files of other stages and runs, without making proofs.
#[test]
fn a_file_is_read_for_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let job = job(folder.path(), b"abba", PARAMETERS).expect("a run");
    let files = &job.folder;
    files.write(Stage::Chain, 3, b"proof").expect("written");
    assert_eq!(
        files.read(Stage::Chain, 3).expect("read").as_deref(),
        Some(b"proof".as_slice())
    );
    assert!(files.read(Stage::Chain, 4).expect("no file").is_none());
    let path = |index| files.file(Stage::Chain, index);
    let says = |result: Result<Option<Vec<u8>>, PipelineError>, wanted: &str| {
        let text = result.expect_err("refused").to_string();
        assert!(text.contains(wanted), "{text}");
    };
    fs::copy(path(3), path(4)).expect("copied");
    says(
        files.read(Stage::Chain, 4),
        "it is the file of another stage",
    );
    let text = fs::read_to_string(path(3)).expect("a file");
    for (from, to, wanted) in [
        ("\"version\":1", "\"version\":2", "its version is 2, not 1"),
        ("{\"version\"", "{", "its first line"),
        ("\n", " ", "it has no first line"),
        ("proof", "prove", "what it holds is not what was written"),
        ("proof", "proofs", "what it holds is not what was written"),
    ] {
        fs::write(path(3), text.replacen(from, to, 1)).expect("written");
        says(files.read(Stage::Chain, 3), wanted);
    }
    let other = text.replacen(&job.about.run, &"0".repeat(64), 1);
    fs::write(path(3), other).expect("written");
    says(
        files.read(Stage::Chain, 3),
        "belongs to another program, input or parameters",
    );
    // An interrupted write leaves nothing that is taken for a proof.
    fs::write(path(5).with_extension("partial"), "half").expect("written");
    assert!(!files.has(Stage::Chain, 5));
}

/// A proof of a falsehood in a file that is whole is refused by the proof system.
#[test]
fn a_segment_file_that_lies_does_not_verify() {
    let folder = tempfile::tempdir().expect("a folder");
    let job = job(folder.path(), b"abba", PARAMETERS).expect("a run");
    let mut run = Run::new(&job.image, &job.input, PARAMETERS.size()).expect("a run");
    let segment = run.next_segment().expect("a segment").expect("a segment");
    let mut proof = prove_tables(
        &segment.boundary,
        &segment.tables,
        &PARAMETERS.level.stark(),
    )
    .expect("a proof");
    proof.boundary.after.cpu.hi += 1;
    let bytes = proof.to_bytes().expect("bytes");
    job.folder
        .write(Stage::Segment, 0, &bytes)
        .expect("written");
    let path: PathBuf = job.folder.file(Stage::Segment, 0);
    let refused = verify(&path, None).expect_err("a lie");
    assert!(
        matches!(refused, PipelineError::Stark(ProofError::Table { .. })),
        "{refused}"
    );
}

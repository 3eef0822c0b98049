//! The committed images and C programs are what their sources give.

use std::path::Path;
use std::process::Command;

/// The release that the committed files were built with: another one may give other, equally good bytes.
const COMPILER: &str = "12.2.0";
const COMPILERS: [&str; 2] = ["mips-linux-gnu-gcc", "mipsel-linux-gnu-gcc"];

/// Whether the cross compilers are of the release that the committed files come from.
fn same_compilers() -> bool {
    COMPILERS.iter().all(|compiler| {
        let output = Command::new(compiler)
            .arg("-dumpfullversion")
            .output()
            .unwrap_or_else(|error| {
                panic!("{compiler}: {error}; install the Debian packages gcc-mips-linux-gnu and gcc-mipsel-linux-gnu")
            });
        String::from_utf8_lossy(&output.stdout).trim() == COMPILER
    })
}

/// Runs a build script and compares what it makes with the files of the same names in `committed`.
fn rebuilds(script: &str, languages: &[&str], committed: &str, count: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(root.join(script))
        .arg(folder.path())
        .args(languages)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let comparable = same_compilers();
    let mut built = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        let expected = std::fs::read(root.join(committed).join(name)).unwrap();
        if comparable {
            assert!(
                std::fs::read(&path).unwrap() == expected,
                "{name:?} differs: run {script} and commit the result"
            );
        }
        built += 1;
    }
    assert_eq!(built, count);
}

#[test]
fn supervisor_images_are_reproducible() {
    rebuilds("supervisor/build.sh", &[], "supervisor", 2);
}

#[test]
fn c_programs_are_reproducible() {
    rebuilds("programs/build.sh", &["c"], "programs/elf", 14);
}

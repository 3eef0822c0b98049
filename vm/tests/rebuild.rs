//! The committed images and programs are what their sources give, wherever the repository lies.

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

/// Debian's rustc-web, with which the programs in Rust were built.
const RUST_COMPILER: &str = "rustc 1.96.0 ";

/// Runs a build script and compares what it makes with the files of the same names in `committed`, if it was made with the same
/// compilers.
fn rebuilds(script: &str, languages: &[&str], committed: &str, count: usize, comparable: bool) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(root.join(script))
        .arg(folder.path())
        .args(languages)
        // The one that runs this test is another release.
        .env_remove("CARGO")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
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
    let comparable = same_compilers();
    rebuilds("supervisor/build.sh", &[], "supervisor", 2, comparable);
}

#[test]
fn c_programs_are_reproducible() {
    let comparable = same_compilers();
    rebuilds("programs/build.sh", &["c"], "programs/elf", 14, comparable);
}

/// Compiles the core library and plonky2 twice, minutes each; only if all is to be tested, and where Debian's compiler is.
#[test]
fn rust_programs_are_reproducible() {
    let compiler = Command::new("/usr/bin/rustc").arg("--version").output();
    let version = compiler.map(|output| output.stdout).unwrap_or_default();
    let comparable = version.starts_with(RUST_COMPILER.as_bytes());
    if comparable && std::env::var_os("GAVEL_TEST_ALL").is_some() {
        rebuilds(
            "programs/build.sh",
            &["rust"],
            "programs/elf",
            6,
            comparable,
        );
    }
}

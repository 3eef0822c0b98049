//! Real programs on the machine, with the supervisor: the shipped executables, and what the supervisor refuses.

use gavel_vm::image::Image;
use gavel_vm::machine::{Cause, Machine, MachineError, Outcome, Stop};
use gavel_vm::memory::ByteOrder::{self, Big, Little};
use gavel_vm::supervisor;

const LIMIT: u64 = 100_000_000;

macro_rules! program {
    ($name:literal) => {
        include_bytes!(concat!("../programs/elf/", $name, ".elf")).as_slice()
    };
}

fn machine(elf: &[u8], order: ByteOrder, input: &[u8]) -> Machine {
    let image = Image::new(elf, &supervisor::linux(order), &["program"]).unwrap();
    Machine::new(&image, input).unwrap()
}

fn run(elf: &[u8], order: ByteOrder, input: &[u8]) -> Outcome {
    let mut machine = machine(elf, order, input);
    machine.run(LIMIT).unwrap_or_else(|error| {
        let log = supervisor::standard_error(machine.memory());
        panic!("{error}\n{}", String::from_utf8_lossy(&log))
    })
}

/// Runs a program that must end with exit code 0 and gives what it printed.
fn prints(elf: &[u8], order: ByteOrder, input: &[u8]) -> String {
    let outcome = run(elf, order, input);
    assert_eq!(outcome.exit_code, 0);
    String::from_utf8(outcome.output).unwrap()
}

#[test]
fn tiny_c_takes_a_few_hundred_steps() {
    for (elf, order) in [
        (program!("c-tiny-be"), Big),
        (program!("c-tiny-le"), Little),
    ] {
        let outcome = run(elf, order, &[1, 2, 250]);
        assert_eq!(outcome.exit_code, 3);
        assert_eq!(outcome.output, order.bytes(253));
        assert!(outcome.steps < 1000, "{} steps", outcome.steps);
    }
}

#[test]
fn freestanding_c() {
    for (crc32, fibonacci, order) in [
        (program!("c-crc32-be"), program!("c-fibonacci-be"), Big),
        (program!("c-crc32-le"), program!("c-fibonacci-le"), Little),
    ] {
        assert_eq!(prints(crc32, order, b""), "00000000\n");
        assert_eq!(prints(crc32, order, b"123456789"), "cbf43926\n");
        assert_eq!(prints(crc32, order, &[0; 10_000]), "4d3bca2e\n");
        assert_eq!(prints(fibonacci, order, b""), "705714bb\n");
    }
}

/// FIPS 180-4 examples, and one that fills whole blocks.
const DIGESTS: [(&[u8], &str); 3] = [
    (
        b"",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
    ),
    (
        b"abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n",
    ),
    (
        &[b'a'; 128],
        "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e\n",
    ),
];

#[test]
fn rust_without_a_standard_library() {
    for (elf, order) in [
        (program!("rust-sha256-be"), Big),
        (program!("rust-sha256-le"), Little),
    ] {
        for (input, digest) in DIGESTS {
            assert_eq!(prints(elf, order, input), digest);
        }
    }
}

#[test]
fn unpatched_go() {
    for elf in [program!("go-hello-be"), program!("go1.19-hello-be")] {
        assert_eq!(prints(elf, Big, b""), "Hello from Go on Gavel\n");
    }
    for elf in [program!("go-sha256-be"), program!("go1.19-sha256-be")] {
        for (input, digest) in DIGESTS {
            assert_eq!(prints(elf, Big, input), digest);
        }
    }
}

#[test]
fn goroutines_and_garbage_collection() {
    let elf = program!("go-goroutines-le");
    assert_eq!(
        prints(elf, Little, b""),
        "total 1747573850 seen 10 collected true\n"
    );
}

/// The programs that check the supervisor themselves; `qemu/programs.rs` has them against Linux.
#[test]
fn calls_work_as_on_linux() {
    for (memory, threads, files, order) in [
        (
            program!("c-memory-be"),
            program!("c-threads-be"),
            program!("c-files-be"),
            Big,
        ),
        (
            program!("c-memory-le"),
            program!("c-threads-le"),
            program!("c-files-le"),
            Little,
        ),
    ] {
        for elf in [memory, threads, files] {
            let text = prints(elf, order, &[7; 1234]);
            assert!(!text.contains("FAILED"), "{text}");
            assert!(text.contains(": ok\n"));
        }
    }
}

/// Runs the program of refusals in its mode `how`, in both byte orders.
fn refusals(how: u8) -> [Result<(Machine, Outcome), MachineError>; 2] {
    [
        (program!("c-refused-be"), Big),
        (program!("c-refused-le"), Little),
    ]
    .map(|(elf, order)| {
        let mut machine = machine(elf, order, &[how]);
        machine.run(LIMIT).map(|outcome| (machine, outcome))
    })
}

#[test]
fn what_the_supervisor_cannot_serve_is_refused() {
    const CLONE: u32 = 4120;
    const KILL: u32 = 4037;
    for (how, unknown) in [(b'u', 4999), (b'f', CLONE), (b's', KILL)] {
        for result in refusals(how) {
            let cause = result.unwrap_err().cause;
            let Cause::Stop(Stop::UnknownSystemCall { number, pc }) = cause else {
                panic!("{cause}");
            };
            assert_eq!(number, unknown);
            assert!((0x40_0000..0x40_1000).contains(&pc), "{pc:#x}");
        }
    }
    for (how, stop) in [
        (b'd', Stop::Deadlock),
        (b'D', Stop::Deadlock),
        (b't', Stop::MemoryExhausted),
        (b'r', Stop::MemoryExhausted),
        (b'e', Stop::InputExhausted),
    ] {
        for result in refusals(how) {
            assert_eq!(result.unwrap_err().cause, Cause::Stop(stop));
        }
    }
}

#[test]
fn early_ends_have_exit_codes() {
    const EEXIST: u32 = 17;
    const SIGABRT: u32 = 6;
    for (how, exit_code, log) in [
        (b'a', 128 + SIGABRT, ""),
        (b'g', 0, ""),
        (b'l', 3, "lost?\n"),
        (b'p', 4, ""),
        (b'm', EEXIST, ""),
    ] {
        for result in refusals(how) {
            let (machine, outcome) = result.unwrap();
            assert_eq!(outcome.exit_code, exit_code);
            assert!(outcome.output.is_empty());
            assert_eq!(supervisor::standard_error(machine.memory()), log.as_bytes());
        }
    }
}

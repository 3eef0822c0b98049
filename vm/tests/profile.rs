//! Symbols and profiles: of a shipped program, and of tables that are malformed.

use gavel_vm::elf::{Elf, ElfError};
use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::profile::{ELSEWHERE, IN_SUPERVISOR, profile};
use gavel_vm::supervisor;
use gavel_vm::symbols::Symbols;

const PROGRAMS: [&[u8]; 2] = [
    include_bytes!("../programs/elf/rust-verify-groth16-be.elf"),
    include_bytes!("../programs/elf/rust-verify-groth16-le.elf"),
];
const STRIPPED: &[u8] = include_bytes!("../programs/elf/c-tiny-be.elf");
const LIMIT: u64 = 1_000_000;

fn machine(elf: &[u8]) -> Machine {
    let order = Elf::parse(elf).unwrap().order;
    let image = Image::new(elf, &supervisor::linux(order), &["program"]).unwrap();
    Machine::new(&image, b"").unwrap()
}

#[test]
fn functions_are_found_by_address() {
    for elf in PROGRAMS {
        let symbols = Symbols::parse(elf).unwrap();
        let functions = symbols.functions();
        let run = functions.iter().position(|f| f.name == "run").unwrap();
        let addresses = functions[run].addresses.clone();
        assert_eq!(symbols.at(addresses.start), Some(run));
        assert_eq!(symbols.at(addresses.end - 4), Some(run));
        assert_ne!(symbols.at(addresses.end), Some(run));
        assert_eq!(symbols.at(0), None);
        assert_eq!(symbols.at(u32::MAX), None);
        assert!(functions.is_sorted_by_key(|function| function.addresses.start));
    }
    assert!(Symbols::parse(STRIPPED).unwrap().functions().is_empty());
}

#[test]
fn every_step_is_counted_once() {
    for elf in PROGRAMS {
        let symbols = Symbols::parse(elf).unwrap();
        let plain = machine(elf).run(LIMIT).unwrap();
        let (outcome, counts) = profile(&mut machine(elf), &symbols, LIMIT).unwrap();
        assert_eq!(outcome, plain);
        assert_eq!(
            counts.iter().map(|count| count.steps).sum::<u64>(),
            plain.steps
        );
        assert!(counts.is_sorted_by(|a, b| a.steps >= b.steps));
        let of = |name: &str| counts.iter().find(|count| count.name == name).unwrap();
        assert_eq!(of("run").calls, 1);
        // The entry point has no size.
        assert_eq!((of(ELSEWHERE).steps, of(ELSEWHERE).calls), (3, 0));
        assert!(of(IN_SUPERVISOR).calls > 2);
    }
}

#[test]
fn without_symbols_all_steps_are_elsewhere() {
    let (outcome, counts) = profile(&mut machine(STRIPPED), &Symbols::default(), LIMIT).unwrap();
    assert_eq!(counts.len(), 2);
    assert_eq!(
        counts.iter().map(|count| count.steps).sum::<u64>(),
        outcome.steps
    );
}

/// The field of the section header table's place in the file, and in a section header that of its type, offset, size and link.
#[test]
fn malformed_tables_are_refused() {
    let elf = PROGRAMS[1];
    let word = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let with = |at: usize, value: u32| {
        let mut bytes = elf.to_vec();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        Symbols::parse(&bytes)
    };
    let table = word(elf, 32) as usize;
    let count = usize::from(u16::from_le_bytes([elf[48], elf[49]]));
    let symbols = (0..count)
        .map(|section| table + 40 * section)
        .find(|&header| word(elf, header + 4) == 2)
        .unwrap();
    let names = table + 40 * word(elf, symbols + 24) as usize;
    let truncated = |result: Result<Symbols, ElfError>, what: &str| matches!(result, Err(ElfError::Truncated { part, .. }) if part == what);
    assert!(truncated(with(32, u32::MAX), "the section header table"));
    assert!(truncated(with(symbols + 16, u32::MAX), "the symbol table"));
    assert!(truncated(with(symbols + 20, u32::MAX), "the symbol table"));
    assert!(truncated(with(names + 20, u32::MAX), "the symbols' names"));
    assert_eq!(
        with(symbols + 24, u32::MAX),
        Err(ElfError::NoSection {
            section: u32::MAX as usize,
            count
        })
    );
    // Names that begin after the end of the names: such functions are left out.
    assert_eq!(with(names + 20, 0), Ok(Symbols::default()));
}

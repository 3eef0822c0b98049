//! A verifier as a guest program and as a library, against the native one. The tests of each include this file by its path.

use gavel_vm::elf::Elf;
use gavel_vm::image::Image;
use gavel_vm::machine::{Machine, MachineError};
use gavel_vm::supervisor;

/// A verifier in three forms. Each says of an input what was verified, or why it is rejected.
pub(crate) struct Verifier {
    /// The programs, for machines of both byte orders.
    pub(crate) programs: [&'static [u8]; 2],
    /// The most steps that they may take.
    pub(crate) step_limit: u64,
    /// Their library, on the host.
    pub(crate) library: fn(&[u8]) -> String,
    /// The native verifier.
    pub(crate) native: fn(&[u8]) -> String,
}

impl Verifier {
    /// What one of the programs says, and its steps. Its exit code is checked.
    pub(crate) fn machine(&self, input: &[u8], program: usize) -> (String, u64) {
        self.run(input, program).expect("a run")
    }

    /// The same, unless the run does not end in time.
    pub(crate) fn run(&self, input: &[u8], program: usize) -> Result<(String, u64), MachineError> {
        let elf = self.programs[program];
        let order = Elf::parse(elf).expect("an executable").order;
        let image = Image::new(elf, &supervisor::linux(order), &["program"]).expect("an image");
        let mut machine = Machine::new(&image, input).expect("a machine");
        let outcome = machine.run(self.step_limit)?;
        let output = String::from_utf8(outcome.output).expect("a text");
        let rejected = output.starts_with("rejected: ");
        assert_eq!(outcome.exit_code, u32::from(rejected), "{output}");
        Ok((output, outcome.steps))
    }

    /// Asserts that all say the same, and gives it.
    pub(crate) fn agree(&self, input: &[u8]) -> String {
        let expected = (self.native)(input);
        assert_eq!((self.library)(input), expected);
        for program in 0..self.programs.len() {
            assert_eq!(self.machine(input, program).0, expected);
        }
        expected
    }
}

/// So many random inputs, or many times as many if all is to be tested.
pub(crate) fn cases(default: u64) -> u64 {
    match std::env::var_os("GAVEL_TEST_ALL") {
        Some(_) => 20 * default,
        None => default,
    }
}

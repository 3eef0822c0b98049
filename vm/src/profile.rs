//! How many steps each function of a program takes.

use crate::address::SUPERVISOR;
use crate::machine::{Machine, MachineError, Outcome};
use crate::symbols::Symbols;
use std::ops::Range;

/// What a profile calls the steps in the supervisor.
pub const IN_SUPERVISOR: &str = "(supervisor)";
/// What a profile calls the steps outside all functions.
pub const ELSEWHERE: &str = "(elsewhere)";

/// The steps of one function, without those of the functions that it calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSteps {
    /// The function's name as the linker knows it, [`IN_SUPERVISOR`] or [`ELSEWHERE`].
    pub name: String,
    /// Its steps.
    pub steps: u64,
    /// How often its first instruction was executed; of the supervisor, how often it was entered; elsewhere 0.
    pub calls: u64,
}

/// Runs a machine to its end and counts steps: those of each function that took any, the most first.
///
/// # Errors
/// As [`Machine::run`].
pub fn profile(
    machine: &mut Machine,
    symbols: &Symbols,
    limit: u64,
) -> Result<(Outcome, Vec<FunctionSteps>), MachineError> {
    let functions = symbols.functions();
    let counted = |name: &str| FunctionSteps {
        name: name.into(),
        steps: 0,
        calls: 0,
    };
    let mut counts: Vec<_> = functions
        .iter()
        .map(|function| counted(&function.name))
        .chain([counted(IN_SUPERVISOR), counted(ELSEWHERE)])
        .collect();
    let place = |pc: u32| -> (usize, Range<u32>) {
        match symbols.at(pc) {
            Some(index) => (index, functions[index].addresses.clone()),
            None if pc >= SUPERVISOR => (functions.len(), SUPERVISOR..u32::MAX),
            // Of this nothing is known: the next step looks again, and no address is an entry.
            None => (functions.len() + 1, 0..0),
        }
    };
    let (mut index, mut addresses) = place(machine.cpu().pc);
    while machine.steps() < limit && !machine.halted() {
        let pc = machine.cpu().pc;
        if !addresses.contains(&pc) {
            (index, addresses) = place(pc);
        }
        counts[index].steps += 1;
        counts[index].calls += u64::from(pc == addresses.start && !addresses.is_empty());
        machine.run_to(machine.steps() + 1)?;
    }
    let outcome = machine.run(limit)?;
    counts.retain(|count| count.steps > 0);
    counts.sort_by(|a, b| b.steps.cmp(&a.steps).then_with(|| a.name.cmp(&b.name)));
    Ok((outcome, counts))
}

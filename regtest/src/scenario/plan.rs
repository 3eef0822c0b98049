//! From the name of a lie to an operator that tells it.

use gavel_vm::{
    address::OUTPUT,
    digest::DigestLength,
    fault::{Fault, FaultKind},
    image::Image,
    isa::{Class, Immediate, Instruction, Op},
    machine::Machine,
    step::StepWords,
    trace::{Lies, Trace},
};

use super::{Lie, LieKind, ScenarioError};

/// A run may take this many steps: a trace has 2^32 positions.
const STEP_LIMIT: u64 = u32::MAX as u64 - 2;
/// A word of the output region that no program of this size writes. Since the whole region is claimed, a lie there makes
/// the claim false.
const FAR_OUTPUT: u32 = OUTPUT + 0x0800_0000;
/// Registers that a lie may change silently: one that the step does not write is among them.
const SAVED_REGISTERS: [u8; 2] = [22, 23];

/// The operator's trace with a lie.
///
/// A lie about the execution is told at the first machine step from its place on where it can be told. If its effect is
/// lost before the program ends, the operator lies once more in the last step, so that the claim itself is false.
pub(super) fn operator_trace(
    image: &Image,
    input: &[u8],
    length: DigestLength,
    lie: Option<Lie>,
) -> Result<Trace, ScenarioError> {
    let honest = Trace::honest(image, input, length, STEP_LIMIT)?;
    let Some(lie) = lie.filter(|lie| lie.kind.is_false_claim()) else {
        return Ok(honest);
    };
    let steps = honest.claim().steps;
    let mut lies = Lies::default();
    match lie.kind {
        LieKind::InitialState => lies.initial = Some((FAR_OUTPUT, 1)),
        LieKind::Output | LieKind::OperatorSilent => {
            let mut output = honest.claim().output;
            output.0[0] ^= 1;
            lies.output = Some(output);
        }
        LieKind::TooFewSteps => lies.steps = Some(lie.place.unwrap_or(steps - 1)),
        LieKind::TooManySteps => lies.steps = Some(lie.place.unwrap_or(steps + 1)),
        _ => lies.faults = vec![fault(image, input, lie, steps)?],
    }
    let lying = |lies: &Lies| Trace::lying(image, input, length, steps, lies);
    let trace = lying(&lies)?;
    if trace.claim() != honest.claim() {
        return Ok(trace);
    }
    lies.faults.push(Fault {
        step: steps - 1,
        kind: FaultKind::Memory {
            address: FAR_OUTPUT,
            xor: 1,
        },
    });
    Ok(lying(&lies)?)
}

/// The lie at the first machine step from `place` on where it can be told. Where no place was asked for, the search begins
/// in the middle of the run and goes on at its beginning.
fn fault(image: &Image, input: &[u8], lie: Lie, steps: u64) -> Result<Fault, ScenarioError> {
    let place = lie.place.unwrap_or(steps / 2);
    let rest = if lie.place.is_none() { 0..place } else { 0..0 };
    for range in [place..steps, rest] {
        let mut machine = Machine::new(image, input)?;
        machine.run_to(range.start.min(steps))?;
        for step in range {
            let words = machine.step()?;
            let instruction = Instruction::decode(words.instr);
            if let Some(kind) =
                instruction.and_then(|instruction| fault_in(lie.kind, &words, instruction))
            {
                return Ok(Fault { step, kind });
            }
        }
    }
    Err(ScenarioError::NoSuitableStep {
        kind: lie.kind,
        place,
        steps,
    })
}

/// The lie about this step, if it can be told here.
fn fault_in(kind: LieKind, words: &StepWords, instruction: Instruction) -> Option<FaultKind> {
    let op = instruction.op;
    let writes = words.dest() != 0;
    let adds = op.class() == Class::Arithmetic && op.immediate() == Immediate::Signed && writes;
    match kind {
        LieKind::Instruction(class) if op.class() == class => result(class, op, writes),
        // Another constant.
        LieKind::Fetch => adds.then_some(FaultKind::Instruction {
            word: words.instr ^ 1,
        }),
        LieKind::Operand => (adds && instruction.rs != 0).then_some(FaultKind::Rs { xor: 1 }),
        LieKind::Read => {
            (op.class() == Class::Load && writes).then_some(FaultKind::Loaded { xor: 1 })
        }
        LieKind::Register => {
            let register = SAVED_REGISTERS
                .into_iter()
                .find(|&register| register != words.dest())?;
            Some(FaultKind::Register { register, xor: 1 })
        }
        LieKind::Memory => Some(FaultKind::Memory {
            address: FAR_OUTPUT,
            xor: 1,
        }),
        LieKind::Pc => Some(FaultKind::Pc { xor: 8 }),
        LieKind::NextPc => Some(FaultKind::NextPc { xor: 8 }),
        LieKind::Hi => Some(FaultKind::Hi { xor: 1 }),
        LieKind::Lo => Some(FaultKind::Lo { xor: 1 }),
        // Any lie will do: the challenger does not find it.
        LieKind::WrongSelection => Some(FaultKind::Memory {
            address: FAR_OUTPUT,
            xor: 1,
        }),
        _ => None,
    }
}

/// The wrong effect of an instruction: in the register that it writes, or else where its class has its effect.
fn result(class: Class, op: Op, writes: bool) -> Option<FaultKind> {
    match class {
        _ if writes => Some(FaultKind::Result { xor: 1 }),
        Class::Multiply | Class::Divide => Some(FaultKind::Lo { xor: 1 }),
        Class::Move if op == Op::Mthi => Some(FaultKind::Hi { xor: 1 }),
        Class::Move if op == Op::Mtlo => Some(FaultKind::Lo { xor: 1 }),
        Class::Branch | Class::Jump => Some(FaultKind::NextPc { xor: 8 }),
        Class::Store => Some(FaultKind::Stored { xor: 1 }),
        _ => None,
    }
}

//! The slots of a cut program.

use super::cut::{Cut, Group};
use crate::groth16::program::{InputKind, Program};
use crate::winternitz::Shape;

/// The place of a committed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// A name, unique in the program.
    pub name: String,
    /// Its digits: 64 of an input, least significant first; 32 of a digest.
    pub shape: Shape,
}

/// Which slot is whose: scalars first, then the other inputs, then groups in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    pub(super) list: Vec<Slot>,
    /// Of each input.
    pub(super) of_input: Vec<usize>,
    /// Of each group that has outputs.
    pub(super) of_group: Vec<Option<usize>>,
}

impl Slots {
    pub(super) fn new(program: &Program, cut: &Cut) -> Self {
        let mut slots = Self {
            list: vec![],
            of_input: vec![0; program.inputs.len()],
            of_group: vec![],
        };
        for kind in [InputKind::Scalar, InputKind::Element] {
            for (number, input) in program.inputs.iter().enumerate() {
                if input.kind == kind {
                    slots.of_input[number] = slots.push(input.name.clone(), super::INPUT_SHAPE);
                }
            }
        }
        for group in &cut.groups {
            let slot = (!group.parts.is_empty())
                .then(|| slots.push(group_name(program, group), super::DIGEST_SHAPE));
            slots.of_group.push(slot);
        }
        slots
    }

    /// The shapes of what the assertion commits: all slots but those of scalars, which the claim commits.
    pub(super) fn asserted(&self, program: &Program) -> Vec<Shape> {
        let scalars = program.inputs.iter();
        let scalars = scalars.filter(|input| input.kind == InputKind::Scalar);
        let slots = self.list.iter().skip(scalars.count());
        slots.map(|slot| slot.shape).collect()
    }

    fn push(&mut self, name: String, shape: Shape) -> usize {
        self.list.push(Slot { name, shape });
        self.list.len() - 1
    }
}

/// The name of its only step, or of its first and last.
pub(super) fn group_name(program: &Program, group: &Group) -> String {
    let name = |step: &usize| program.steps[*step].name.as_str();
    match &group.steps[..] {
        [] => String::new(),
        [step] => name(step).to_owned(),
        [first, .., last] => format!("{}..{}", name(first), name(last)),
    }
}

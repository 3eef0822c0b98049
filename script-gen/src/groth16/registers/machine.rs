//! The machine: registers on the stack, and what is written for each of them.

use super::RegisterError;
use super::compare::{require_below, require_not_negative, require_not_zero};
use super::constant::Quotient;
use super::extent::Extents;
use super::hints::{REMAINDER, limb_order};
use super::limb::{LIMBS, limb_digits, limb_range, limbs, offset};
use super::lookup;
use super::plan::Plan;
use super::planned::{Placed, Planned, Refuted};
use super::relation::{clamp, require};
use super::schedule::Schedule;
use crate::analysis::Extent;
use crate::bn254::frame::Frame;
use crate::bn254::{DIGITS, Element, modulus};
use crate::groth16::program::{Lookup, Value};
use crate::script::{Op, Script};
use crate::trace::MAX_STACK;

/// An element on the machine's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register(pub(super) usize);

/// A script that is measured once, to be appended often.
#[derive(Clone, Debug)]
pub struct Part {
    script: Script,
    extent: Option<Extent>,
}

impl From<Script> for Part {
    fn from(script: Script) -> Self {
        let extent = Extent::of(&script);
        Self { script, extent }
    }
}

/// A script under construction. See the [module](super).
///
/// A relation is written when it is known whether the next one shares tables or digits with it, see [`Machine::relation`].
///
/// A machine may also be asked for the [`Extent`] of its script only: then parts and relations whose extent is known are not
/// written, and the rest is forgotten when it has been measured.
#[derive(Clone, Debug)]
pub struct Machine<'a> {
    /// Heights are counted above the hints. If the script is measured only, its last part.
    frame: Frame,
    /// What is known, if the script is measured only.
    known: Option<&'a Extents>,
    /// The extent of what stands before the frame's script.
    before: Option<Extent>,
    /// Hints that no call has taken.
    hints: usize,
    others: usize,
    /// What is on the stack, deepest first.
    registers: Vec<Register>,
    count: usize,
    /// A relation that has not been written.
    pending: Option<Placed>,
    /// Registers that it still reads.
    forgotten: Vec<Register>,
}

impl<'a> Machine<'a> {
    /// A machine that begins with `hints` items of the spender on the stack and `others` items on the altstack.
    pub fn new(hints: usize, others: usize) -> Self {
        Self {
            frame: Frame::new(0),
            known: None,
            before: Some(Extent::default()),
            hints,
            others,
            registers: vec![],
            count: 0,
            pending: None,
            forgotten: vec![],
        }
    }

    /// The same, but its script is only measured.
    pub fn measuring(hints: usize, others: usize, known: &'a Extents) -> Self {
        Self {
            known: Some(known),
            ..Self::new(hints, others)
        }
    }

    /// Items that are on stack and altstack together.
    pub fn height(&self) -> usize {
        self.hints + self.frame.height + self.others - LIMBS * self.forgotten.len()
    }

    /// The script so far; of a machine that only measures it, what has not been measured yet.
    pub fn script(mut self) -> Script {
        self.flush();
        self.frame.script
    }

    /// The extent of the script so far; none if its branches are not balanced.
    pub fn extent(mut self) -> Option<Extent> {
        self.flush();
        self.measure(Some(Extent::default()));
        self.before
    }

    /// Forgets the script so far, with a part of this extent behind it.
    fn measure(&mut self, next: Option<Extent>) {
        let script = std::mem::take(&mut self.frame.script);
        let parts = [self.before, Extent::of(&script), next];
        let together = parts.into_iter().collect::<Option<Vec<_>>>();
        self.before = together.and_then(|parts| parts.into_iter().reduce(Extent::then));
    }

    /// Appends a script that takes items from the top, leaves others there and does not change what is on the altstack.
    pub fn append(&mut self, script: &Script, takes: usize, leaves: usize) {
        self.flush();
        self.frame.script.push(script);
        self.frame.height = (self.frame.height + leaves).saturating_sub(takes);
    }

    /// Appends a part that takes items from the top, leaves others there and does not change what is on the altstack.
    pub fn append_part(&mut self, part: &Part, takes: usize, leaves: usize) {
        self.flush();
        match self.known {
            Some(_) => self.measure(part.extent),
            None => self.frame.script.push(&part.script),
        }
        self.frame.height = (self.frame.height + leaves).saturating_sub(takes);
    }

    /// Moves items from the altstack to the top.
    pub fn restore(&mut self, items: usize) {
        self.flush();
        self.frame.restore(items);
        self.others = self.others.saturating_sub(items);
    }

    /// Moves items from the top to the altstack.
    pub fn save(&mut self, items: usize) {
        self.flush();
        self.frame.save(items);
        self.others += items;
    }

    fn new_register(&mut self) -> Register {
        let register = Register(self.count);
        self.count += 1;
        self.registers.push(register);
        register
    }

    /// An element of the spender: the next thirteen hints, see [`element_items`](super::element_items). Whatever they are, the
    /// register holds some number that 64 digits can say.
    pub fn take(&mut self) -> Register {
        let (least, most) = limb_range(0);
        self.frame.number(most);
        self.frame.number(least);
        for limb in limb_order() {
            if limb + 1 < LIMBS {
                self.hint();
                self.frame.ops(&[Op::Over, Op::Max]);
                self.frame.copy(self.frame.height - 3);
                self.frame.ops(&[Op::Min, Op::ToAltStack]);
            } else {
                self.frame.ops(&[Op::TwoDrop]);
                self.frame.restore(LIMBS - 1);
                self.hint();
                clamp(&mut self.frame, limb_range(limb));
            }
        }
        self.new_register()
    }

    /// Moves the next hints to the top, the first one deepest.
    pub fn show(&mut self, hints: usize) {
        for _ in 0..hints {
            self.hint();
        }
    }

    /// Moves the next hint to the top.
    fn hint(&mut self) {
        let pending = self.pending.as_ref();
        let promised = pending.map_or(0, |pending| pending.plan.quotient.limbs);
        raise_hint(&mut self.frame, promised);
        self.hints = self.hints.saturating_sub(1);
    }

    /// Packs the 64 digits on top, which must be from 0 to 15, digit 0 deepest, into a register.
    pub fn input(&mut self) -> Register {
        self.flush();
        self.frame.script.push(pack_digits());
        self.frame.height -= DIGITS - LIMBS;
        self.new_register()
    }

    /// Makes a register of the thirteen items on top, which must be in the range of limbs, limb 0 deepest: what
    /// [`pack_digits`] has left.
    pub fn limbs(&mut self) -> Register {
        self.flush();
        self.new_register()
    }

    /// The place of a register's first limb.
    fn place(&self, register: Register) -> Result<usize, RegisterError> {
        let mut known = self.registers.iter();
        let index = known.position(|other| *other == register);
        match index {
            Some(index) if !self.forgotten.contains(&register) => Ok(LIMBS * index),
            _ => Err(RegisterError::Forgotten),
        }
    }

    /// Fails unless a register holds an element of the field, from 0 to p - 1.
    ///
    /// # Errors
    /// If it is not in use any more.
    pub fn canonical(&mut self, register: Register) -> Result<(), RegisterError> {
        self.flush();
        let place = self.place(register)?;
        require_not_negative(&mut self.frame, place);
        require_below(&mut self.frame, place, &limbs(&Element::new(&modulus())?));
        Ok(())
    }

    /// Removes a register from the stack.
    pub fn forget(&mut self, register: Register) {
        let Ok(place) = self.place(register) else {
            return;
        };
        let pending = self.pending.as_ref();
        if pending.is_some_and(|pending| pending.registers.contains(&register)) {
            self.forgotten.push(register);
            return;
        }
        self.raise(register, place);
        self.frame.cut(self.frame.height - LIMBS);
    }

    /// Moves a register's limbs to the top, out of the machine's care.
    fn raise(&mut self, register: Register, place: usize) {
        if place + LIMBS < self.frame.height {
            for _ in 0..LIMBS {
                self.frame.raise(place);
            }
        }
        self.registers.retain(|other| *other != register);
    }

    /// Copies limbs to the top, in the order of the registers, limb 0 deepest in each.
    ///
    /// # Errors
    /// If one is not in use any more.
    pub fn fetch(&mut self, registers: &[Register]) -> Result<(), RegisterError> {
        self.flush();
        for register in registers {
            let place = self.place(*register)?;
            for limb in 0..LIMBS {
                self.frame.copy(place + limb);
            }
        }
        Ok(())
    }

    /// Moves limbs to the top, in the order of the registers, limb 0 deepest in each: the last use of the registers.
    ///
    /// # Errors
    /// If one is not in use any more.
    pub fn release(&mut self, registers: &[Register]) -> Result<(), RegisterError> {
        self.flush();
        for register in registers {
            let place = self.place(*register)?;
            self.raise(*register, place);
        }
        Ok(())
    }

    /// Fails unless a relation holds modulo p, for the values that `register` gives registers for. The next hints are a quotient, see
    /// [`quotient_items`](super::quotient_items).
    ///
    /// Of two relations that follow each other, what both need is made once: the two coordinates of a product in Fq2 have all
    /// their digits and tables in common. That needs more stack; without it they are written one by one.
    ///
    /// # Errors
    /// If a register is not in use any more.
    pub fn relation(
        &mut self,
        relation: &Planned,
        register: &dyn Fn(Value) -> Register,
    ) -> Result<(), RegisterError> {
        let next = relation.placed(register);
        for register in &next.registers {
            self.place(*register)?;
        }
        let limbs = relation.quotient_limbs();
        self.pending = match self.pending.take() {
            None => Some(next),
            Some(pending) => {
                let pair = [pending, next];
                let schedule = Schedule::new(&plans(&pair));
                let promised = self.hints + pair[0].plan.quotient.limbs;
                let height = promised + self.frame.height + self.others;
                let most = height + schedule.most_items();
                if schedule.shares() && most <= MAX_STACK {
                    self.write(&pair, &schedule);
                    None
                } else {
                    let [pending, next] = pair;
                    self.write_alone(pending);
                    Some(next)
                }
            }
        };
        self.hints = self.hints.saturating_sub(limbs);
        Ok(())
    }

    /// Writes the relation that has not been written.
    fn flush(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.write_alone(pending);
        }
    }

    fn write_alone(&mut self, relation: Placed) {
        let relations = [relation];
        self.write(&relations, &Schedule::new(&plans(&relations)));
    }

    fn write(&mut self, relations: &[Placed], schedule: &Schedule) {
        let registers = &self.registers;
        let index = |number: usize| {
            let index = registers.iter().position(|register| register.0 == number);
            index.unwrap_or(0)
        };
        let limbs = |value: Value| {
            let place = LIMBS * index(value.0);
            std::array::from_fn(|limb| place + limb)
        };
        let write = |frame: &mut Frame| {
            require(
                frame,
                &plans(relations),
                schedule,
                &limbs,
                &|frame, plan| {
                    take_quotient(frame, plan.quotient);
                },
            );
        };
        match self.known {
            None => write(&mut self.frame),
            Some(known) => {
                let height = self.frame.height;
                let placed = relations.iter().map(|relation| {
                    let registers = relation.registers.iter();
                    let places = registers.map(|register| index(register.0));
                    (relation.identity, places.collect())
                });
                let extent = known.of((placed.collect(), height), || {
                    let mut frame = Frame::new(height);
                    write(&mut frame);
                    Extent::of(&frame.script)
                });
                self.measure(extent);
            }
        }
        for register in std::mem::take(&mut self.forgotten) {
            self.forget(register);
        }
    }

    /// Fails unless a relation does not hold modulo p. The next hints are what it leaves and a quotient, see
    /// [`refutation_items`](super::refutation_items).
    ///
    /// # Errors
    /// As [`relation`](Self::relation).
    pub fn claim_false(
        &mut self,
        relation: &Refuted,
        register: &dyn Fn(Value) -> Register,
    ) -> Result<(), RegisterError> {
        self.flush();
        let remainder = self.take();
        self.canonical(remainder)?;
        let place = self.place(remainder)?;
        require_not_zero(&mut self.frame, place);
        self.relation(relation.with_remainder(), &|value| match value {
            REMAINDER => remainder,
            _ => register(value),
        })?;
        self.flush();
        self.forget(remainder);
        Ok(())
    }

    /// The row that digits choose: one or two items on top, each from 0 to 15, the less significant one deepest, are taken.
    ///
    /// # Errors
    /// If the table has not a row for each choice, or holds what is no element.
    pub fn lookup(&mut self, lookup: &Lookup) -> Result<[Register; 2], RegisterError> {
        self.flush();
        self.frame.script.push(lookup::script(lookup)?);
        self.frame.height = self.frame.height + 2 * LIMBS - lookup.digits;
        Ok([self.new_register(), self.new_register()])
    }
}

/// The plans of relations.
fn plans(relations: &[Placed]) -> Vec<&Plan> {
    relations.iter().map(|relation| &relation.plan).collect()
}

/// Moves the deepest item of the stack but for so many to the top.
fn raise_hint(frame: &mut Frame, below: usize) {
    frame.script.push_op(Op::Depth);
    match below {
        0 => frame.script.push_op(Op::OneSub),
        _ => {
            frame.script.push_int(below as i64 + 1);
            frame.script.push_op(Op::Sub);
        }
    }
    frame.script.push_op(Op::Roll);
    frame.height += 1;
}

/// Moves a quotient of the spender to the top, limb 0 deepest. Every limb is brought into its range.
fn take_quotient(frame: &mut Frame, quotient: Quotient) {
    let (least, most) = quotient.range();
    for _ in 0..quotient.limbs {
        raise_hint(frame, 0);
        clamp(frame, (least, most));
    }
}

/// Packs 64 digits, which must be from 0 to 15: `.. [digits, digit 0 deepest] -> .. [limbs, limb 0 deepest]`.
pub fn pack_digits() -> Script {
    let mut frame = Frame::new(DIGITS);
    for limb in (0..LIMBS).rev() {
        for _ in 1..limb_digits(limb) {
            frame.shift();
            frame.ops(&[Op::Add]);
        }
        frame.number(offset(limb_digits(limb)));
        frame.ops(&[Op::Sub]);
        frame.save(1);
    }
    frame.restore(LIMBS);
    frame.script
}

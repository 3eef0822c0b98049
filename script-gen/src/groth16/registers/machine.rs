//! The machine: registers on the stack, and what is written for each of them.

use super::RegisterError;
use super::digits::push_addresses;
use super::hints::{REMAINDER, limb_order, with_remainder};
use super::limb::{LIMBS, limb_digits, limb_range, limbs, offset};
use super::lookup;
use super::plan::{Plan, Quotient};
use super::product::Addresses;
use super::relation::{Operands, clamp, require};
use crate::bn254::frame::Frame;
use crate::bn254::{DIGITS, Element, modulus};
use crate::groth16::program::{Lookup, Relation, Value};
use crate::script::{Op, Script};

/// An element on the machine's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register(usize);

/// What a block of items is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// The limbs of a register, limb 0 deepest.
    Limbs(Register),
    /// The addresses of its digits.
    Addresses(Register),
}

impl Block {
    fn items(self) -> usize {
        match self {
            Self::Limbs(_) => LIMBS,
            Self::Addresses(_) => DIGITS,
        }
    }
}

/// A script under construction. See the [module](super).
#[derive(Clone, Debug)]
pub struct Machine {
    /// Heights are counted above the hints.
    frame: Frame,
    hints: usize,
    others: usize,
    /// What is on the stack, deepest first.
    blocks: Vec<Block>,
    registers: usize,
}

impl Machine {
    /// A machine that begins with `hints` items of the spender on the stack and `others` items on the altstack.
    pub fn new(hints: usize, others: usize) -> Self {
        Self {
            frame: Frame::new(0),
            hints,
            others,
            blocks: vec![],
            registers: 0,
        }
    }

    /// Items that are on stack and altstack together.
    pub fn height(&self) -> usize {
        self.hints + self.frame.height + self.others
    }

    /// The script so far.
    pub fn script(self) -> Script {
        self.frame.script
    }

    /// Appends a script that takes items from the top, leaves others there and does not change what is on the altstack.
    pub fn append(&mut self, script: &Script, takes: usize, leaves: usize) {
        self.frame.script.push(script);
        self.frame.height = (self.frame.height + leaves).saturating_sub(takes);
    }

    /// Moves items from the altstack to the top.
    pub fn restore(&mut self, items: usize) {
        self.frame.restore(items);
        self.others = self.others.saturating_sub(items);
    }

    /// Moves items from the top to the altstack.
    pub fn save(&mut self, items: usize) {
        self.frame.save(items);
        self.others += items;
    }

    fn new_register(&mut self) -> Register {
        let register = Register(self.registers);
        self.registers += 1;
        self.blocks.push(Block::Limbs(register));
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
        raise_hint(&mut self.frame);
        self.hints = self.hints.saturating_sub(1);
    }

    /// Packs the 64 digits on top, which must be from 0 to 15, digit 0 deepest, into a register.
    pub fn input(&mut self) -> Register {
        self.frame.script.push(pack_digits());
        self.frame.height -= DIGITS - LIMBS;
        self.new_register()
    }

    /// Makes a register of the thirteen items on top, which must be in the range of limbs, limb 0 deepest: what
    /// [`pack_digits`] has left.
    pub fn limbs(&mut self) -> Register {
        self.new_register()
    }

    /// The place of a block's first item.
    fn place(&self, block: Block) -> Option<usize> {
        let index = self.blocks.iter().position(|other| *other == block)?;
        Some(self.blocks[..index].iter().map(|block| block.items()).sum())
    }

    fn limbs_place(&self, register: Register) -> Result<usize, RegisterError> {
        let place = self.place(Block::Limbs(register));
        place.ok_or(RegisterError::Forgotten)
    }

    /// Fails unless a register holds an element of the field, from 0 to p - 1.
    ///
    /// # Errors
    /// If it is not in use any more.
    pub fn canonical(&mut self, register: Register) -> Result<(), RegisterError> {
        let place = self.limbs_place(register)?;
        require_not_negative(&mut self.frame, place);
        require_below(&mut self.frame, place, &limbs(&Element::new(&modulus())?));
        Ok(())
    }

    /// Keeps the digits of a register on the stack, 64 items more, so that products need not find them again.
    ///
    /// # Errors
    /// If it is not in use any more.
    pub fn expand(&mut self, register: Register) -> Result<(), RegisterError> {
        let place = self.limbs_place(register)?;
        if self.place(Block::Addresses(register)).is_none() {
            let limbs = std::array::from_fn(|limb| place + limb);
            push_addresses(&mut self.frame, limbs, DIGITS);
            self.blocks.push(Block::Addresses(register));
        }
        Ok(())
    }

    /// Removes what [`expand`](Self::expand) has put on the stack.
    pub fn collapse(&mut self, register: Register) {
        self.remove(Block::Addresses(register));
    }

    /// Removes a register from the stack.
    pub fn forget(&mut self, register: Register) {
        self.collapse(register);
        self.remove(Block::Limbs(register));
    }

    fn remove(&mut self, block: Block) {
        if self.raise(block) {
            self.frame.cut(self.frame.height - block.items());
        }
    }

    /// Moves a block to the top, out of the machine's care.
    fn raise(&mut self, block: Block) -> bool {
        let Some(place) = self.place(block) else {
            return false;
        };
        if place + block.items() < self.frame.height {
            for _ in 0..block.items() {
                self.frame.raise(place);
            }
        }
        self.blocks.retain(|other| *other != block);
        true
    }

    /// Copies limbs to the top, in the order of the registers, limb 0 deepest in each.
    ///
    /// # Errors
    /// If one is not in use any more.
    pub fn fetch(&mut self, registers: &[Register]) -> Result<(), RegisterError> {
        for register in registers {
            let place = self.limbs_place(*register)?;
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
        for register in registers {
            self.collapse(*register);
            if !self.raise(Block::Limbs(*register)) {
                return Err(RegisterError::Forgotten);
            }
        }
        Ok(())
    }

    /// Fails unless a relation holds modulo p, for the values that `register` gives registers for. The next hints are a quotient, see
    /// [`quotient_items`](super::quotient_items).
    ///
    /// # Errors
    /// If a register is not in use any more, or the relation has no script.
    pub fn relation(
        &mut self,
        relation: &Relation,
        register: &dyn Fn(Value) -> Register,
    ) -> Result<(), RegisterError> {
        let plan = Plan::new(relation)?;
        for value in relation.values() {
            self.limbs_place(register(value))?;
        }
        let blocks = self.blocks.clone();
        let place = |block: Block| {
            let index = blocks.iter().position(|other| *other == block)?;
            Some(
                blocks[..index]
                    .iter()
                    .map(|block| block.items())
                    .sum::<usize>(),
            )
        };
        let operands = Operands {
            limbs: &|value| {
                let start = place(Block::Limbs(register(value))).unwrap_or(0);
                std::array::from_fn(|limb| start + limb)
            },
            addresses: &|value| {
                Some(Addresses {
                    start: place(Block::Addresses(register(value)))?,
                    digits: DIGITS,
                })
            },
        };
        require(&mut self.frame, &plan, &operands, |frame| {
            take_quotient(frame, plan.quotient);
        });
        self.hints = self.hints.saturating_sub(plan.quotient.limbs);
        Ok(())
    }

    /// Fails unless a relation does not hold modulo p. The next hints are what it leaves and a quotient, see
    /// [`refutation_items`](super::refutation_items).
    ///
    /// # Errors
    /// As [`relation`](Self::relation).
    pub fn claim_false(
        &mut self,
        relation: &Relation,
        register: &dyn Fn(Value) -> Register,
    ) -> Result<(), RegisterError> {
        let remainder = self.take();
        self.canonical(remainder)?;
        let place = self.limbs_place(remainder)?;
        require_not_zero(&mut self.frame, place);
        self.relation(&with_remainder(relation), &|value| match value {
            REMAINDER => remainder,
            _ => register(value),
        })?;
        self.forget(remainder);
        Ok(())
    }

    /// The row that digits choose: one or two items on top, each from 0 to 15, the less significant one deepest, are taken.
    ///
    /// # Errors
    /// If the table has not a row for each choice, or holds what is no element.
    pub fn lookup(&mut self, lookup: &Lookup) -> Result<[Register; 2], RegisterError> {
        self.frame.script.push(lookup::script(lookup)?);
        self.frame.height = self.frame.height + 2 * LIMBS - lookup.digits;
        Ok([self.new_register(), self.new_register()])
    }
}

/// Moves the deepest item of the stack to the top.
fn raise_hint(frame: &mut Frame) {
    for op in [Op::Depth, Op::OneSub, Op::Roll] {
        frame.script.push_op(op);
    }
    frame.height += 1;
}

/// Moves a quotient of the spender to the top, limb 0 deepest. Every limb is brought into its range.
fn take_quotient(frame: &mut Frame, quotient: Quotient) {
    let (least, most) = quotient.range();
    for _ in 0..quotient.limbs {
        raise_hint(frame);
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

// A comparison of signed limbs is one of integers, because every limb takes each residue of its range once: the lower limbs
// decide where the upper ones are equal. So `below' = (limb < bound + below)` from limb 0 upwards.

/// Fails if the number at a place is below zero.
fn require_not_negative(frame: &mut Frame, place: usize) {
    frame.copy(place);
    frame.number(0);
    frame.ops(&[Op::LessThan]);
    for limb in 1..LIMBS {
        frame.copy(place + limb);
        frame.ops(&[Op::GreaterThan]);
    }
    frame.ops(&[Op::Not, Op::Verify]);
}

/// Fails unless the number at a place is below a bound.
fn require_below(frame: &mut Frame, place: usize, bound: &[i64; LIMBS]) {
    for (limb, bound) in bound.iter().enumerate() {
        if limb > 0 {
            frame.number(*bound);
            frame.ops(&[Op::Add]);
            frame.copy(place + limb);
            frame.ops(&[Op::GreaterThan]);
        } else {
            frame.copy(place);
            frame.number(*bound);
            frame.ops(&[Op::LessThan]);
        }
    }
    frame.ops(&[Op::Verify]);
}

/// Fails if the number at a place is zero.
fn require_not_zero(frame: &mut Frame, place: usize) {
    for limb in 0..LIMBS {
        frame.copy(place + limb);
        if limb > 0 {
            frame.ops(&[Op::BoolOr]);
        }
    }
    frame.ops(&[Op::Verify]);
}

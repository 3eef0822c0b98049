//! One opcode after the other.

use bitcoin::hashes::{Hash, hash160, ripemd160, sha1, sha256, sha256d};

use super::{Context, Failure, MAX_STACK, Outcome, Reason, Rules};
use crate::script::{MAX_ELEMENT, MAX_OPERAND_BYTES, Op, Script, encode_number};

pub(super) struct Machine<'a> {
    code: &'a [u8],
    rules: Rules,
    stack: Vec<Vec<u8>>,
    alt: Vec<Vec<u8>>,
    /// For each open branch whether it runs.
    branches: Vec<bool>,
    peak: usize,
    executed: usize,
    position: usize,
}

/// A decoded instruction.
enum Step<'a> {
    Push(&'a [u8]),
    Small(i64),
    Op(Op),
}

/// Bitcoin's notion of truth: any non-zero byte, but for a sign alone.
pub(super) fn truth(item: &[u8]) -> bool {
    match item.split_last() {
        None => false,
        Some((last, rest)) => rest.iter().any(|byte| *byte != 0) || last & 0x7f != 0,
    }
}

impl<'a> Machine<'a> {
    pub(super) fn new(code: &'a [u8], stack: Vec<Vec<u8>>, rules: Rules) -> Self {
        let peak = stack.len();
        Self {
            code,
            rules,
            stack,
            alt: vec![],
            branches: vec![],
            peak,
            executed: 0,
            position: 0,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn outcome(&self) -> Outcome {
        Outcome {
            peak_stack: self.peak,
            executed: self.executed,
            stack: self.stack.clone(),
        }
    }

    pub(super) fn run(&mut self, context: &impl Context) -> Result<(), Failure> {
        if self.stack.len() > MAX_STACK {
            return Err(self.fail(None, Reason::StackSize));
        }
        if self.stack.iter().any(|item| item.len() > MAX_ELEMENT) {
            return Err(self.fail(None, Reason::PushSize));
        }
        while !self.code.is_empty() {
            let step = self.decode().map_err(|reason| self.fail(None, reason))?;
            let op = if let Step::Op(op) = step {
                Some(op)
            } else {
                None
            };
            self.step(step, context)
                .map_err(|reason| self.fail(op, reason))?;
            self.peak = self.peak.max(self.stack.len() + self.alt.len());
            if self.stack.len() + self.alt.len() > MAX_STACK {
                return Err(self.fail(op, Reason::StackSize));
            }
            self.position += 1;
        }
        if self.branches.is_empty() {
            Ok(())
        } else {
            Err(self.fail(None, Reason::UnbalancedConditional))
        }
    }

    fn fail(&self, op: Option<Op>, reason: Reason) -> Failure {
        Failure {
            at: self.position,
            op,
            reason,
        }
    }

    fn decode(&mut self) -> Result<Step<'a>, Reason> {
        let code = self.code;
        let (first, rest) = code.split_first().ok_or(Reason::BadOpcode)?;
        let (len, rest) = match first {
            0 => (0, rest),
            1..=0x4b => (usize::from(*first), rest),
            0x4c => rest
                .split_first()
                .map(|(len, rest)| (usize::from(*len), rest))
                .ok_or(Reason::BadOpcode)?,
            0x4d => match rest {
                [low, high, rest @ ..] => (usize::from(u16::from_le_bytes([*low, *high])), rest),
                _ => return Err(Reason::BadOpcode),
            },
            0x4f | 0x51..=0x60 => {
                self.code = rest;
                return Ok(Step::Small(i64::from(*first) - 0x50));
            }
            _ => {
                self.code = rest;
                return Op::from_code(*first).map(Step::Op).ok_or(Reason::BadOpcode);
            }
        };
        let (bytes, rest) = rest.split_at_checked(len).ok_or(Reason::BadOpcode)?;
        if len > MAX_ELEMENT {
            return Err(Reason::PushSize);
        }
        let mut shortest = Script::new();
        shortest.push_bytes(bytes);
        if self.rules == Rules::Standard && shortest.len() != code.len() - rest.len() {
            return Err(Reason::MinimalData);
        }
        self.code = rest;
        Ok(Step::Push(bytes))
    }

    fn running(&self) -> bool {
        self.branches.iter().all(|runs| *runs)
    }

    fn step(&mut self, step: Step<'_>, context: &impl Context) -> Result<(), Reason> {
        let control = matches!(step, Step::Op(Op::If | Op::NotIf | Op::Else | Op::EndIf));
        if !self.running() && !control {
            return Ok(());
        }
        self.executed += 1;
        match step {
            Step::Push(bytes) => self.stack.push(bytes.to_vec()),
            Step::Small(value) => self.push_number(value),
            Step::Op(op) if control => self.branch(op)?,
            Step::Op(op) => self.op(op, context)?,
        }
        Ok(())
    }

    fn branch(&mut self, op: Op) -> Result<(), Reason> {
        match op {
            Op::Else => {
                let last = self
                    .branches
                    .last_mut()
                    .ok_or(Reason::UnbalancedConditional)?;
                *last = !*last;
            }
            Op::EndIf => {
                self.branches.pop().ok_or(Reason::UnbalancedConditional)?;
            }
            _ if !self.running() => self.branches.push(false),
            _ => {
                let condition = match self.pop()?.as_slice() {
                    [] => false,
                    [1] => true,
                    _ => return Err(Reason::MinimalIf),
                };
                self.branches.push(condition == (op == Op::If));
            }
        }
        Ok(())
    }

    fn pop(&mut self) -> Result<Vec<u8>, Reason> {
        self.stack.pop().ok_or(Reason::InvalidStackOperation)
    }

    fn at_depth(&self, depth: usize) -> Result<usize, Reason> {
        self.stack
            .len()
            .checked_sub(depth + 1)
            .ok_or(Reason::InvalidStackOperation)
    }

    fn copy(&mut self, depth: usize) -> Result<(), Reason> {
        let item = self.stack[self.at_depth(depth)?].clone();
        self.stack.push(item);
        Ok(())
    }

    fn raise(&mut self, depth: usize) -> Result<(), Reason> {
        let place = self.at_depth(depth)?;
        let item = self.stack.remove(place);
        self.stack.push(item);
        Ok(())
    }

    fn push_number(&mut self, value: i64) {
        self.stack.push(encode_number(value));
    }

    fn push_bool(&mut self, value: bool) {
        self.push_number(value.into());
    }

    /// Reads a number of at most `longest` bytes.
    fn number(&self, bytes: &[u8], longest: usize) -> Result<i64, Reason> {
        if bytes.len() > longest {
            return Err(Reason::ScriptNumber);
        }
        let mut value: i64 = 0;
        for (place, byte) in bytes.iter().enumerate() {
            value |= i64::from(*byte) << (8 * place);
        }
        if let Some(top) = bytes.last()
            && top & 0x80 != 0
        {
            value = -(value & !(0x80i64 << (8 * (bytes.len() - 1))));
        }
        if self.rules == Rules::Standard && encode_number(value) != bytes {
            return Err(Reason::ScriptNumber);
        }
        Ok(value)
    }

    fn pop_number(&mut self) -> Result<i64, Reason> {
        let bytes = self.pop()?;
        self.number(&bytes, MAX_OPERAND_BYTES)
    }

    /// Replaces the top number.
    fn unary(&mut self, f: impl FnOnce(i64) -> i64) -> Result<(), Reason> {
        let value = self.pop_number()?;
        self.push_number(f(value));
        Ok(())
    }

    /// Replaces the two top numbers.
    fn binary(&mut self, f: impl FnOnce(i64, i64) -> i64) -> Result<(), Reason> {
        self.at_depth(1)?;
        let (b, a) = (self.pop_number()?, self.pop_number()?);
        self.push_number(f(a, b));
        Ok(())
    }

    fn hash<H: AsRef<[u8]>>(&mut self, f: impl FnOnce(&[u8]) -> H) -> Result<(), Reason> {
        let item = self.pop()?;
        self.stack.push(f(&item).as_ref().to_vec());
        Ok(())
    }

    fn verify(&mut self, reason: Reason) -> Result<(), Reason> {
        if truth(&self.pop()?) {
            Ok(())
        } else {
            Err(reason)
        }
    }

    /// `OP_CHECKSIG` and its kin: an empty signature is a no, any other has to be valid.
    fn signature(
        &self,
        signature: &[u8],
        key: &[u8],
        context: &impl Context,
    ) -> Result<bool, Reason> {
        if key.len() != 32 {
            return Err(Reason::PublicKeyType);
        }
        if signature.is_empty() {
            return Ok(false);
        }
        if context.check_signature(signature, key) {
            Ok(true)
        } else {
            Err(Reason::Signature)
        }
    }

    fn op(&mut self, op: Op, context: &impl Context) -> Result<(), Reason> {
        match op {
            Op::If | Op::NotIf | Op::Else | Op::EndIf => {}
            Op::Verify => self.verify(Reason::Verify)?,
            Op::ToAltStack => {
                let item = self.pop()?;
                self.alt.push(item);
            }
            Op::FromAltStack => {
                let item = self.alt.pop().ok_or(Reason::InvalidAltstackOperation)?;
                self.stack.push(item);
            }
            Op::TwoDrop => {
                self.at_depth(1)?;
                self.stack.truncate(self.stack.len() - 2);
            }
            Op::TwoDup => (0..2).try_for_each(|_| self.copy(1))?,
            Op::ThreeDup => (0..3).try_for_each(|_| self.copy(2))?,
            Op::TwoOver => (0..2).try_for_each(|_| self.copy(3))?,
            Op::TwoRot => (0..2).try_for_each(|_| self.raise(5))?,
            Op::TwoSwap => (0..2).try_for_each(|_| self.raise(3))?,
            Op::Depth => self.push_number(self.stack.len() as i64),
            Op::Drop => drop(self.pop()?),
            Op::Dup => self.copy(0)?,
            Op::Nip => {
                let place = self.at_depth(1)?;
                self.stack.remove(place);
            }
            Op::Over => self.copy(1)?,
            Op::Pick | Op::Roll => {
                self.at_depth(1)?;
                let depth = usize::try_from(self.pop_number()?)
                    .map_err(|_| Reason::InvalidStackOperation)?;
                if op == Op::Pick {
                    self.copy(depth)?
                } else {
                    self.raise(depth)?
                }
            }
            Op::Rot => self.raise(2)?,
            Op::Swap => self.raise(1)?,
            Op::Tuck => {
                let place = self.at_depth(1)?;
                let top = self.stack[place + 1].clone();
                self.stack.insert(place, top);
            }
            Op::Size => {
                let len = self.stack[self.at_depth(0)?].len();
                self.push_number(len as i64);
            }
            Op::Equal | Op::EqualVerify => {
                self.at_depth(1)?;
                let equal = self.pop()? == self.pop()?;
                self.push_bool(equal);
                if op == Op::EqualVerify {
                    self.verify(Reason::EqualVerify)?;
                }
            }
            Op::OneAdd => self.unary(|a| a + 1)?,
            Op::OneSub => self.unary(|a| a - 1)?,
            Op::Negate => self.unary(|a| -a)?,
            Op::Abs => self.unary(i64::abs)?,
            Op::Not => self.unary(|a| (a == 0).into())?,
            Op::ZeroNotEqual => self.unary(|a| (a != 0).into())?,
            Op::Add => self.binary(|a, b| a + b)?,
            Op::Sub => self.binary(|a, b| a - b)?,
            Op::BoolAnd => self.binary(|a, b| (a != 0 && b != 0).into())?,
            Op::BoolOr => self.binary(|a, b| (a != 0 || b != 0).into())?,
            Op::NumEqual => self.binary(|a, b| (a == b).into())?,
            Op::NumEqualVerify => {
                self.binary(|a, b| (a == b).into())?;
                self.verify(Reason::NumEqualVerify)?;
            }
            Op::NumNotEqual => self.binary(|a, b| (a != b).into())?,
            Op::LessThan => self.binary(|a, b| (a < b).into())?,
            Op::GreaterThan => self.binary(|a, b| (a > b).into())?,
            Op::LessThanOrEqual => self.binary(|a, b| (a <= b).into())?,
            Op::GreaterThanOrEqual => self.binary(|a, b| (a >= b).into())?,
            Op::Min => self.binary(i64::min)?,
            Op::Max => self.binary(i64::max)?,
            Op::Within => {
                self.at_depth(2)?;
                let (high, low, value) =
                    (self.pop_number()?, self.pop_number()?, self.pop_number()?);
                self.push_bool(low <= value && value < high);
            }
            Op::Ripemd160 => self.hash(ripemd160::Hash::hash)?,
            Op::Sha1 => self.hash(sha1::Hash::hash)?,
            Op::Sha256 => self.hash(sha256::Hash::hash)?,
            Op::Hash160 => self.hash(hash160::Hash::hash)?,
            Op::Hash256 => self.hash(sha256d::Hash::hash)?,
            Op::CheckSig | Op::CheckSigVerify => {
                self.at_depth(1)?;
                let (key, signature) = (self.pop()?, self.pop()?);
                let valid = self.signature(&signature, &key, context)?;
                self.push_bool(valid);
                if op == Op::CheckSigVerify {
                    self.verify(Reason::Verify)?;
                }
            }
            Op::CheckSigAdd => {
                self.at_depth(2)?;
                let (key, count, signature) = (self.pop()?, self.pop_number()?, self.pop()?);
                let valid = self.signature(&signature, &key, context)?;
                self.push_number(count + i64::from(valid));
            }
            Op::CheckLockTime | Op::CheckSequence => {
                let value = self.number(&self.stack[self.at_depth(0)?], MAX_OPERAND_BYTES + 1)?;
                let reached = match op {
                    Op::CheckLockTime => context.check_lock_time(value),
                    _ => context.check_sequence(value),
                };
                if value < 0 || !reached {
                    return Err(Reason::UnsatisfiedLocktime);
                }
            }
        }
        Ok(())
    }
}

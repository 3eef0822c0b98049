//! A small interpreter of tapscript that says what happens: for tests, measurements and auditors.
//!
//! It judges nothing by itself: tests hold it against Bitcoin Core, which only answers yes or no, and use it to learn at which
//! opcode a script failed and why, and how high its stack grew.

mod machine;

use crate::script::Op;
use machine::Machine;

/// Which of Bitcoin Core's rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// What a block may contain.
    Consensus,
    /// What the default mempool relays: numbers and pushes are minimal, too.
    Standard,
}

/// The limit on stack and altstack together, after every opcode.
pub const MAX_STACK: usize = 1000;

/// What a script that ended well did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The most items that stack and altstack held together, the initial stack included.
    pub peak_stack: usize,
    /// Opcodes and pushes that ran.
    pub executed: usize,
    /// The stack at the end, bottom first.
    pub stack: Vec<Vec<u8>>,
}

/// Why and where a script failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("opcode {at} ({}): {reason}", .op.map_or("push or end", Op::name))]
pub struct Failure {
    /// How many opcodes and pushes stand before the one that failed; their number if the script ended.
    pub at: usize,
    /// The opcode, `None` for a push or the end of the script.
    pub op: Option<Op>,
    /// What was wrong.
    pub reason: Reason,
}

/// What can be wrong. The names follow Bitcoin Core's `ScriptError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Too few items, or an index outside the stack.
    #[error("too few items on the stack, or an index outside of it")]
    InvalidStackOperation,
    /// The altstack is empty.
    #[error("the altstack is empty")]
    InvalidAltstackOperation,
    /// A number longer than four bytes or, where it matters, not minimal.
    #[error("an operand is no number of at most four bytes")]
    ScriptNumber,
    /// `OP_VERIFY` of a false value.
    #[error("a condition does not hold")]
    Verify,
    /// `OP_EQUALVERIFY` of different items.
    #[error("two items are not equal")]
    EqualVerify,
    /// `OP_NUMEQUALVERIFY` of different numbers.
    #[error("two numbers are not equal")]
    NumEqualVerify,
    /// The argument of `OP_IF` or `OP_NOTIF` is neither empty nor 1.
    #[error("a condition is neither empty nor 1")]
    MinimalIf,
    /// `OP_ELSE`, `OP_ENDIF` or the end of the script without its `OP_IF`, or the reverse.
    #[error("branches are not balanced")]
    UnbalancedConditional,
    /// More than [`MAX_STACK`] items.
    #[error("more than 1000 items on stack and altstack")]
    StackSize,
    /// An element of more than 520 bytes.
    #[error("an element of more than 520 bytes")]
    PushSize,
    /// A push that is not the shortest.
    #[error("a push is not minimal")]
    MinimalData,
    /// A byte that is no opcode of [`Op`], or a push beyond the end.
    #[error("an opcode that no leaf may use")]
    BadOpcode,
    /// A signature that is not empty and not valid.
    #[error("a signature is not valid")]
    Signature,
    /// A public key that is not 32 bytes.
    #[error("a public key is not 32 bytes")]
    PublicKeyType,
    /// The transaction's lock times do not satisfy the script.
    #[error("a lock time has not been reached")]
    UnsatisfiedLocktime,
    /// The script ended with a false or an empty stack.
    #[error("the script ends with false")]
    EvalFalse,
    /// The script ended with more than one item.
    #[error("the script leaves more than its result")]
    CleanStack,
}

/// What a script asks about the transaction that it runs in.
pub trait Context {
    /// Whether `signature` (64 or 65 bytes) is valid for the x-only `key` (32 bytes).
    fn check_signature(&self, signature: &[u8], key: &[u8]) -> bool;
    /// Whether the transaction's lock time has reached `value`.
    fn check_lock_time(&self, value: i64) -> bool;
    /// Whether the input's relative lock time has reached `value`.
    fn check_sequence(&self, value: i64) -> bool;
}

/// No transaction: every signature and lock time is refused.
#[derive(Clone, Copy, Debug)]
pub struct NoTransaction;

impl Context for NoTransaction {
    fn check_signature(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn check_lock_time(&self, _: i64) -> bool {
        false
    }

    fn check_sequence(&self, _: i64) -> bool {
        false
    }
}

/// Runs a whole leaf: `stack` is the witness without script and control block, bottom first. The script has to end with
/// exactly one true item.
pub fn run(
    script: &[u8],
    stack: Vec<Vec<u8>>,
    rules: Rules,
    context: &impl Context,
) -> Result<Outcome, Failure> {
    let mut machine = Machine::new(script, stack, rules);
    machine.run(context)?;
    let outcome = machine.outcome();
    let failed = |reason| {
        Err(Failure {
            at: machine.position(),
            op: None,
            reason,
        })
    };
    match outcome.stack.as_slice() {
        [result] if machine::truth(result) => Ok(outcome),
        [] | [_] => failed(Reason::EvalFalse),
        _ => failed(Reason::CleanStack),
    }
}

/// Runs a part of a leaf without a judgement on what it leaves. Items left on the altstack are an error of the caller's.
pub fn run_part(
    script: &[u8],
    stack: Vec<Vec<u8>>,
    rules: Rules,
    context: &impl Context,
) -> Result<Outcome, Failure> {
    let mut machine = Machine::new(script, stack, rules);
    machine.run(context)?;
    Ok(machine.outcome())
}

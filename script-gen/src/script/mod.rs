//! The assembler: a typed sequence of opcodes and pushes, and the [`script!`](crate::script!) macro.
//!
//! A [`Script`] can only hold opcodes of [`Op`] and pushes, and pushes are always encoded minimally, so what it serialises
//! to is standard tapscript by construction. What construction cannot promise (element sizes, stack shape, ranges) is
//! proved afterwards by the analysis.

mod element;
mod macros;
mod number;
mod op;

pub use element::Element;
pub use number::{MAX_OPERAND, MAX_OPERAND_BYTES, decode_number, encode_number};
pub use op::{Op, names};

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bitcoin::ScriptBuf;

/// The longest stack element, in bytes.
pub const MAX_ELEMENT: usize = 520;

/// One opcode or push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An opcode.
    Op(Op),
    /// A push of a number.
    Int(i64),
    /// A push of a byte string.
    Bytes(Box<[u8]>),
}

impl Item {
    /// The bytes that a push leaves on the stack, `None` for an opcode.
    pub fn pushed(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Item::Op(_) => None,
            Item::Int(value) => Some(Cow::Owned(encode_number(*value))),
            Item::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Item::Op(op) => out.push(op.code()),
            Item::Int(value @ 0..=16) => out.push(small_number_code(*value as u8)),
            Item::Int(value) => encode_push(&encode_number(*value), out),
            Item::Bytes(bytes) => encode_push(bytes, out),
        }
    }

    fn encoded_len(&self) -> usize {
        let bytes_len = |bytes: &[u8]| match bytes {
            [] | [1..=16] | [0x81] => 1,
            _ => match bytes.len() {
                len @ 0..=0x4b => len + 1,
                len @ 0x4c..=0xff => len + 2,
                len => len + 3,
            },
        };
        match self {
            Item::Op(_) | Item::Int(-1..=16) => 1,
            Item::Int(value) => 1 + number_len(*value),
            Item::Bytes(bytes) => bytes_len(bytes),
        }
    }
}

/// Bytes of a number that is not 0: its bits and one for the sign.
const fn number_len(value: i64) -> usize {
    let bits = u64::BITS - value.unsigned_abs().leading_zeros();
    bits as usize / 8 + 1
}

/// `OP_0`, or `OP_1` to `OP_16`.
const fn small_number_code(value: u8) -> u8 {
    const OP_RESERVED: u8 = 0x50;
    if value == 0 { 0 } else { OP_RESERVED + value }
}

fn encode_push(bytes: &[u8], out: &mut Vec<u8>) {
    const OP_PUSHDATA1: u8 = 0x4c;
    const OP_PUSHDATA2: u8 = 0x4d;
    const OP_1NEGATE: u8 = 0x4f;
    match bytes {
        [] => out.push(0),
        [value @ 1..=16] => out.push(small_number_code(*value)),
        [0x81] => out.push(OP_1NEGATE),
        _ => {
            match bytes.len() {
                len @ 0..=0x4b => out.push(len as u8),
                len @ 0x4c..=0xff => out.extend([OP_PUSHDATA1, len as u8]),
                len => {
                    out.push(OP_PUSHDATA2);
                    out.extend((len as u16).to_le_bytes());
                }
            }
            out.extend_from_slice(bytes);
        }
    }
}

/// A remark on a place in a script: it costs no byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Where the items that follow come from, for whoever reads the script.
    Label(Cow<'static, str>),
    /// The `OP_PICK` or `OP_ROLL` at this place reads a table: its index, counted in places below the top with the index
    /// itself removed, lies in this range. The analysis has to prove it.
    Table(Range<usize>),
    /// The arithmetic opcode at this place is itself a check: an operand longer than four bytes ends the script here, and
    /// that is meant. Behind it the analysis takes its operands to be numbers of at most four bytes, as the interpreter does.
    Limit,
}

/// A tapscript under construction, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    items: Vec<Item>,
    marks: Vec<(usize, Mark)>,
    len: usize,
}

impl Script {
    /// The empty script.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opcodes and pushes in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Marks in order of the item that they stand before.
    pub fn marks(&self) -> &[(usize, Mark)] {
        &self.marks
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Appends one opcode or push.
    pub fn push_item(&mut self, item: Item) {
        self.len += item.encoded_len();
        self.items.push(item);
    }

    /// Appends an opcode.
    pub fn push_op(&mut self, op: Op) {
        self.push_item(Item::Op(op));
    }

    /// Appends a push of a number.
    pub fn push_int(&mut self, value: i64) {
        self.push_item(Item::Int(value));
    }

    /// Appends a push of a byte string. One that is longer than [`MAX_ELEMENT`] is refused by the analysis.
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        self.push_item(Item::Bytes(bytes.into()));
    }

    /// Appends anything that [`script!`](crate::script!) accepts.
    pub fn push(&mut self, element: impl Element) {
        element.append_to(self);
    }

    /// Appends a copy of `other`, with its marks.
    pub fn extend(&mut self, other: &Script) {
        let offset = self.items.len();
        self.items.extend_from_slice(&other.items);
        self.marks.extend(
            other
                .marks
                .iter()
                .map(|(at, mark)| (at + offset, mark.clone())),
        );
        self.len += other.len;
    }

    fn append(&mut self, other: Script) {
        if self.items.is_empty() && self.marks.is_empty() {
            *self = other;
            return;
        }
        let offset = self.items.len();
        self.items.extend(other.items);
        self.marks.extend(
            other
                .marks
                .into_iter()
                .map(|(at, mark)| (at + offset, mark)),
        );
        self.len += other.len;
    }

    /// Puts a mark before the next item.
    pub fn mark(&mut self, mark: Mark) {
        self.marks.push((self.items.len(), mark));
    }

    /// The same script, with a label before its first item.
    pub fn labelled(mut self, label: impl Into<Cow<'static, str>>) -> Self {
        self.marks.insert(0, (0, Mark::Label(label.into())));
        self
    }

    /// The serialised script.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len);
        for item in &self.items {
            item.encode(&mut out);
        }
        debug_assert_eq!(out.len(), self.len);
        out
    }

    /// The serialised script as rust-bitcoin knows it.
    pub fn to_script_buf(&self) -> ScriptBuf {
        ScriptBuf::from_bytes(self.to_bytes())
    }
}

/// `OP_PICK` from a table: the index on the stack has to lie in `places`, counted below the top after the index is removed.
pub fn pick_from(places: Range<usize>) -> Script {
    table_access(Op::Pick, places)
}

/// `OP_ROLL` from a table: the index on the stack has to lie in `places`, counted below the top after the index is removed.
pub fn roll_from(places: Range<usize>) -> Script {
    table_access(Op::Roll, places)
}

/// An arithmetic opcode that ends the script if an operand is longer than four bytes, which the analysis would else refuse.
pub fn limit(op: Op) -> Script {
    let mut script = Script::new();
    script.mark(Mark::Limit);
    script.push_op(op);
    script
}

fn table_access(op: Op, places: Range<usize>) -> Script {
    let mut script = Script::new();
    script.mark(Mark::Table(places));
    script.push_op(op);
    script
}

/// Copies the item `depth` places below the top, in the shortest way.
pub fn pick(depth: usize) -> Script {
    let mut script = Script::new();
    match depth {
        0 => script.push_op(Op::Dup),
        1 => script.push_op(Op::Over),
        _ => {
            script.push(depth);
            script.push_op(Op::Pick);
        }
    }
    script
}

/// Moves the item `depth` places below the top, in the shortest way.
pub fn roll(depth: usize) -> Script {
    let mut script = Script::new();
    match depth {
        0 => {}
        1 => script.push_op(Op::Swap),
        2 => script.push_op(Op::Rot),
        _ => {
            script.push(depth);
            script.push_op(Op::Roll);
        }
    }
    script
}

/// Removes `count` items.
pub fn drop_items(count: usize) -> Script {
    let mut script = Script::new();
    for _ in 0..count / 2 {
        script.push_op(Op::TwoDrop);
    }
    if count % 2 == 1 {
        script.push_op(Op::Drop);
    }
    script
}

impl From<Script> for ScriptBuf {
    fn from(script: Script) -> Self {
        script.to_script_buf()
    }
}

impl FromIterator<Script> for Script {
    fn from_iter<I: IntoIterator<Item = Script>>(parts: I) -> Self {
        let mut script = Script::new();
        for part in parts {
            script.append(part);
        }
        script
    }
}

/// Opcodes and pushes separated by spaces; every label starts a line of its own.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut marks = self.marks.iter().peekable();
        for (at, item) in self.items.iter().enumerate() {
            let mut separator = if at == 0 { "" } else { " " };
            while let Some((_, mark)) = marks.next_if(|(place, _)| *place <= at) {
                if let Mark::Label(label) = mark {
                    let start = if at == 0 { "" } else { "\n" };
                    writeln!(f, "{start}# {label}")?;
                    separator = "";
                }
            }
            f.write_str(separator)?;
            match item {
                Item::Op(op) => f.write_str(op.name())?,
                Item::Int(value) => write!(f, "{value}")?,
                Item::Bytes(bytes) => {
                    f.write_str("<")?;
                    for byte in bytes {
                        write!(f, "{byte:02x}")?;
                    }
                    f.write_str(">")?;
                }
            }
        }
        Ok(())
    }
}

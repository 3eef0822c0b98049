//! The assembler: a typed sequence of opcodes and pushes, and the [`script!`](crate::script!) macro.
//!
//! A [`Script`] can only hold opcodes of [`Op`] and pushes, and pushes are always encoded minimally, so what it serialises
//! to is standard tapscript by construction. What construction cannot promise (element sizes, stack shape, ranges) is
//! proved afterwards by the analysis.

mod element;
mod item;
mod macros;
mod number;
mod op;

pub use element::Element;
pub use item::{Item, Items};
pub use number::{MAX_OPERAND, MAX_OPERAND_BYTES, decode_number, encode_number};
pub use op::{Op, names};

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bitcoin::ScriptBuf;
use element::Written;

/// The longest stack element, in bytes.
pub const MAX_ELEMENT: usize = 520;

/// A remark on the opcode at a place in a script: it costs no byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The `OP_PICK` or `OP_ROLL` reads a table: its index, counted in places below the top with the index itself removed, lies
    /// from `first` on and below `end`. The analysis has to prove it.
    Table {
        /// The first place.
        first: u16,
        /// The place after the last one.
        end: u16,
    },
    /// The arithmetic opcode is itself a check: an operand longer than four bytes ends the script here, and that is meant. Behind
    /// it the analysis takes its operands to be numbers of at most four bytes, as the interpreter does.
    Limit,
}

impl Mark {
    /// A table at these places. Those that no stack has are the analysis' to refuse.
    pub fn table(places: Range<usize>) -> Self {
        let place = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        Self::Table {
            first: place(places.start),
            end: place(places.end),
        }
    }
}

/// A tapscript under construction, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// As the script is serialised.
    bytes: Vec<u8>,
    marks: Vec<(u32, Mark)>,
    labels: Vec<(usize, Cow<'static, str>)>,
}

impl Script {
    /// The empty script.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opcodes and pushes in order, each with its place: the number of bytes before it.
    pub fn items(&self) -> Items<'_> {
        Items::new(&self.bytes)
    }

    /// Marks in order, each with the place of its opcode.
    pub fn marks(&self) -> &[(u32, Mark)] {
        &self.marks
    }

    /// What parts of the script are called, each with the place of the part's first item, in order.
    pub fn labels(&self) -> &[(usize, Cow<'static, str>)] {
        &self.labels
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Appends one opcode or push.
    pub fn push_item(&mut self, item: Item<'_>) {
        item.encode(&mut self.bytes);
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
        self.push_item(Item::Bytes(bytes));
    }

    /// Appends anything that [`script!`](crate::script!) accepts.
    pub fn push(&mut self, element: impl Element) {
        element.append_to(self);
    }

    /// Appends a copy of `other`, with its marks.
    pub fn extend(&mut self, other: &Script) {
        let (offset, start) = (self.bytes.len(), self.place());
        self.bytes.extend_from_slice(&other.bytes);
        let marks = other.marks.iter();
        self.marks
            .extend(marks.map(|(at, mark)| (at + start, *mark)));
        let labels = other.labels.iter();
        self.labels
            .extend(labels.map(|(at, label)| (at + offset, label.clone())));
    }

    fn append(&mut self, other: Script) {
        if self.is_empty() && self.labels.is_empty() {
            *self = other;
        } else {
            self.extend(&other);
        }
    }

    /// The place of the next item. No script is longer than a block.
    fn place(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Appends an opcode with a mark.
    pub fn push_marked(&mut self, op: Op, mark: Mark) {
        self.marks.push((self.place(), mark));
        self.push_op(op);
    }

    /// The same script, with a label before its first item.
    pub fn labelled(mut self, label: impl Into<Cow<'static, str>>) -> Self {
        self.labels.insert(0, (0, label.into()));
        self
    }

    /// The serialised script.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A copy of the serialised script.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// The serialised script as rust-bitcoin knows it.
    pub fn to_script_buf(&self) -> ScriptBuf {
        ScriptBuf::from_bytes(self.to_bytes())
    }
}

/// `OP_PICK` from a table: the index on the stack has to lie in `places`, counted below the top after the index is removed.
pub fn pick_from(places: Range<usize>) -> impl Element {
    Written(|script: &mut Script| script.push_marked(Op::Pick, Mark::table(places)))
}

/// `OP_ROLL` from a table: the index on the stack has to lie in `places`, counted below the top after the index is removed.
pub fn roll_from(places: Range<usize>) -> impl Element {
    Written(|script: &mut Script| script.push_marked(Op::Roll, Mark::table(places)))
}

/// An arithmetic opcode that ends the script if an operand is longer than four bytes, which the analysis would else refuse.
pub fn limit(op: Op) -> impl Element {
    Written(move |script: &mut Script| script.push_marked(op, Mark::Limit))
}

/// Copies the item `depth` places below the top, in the shortest way.
pub fn pick(depth: usize) -> impl Element {
    Written(move |script: &mut Script| match depth {
        0 => script.push_op(Op::Dup),
        1 => script.push_op(Op::Over),
        _ => {
            script.push(depth);
            script.push_op(Op::Pick);
        }
    })
}

/// Moves the item `depth` places below the top, in the shortest way.
pub fn roll(depth: usize) -> impl Element {
    Written(move |script: &mut Script| match depth {
        0 => {}
        1 => script.push_op(Op::Swap),
        2 => script.push_op(Op::Rot),
        _ => {
            script.push(depth);
            script.push_op(Op::Roll);
        }
    })
}

/// Removes `count` items.
pub fn drop_items(count: usize) -> impl Element {
    Written(move |script: &mut Script| {
        (0..count / 2).for_each(|_| script.push_op(Op::TwoDrop));
        (0..count % 2).for_each(|_| script.push_op(Op::Drop));
    })
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
        let mut labels = self.labels.iter().peekable();
        for (at, item) in self.items() {
            let mut separator = if at == 0 { "" } else { " " };
            while let Some((_, label)) = labels.next_if(|(place, _)| *place <= at) {
                let start = if at == 0 { "" } else { "\n" };
                writeln!(f, "{start}# {label}")?;
                separator = "";
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

//! Enough of an assembler and a linker for generated tests: words from operands, and a static executable around them.

use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;

/// Where the code lies.
pub(crate) const CODE: u32 = 0x0040_0000;
/// Where the memory lies that the program writes to its output at its end; its start is for loads and stores.
pub(crate) const DATA: u32 = 0x1000_0000;

pub(crate) type Register = u32;
pub(crate) const ZERO: Register = 0;
pub(crate) const V0: Register = 2;
pub(crate) const A0: Register = 4;
pub(crate) const A1: Register = 5;
pub(crate) const A2: Register = 6;

const EXIT_GROUP: u32 = 4246;
const WRITE: u32 = 4004;

/// A program under construction.
pub(crate) struct Code {
    order: ByteOrder,
    words: Vec<u32>,
}

impl Code {
    pub(crate) fn new(order: ByteOrder) -> Code {
        Code {
            order,
            words: Vec::new(),
        }
    }

    /// The address of the next instruction.
    pub(crate) fn here(&self) -> u32 {
        CODE + 4 * self.words.len() as u32
    }

    /// The instructions so far.
    pub(crate) fn words(&self) -> &[u32] {
        &self.words
    }

    /// An instruction with register fields; `rest` is or-ed into the word (a constant, a shift amount).
    pub(crate) fn put(&mut self, op: Op, rd: Register, rs: Register, rt: Register, rest: u32) {
        let word = op.encoding().bits | rs << 21 | rt << 16 | rd << 11 | rest;
        assert_eq!(Op::decode(word), Some(op), "{word:#010x}");
        self.words.push(word);
    }

    /// An instruction with a 16-bit constant.
    pub(crate) fn immediate(&mut self, op: Op, rt: Register, rs: Register, constant: u16) {
        self.put(op, 0, rs, rt, u32::from(constant));
    }

    pub(crate) fn nop(&mut self) {
        self.words.push(0);
    }

    /// Loads a constant: always two instructions.
    pub(crate) fn load(&mut self, register: Register, value: u32) {
        self.immediate(Op::Lui, register, ZERO, (value >> 16) as u16);
        self.immediate(Op::Ori, register, register, value as u16);
    }

    /// The executable: at its end it writes the first `length` bytes of its data and exits with code 0.
    pub(crate) fn finish(mut self, length: u32) -> Vec<u8> {
        self.load(V0, WRITE);
        self.load(A0, 1);
        self.load(A1, DATA);
        self.load(A2, length);
        self.put(Op::Syscall, 0, 0, 0, 0);
        self.load(V0, EXIT_GROUP);
        self.load(A0, 0);
        self.put(Op::Syscall, 0, 0, 0, 0);
        executable(self.order, &self.words, length)
    }
}

/// An ELF32 executable with two segments: the code, and `data` zero bytes.
fn executable(order: ByteOrder, code: &[u32], data: u32) -> Vec<u8> {
    const HEADERS: u32 = 52 + 2 * 32;
    const PAGE: u32 = 0x1_0000;
    const MIPS32R2_O32: u32 = 0x7000_1000;
    let (class, version, mips, exec) = (1, 1, 8, 2);
    let (load, read_write, read_execute) = (1, 6, 5);
    let length = 4 * code.len() as u32;
    let half = |high: u32, low: u32| match order {
        ByteOrder::Big => high << 16 | low,
        ByteOrder::Little => low << 16 | high,
    };
    let mut elf = vec![0x7f, b'E', b'L', b'F', class, 0, version, 0];
    elf[5] = if order == ByteOrder::Little { 1 } else { 2 };
    elf.resize(16, 0);
    let file_header = [
        half(exec, mips),
        u32::from(version),
        CODE,
        52,
        0,
        MIPS32R2_O32,
        half(52, 32),
        half(2, 40),
        0,
    ];
    let segments = [
        [load, PAGE, CODE, CODE, length, length, read_execute, PAGE],
        [load, PAGE, DATA, DATA, 0, data, read_write, PAGE],
    ];
    for &word in file_header.iter().chain(segments.as_flattened()) {
        elf.extend(order.bytes(word));
    }
    assert_eq!(elf.len() as u32, HEADERS);
    elf.resize(PAGE as usize, 0);
    elf.extend(code.iter().flat_map(|&word| order.bytes(word)));
    elf
}

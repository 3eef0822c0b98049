//! The guest: reads the input from standard input and writes the verified statement, or the reason of the rejection.
//! Exit code 0: verified; 1: rejected; 2: the input cannot be read.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

mod groth16;

use core::arch::{asm, global_asm};
use core::fmt::{self, Write};
use groth16::{MAX_INPUT_BYTES, verify};

// The o32 ABI wants 16 bytes above the stack pointer for the arguments of the callee.
global_asm!(
    ".globl __start",
    "__start:",
    "addiu $sp, $sp, -32",
    "jal run",
    "nop",
);

const EXIT_GROUP: u32 = 4246;
const READ: u32 = 4003;
const WRITE: u32 = 4004;

/// A Linux call; the error flag in a3 turns the result into -1.
fn linux(number: u32, a: u32, b: *mut u8, c: usize) -> i32 {
    let (result, failed): (i32, u32);
    // SAFETY: the calls used here touch memory only at `b`, which lives in the caller with at least `c` bytes.
    unsafe {
        asm!(
            "syscall",
            inlateout("$2") number => result,
            in("$4") a,
            in("$5") b,
            in("$6") c,
            lateout("$7") failed,
            lateout("$8") _, lateout("$9") _, lateout("$10") _, lateout("$11") _, lateout("$12") _,
            lateout("$13") _, lateout("$14") _, lateout("$15") _, lateout("$24") _, lateout("$25") _,
            lateout("$3") _,
        );
    }
    if failed == 0 { result } else { -1 }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(101)
}

fn exit(code: u32) -> ! {
    loop {
        linux(EXIT_GROUP, code, core::ptr::null_mut(), 0);
    }
}

/// Standard output.
struct Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match linux(WRITE, 1, rest.as_ptr().cast_mut(), rest.len()) {
                count if count > 0 => rest = &rest[count as usize..],
                _ => return Err(fmt::Error),
            }
        }
        Ok(())
    }
}

/// Reads until the buffer is full or the input ends.
fn fill(buffer: &mut [u8]) -> usize {
    let mut length = 0;
    while length < buffer.len() {
        let rest = &mut buffer[length..];
        match linux(READ, 0, rest.as_mut_ptr(), rest.len()) {
            0 => break,
            count if count > 0 => length += count as usize,
            _ => exit(2),
        }
    }
    length
}

/// A digest in hexadecimal.
struct Hex([u8; 32]);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

/// One byte more than the longest input, so that a longer one is seen to be longer. Pages that are not read into cost nothing.
static mut INPUT: [u8; MAX_INPUT_BYTES + 1] = [0; MAX_INPUT_BYTES + 1];

#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    // SAFETY: `run` is called once, and nothing else uses the buffer.
    let buffer = unsafe { &mut *core::ptr::addr_of_mut!(INPUT) };
    let length = fill(buffer);
    let (written, code) = match verify(&buffer[..length]) {
        Ok(statement) => {
            let (key, public) = (Hex(statement.key), Hex(statement.public));
            (writeln!(Output, "verified\nkey {key}\npublic {public}"), 0)
        }
        Err(rejection) => (writeln!(Output, "rejected: {rejection}"), 1),
    };
    exit(if written.is_ok() { code } else { 2 })
}

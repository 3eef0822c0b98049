//! Linux calls of the o32 ABI.

use core::arch::{asm, global_asm};
use core::fmt::{self, Display, Write};

use crate::Verdict;

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

/// Ends the program.
pub fn exit(code: u32) -> ! {
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

/// Reads standard input until the buffer is full or the input ends; gives the number of bytes. None if it cannot be read.
pub fn fill(buffer: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    while length < buffer.len() {
        let rest = &mut buffer[length..];
        match linux(READ, 0, rest.as_mut_ptr(), rest.len()) {
            0 => break,
            count if count > 0 => length += count as usize,
            _ => return None,
        }
    }
    Some(length)
}

/// Writes what a verifier says and ends the program with its exit code, or with 2 if it cannot be written.
pub fn finish(verdict: Verdict<impl Display, impl Display>) -> ! {
    let written = write!(Output, "{verdict}");
    exit(if written.is_ok() {
        verdict.exit_code()
    } else {
        2
    })
}

//! The guest: reads the input from standard input and writes the verified statement, or the reason of the rejection.
//! Exit code 0: verified; 1: rejected; 2: the input cannot be read.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

mod groth16;

use gavel_guest::{Verdict, exit, fill, finish};
use groth16::{FORMAT, verify};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(101)
}

/// One byte more than the longest input, so that a longer one is seen to be longer. Pages that are not read into cost nothing.
static mut INPUT: [u8; FORMAT.max_bytes + 1] = [0; FORMAT.max_bytes + 1];

#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    // SAFETY: `run` is called once, and nothing else uses the buffer.
    let buffer = unsafe { &mut *core::ptr::addr_of_mut!(INPUT) };
    let Some(length) = fill(buffer) else { exit(2) };
    finish(Verdict(verify(&buffer[..length])))
}

//! The guest: reads the input from standard input and writes the verified statement, or the reason of the rejection.
//! Exit code 0: verified; 1: rejected; 2: the input cannot be read.
#![no_std]
#![no_main]

extern crate alloc;

mod poseidon;
mod verifier;

use gavel_guest::{Heap, Verdict, exit, fill, finish};
use verifier::{FORMAT, STOPPED, check};

/// Several times what a proof of the longest circuit takes.
#[global_allocator]
static HEAP: Heap<{ 64 << 20 }> = Heap::new();

/// plonky2 stops at circuits that contradict themselves; so does an allocation that does not fit.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    finish(Verdict(Err::<&str, _>(STOPPED)))
}

getrandom::register_custom_getrandom!(no_random_numbers);

/// There are none, and the verifier wants none.
fn no_random_numbers(_: &mut [u8]) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}

/// One byte more than the longest input, so that a longer one is seen to be longer. Pages that are not read into cost nothing.
static mut INPUT: [u8; FORMAT.max_bytes + 1] = [0; FORMAT.max_bytes + 1];

#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    // SAFETY: `run` is called once, and nothing else uses the buffer.
    let buffer = unsafe { &mut *core::ptr::addr_of_mut!(INPUT) };
    let Some(length) = fill(buffer) else { exit(2) };
    finish(Verdict(check(&buffer[..length])))
}

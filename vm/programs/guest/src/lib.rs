//! What a guest program without a standard library needs of its system: an entry point, input, output, an end and a heap.
//!
//! The program defines `extern "C" fn run() -> !`, which the entry point calls.
#![no_std]
#![feature(asm_experimental_arch)]

mod heap;
mod hex;
mod linux;

pub use heap::Heap;
pub use hex::Hex;
pub use linux::{Output, exit, fill};

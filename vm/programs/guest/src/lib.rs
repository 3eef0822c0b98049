//! What guest programs in Rust share: an entry point, input, output, an end and a heap for programs without a standard library, and
//! the format of an input that consists of several parts.
//!
//! The program defines `extern "C" fn run() -> !`, which the entry point calls. Whatever needs the machine is there on MIPS alone;
//! the rest is for the host, too, which makes inputs and tests programs.
//!
//! ```
//! use gavel_guest::{Format, joined};
//!
//! const FORMAT: Format<2> = Format { parts: ["key", "proof"], max_bytes: 100 };
//! let input: Vec<u8> = joined(&[b"k", b"p"]).collect();
//! assert_eq!(FORMAT.split(&input), Ok([&b"k"[..], b"p"]));
//! ```
#![no_std]
// System calls and a global allocator are nothing else: each place has its argument.
#![allow(unsafe_code)]
#![cfg_attr(target_arch = "mips", feature(asm_experimental_arch))]

mod heap;
mod hex;
mod input;
#[cfg(target_arch = "mips")]
mod linux;
mod sha256;
mod verdict;

pub use heap::Heap;
pub use hex::Hex;
pub use input::{Format, InputError, joined};
#[cfg(target_arch = "mips")]
pub use linux::{exit, fill, finish};
pub use sha256::Sha256;
pub use verdict::Verdict;

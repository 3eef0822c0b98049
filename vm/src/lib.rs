//! A MIPS32 machine that runs real programs and commits to every step.
//!
//! The machine executes the integer instructions of MIPS32 release 2 in both byte orders and has no system calls of
//! its own: SYSCALL enters a supervisor, a small program in guest memory. What is committed, and how, is specified in
//! `docs/protocol.md`.
//!
//! - [`isa`]: the instructions, declared once; [`execute`]: what each does.
//! - [`elf`], [`image`]: from an executable to the initial state; [`address`]: what lies where.
//! - [`memory`], [`machine`]: the state and the loop that runs it; [`step`]: one step and its words.
//! - [`digest`]: the trees and the state digest; [`witness`]: what a party may have to reveal about a step.
//! - [`trace`]: the digests and witnesses of a claim; [`fault`]: a machine that lies about it.
//! - [`supervisor`]: the guest code that serves Linux calls.
//! - [`symbols`], [`profile`]: a program's functions, and the steps that each takes.
//!
//! ```
//! use gavel_vm::{image::Image, machine::Machine, memory::ByteOrder};
//!
//! // li $v0, 4001 (exit); li $a0, 7; syscall
//! let image = Image::bare(ByteOrder::Big, 0x1_0000, &[0x2402_0fa1, 0x2404_0007, 0x0000_000c])?;
//! let outcome = Machine::new(&image, b"")?.run(1_000)?;
//! assert_eq!(outcome.exit_code, 7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod address;
mod code;
pub mod digest;
pub mod elf;
pub mod execute;
pub mod fault;
pub mod image;
pub mod isa;
pub mod machine;
pub mod memory;
mod page_table;
pub mod profile;
mod snapshot;
pub mod step;
pub mod supervisor;
pub mod symbols;
pub mod trace;
pub mod witness;

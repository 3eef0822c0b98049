//! The supervisor: guest code that serves the Linux calls of C, Rust and Go programs.
//!
//! SYSCALL enters it at [`SUPERVISOR`](crate::address::SUPERVISOR). Its source and the script that reproduces the two
//! images are in `vm/supervisor`; what a program may expect of it is this:
//!
//! - Calls: memory (brk, mmap, munmap, mprotect, madvise), threads (clone, futex, exit, nanosleep, sched_yield), clocks,
//!   signals as far as they are registered, standard input, output and error, pipes, eventfd, epoll, and the small
//!   questions that a runtime asks at its start. Another call ends the run with
//!   [`Stop::UnknownSystemCall`](crate::machine::Stop::UnknownSystemCall).
//! - Standard input is the input region, standard output is appended to the output region. Standard error is kept
//!   apart, outside of the claim: [`standard_error`]. No file exists.
//! - Threads are cooperative and run on one processor: they switch when one blocks, ends or yields, and at the first
//!   call after ten million steps. A thread that makes no call keeps the machine: nothing preempts it. When all wait
//!   without a time limit: [`Stop::Deadlock`](crate::machine::Stop::Deadlock).
//! - Every clock shows nanoseconds since the start, one a step; it jumps to the next deadline when all threads wait.
//! - Random numbers are the same in every run. A key made inside the machine is no secret.
//! - A thousand reads after the end of the input end the run with
//!   [`Stop::InputExhausted`](crate::machine::Stop::InputExhausted): such a program would never end by itself.
//! - More than 64 threads at a time, or more than 1024 separate ranges of mapped memory, end the run with
//!   [`Stop::MemoryExhausted`](crate::machine::Stop::MemoryExhausted). An mmap that finds no room returns ENOMEM as on Linux.
//! - There is no memory protection: an access through a null pointer reads zeros instead of raising SIGSEGV, and no
//!   signal is delivered.
//!
//! ```
//! use gavel_vm::{image::Image, machine::Machine, memory::ByteOrder, supervisor};
//!
//! let elf = include_bytes!("../programs/elf/c-crc32-be.elf");
//! let image = Image::new(elf, &supervisor::linux(ByteOrder::Big), &["crc32"])?;
//! let outcome = Machine::new(&image, b"123456789")?.run(100_000)?;
//! assert_eq!(outcome.output, b"cbf43926\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::image::SupervisorImage;
use crate::memory::{ByteOrder, Memory};

const BIG: &[u8] = include_bytes!("../supervisor/supervisor-be.bin");
const LITTLE: &[u8] = include_bytes!("../supervisor/supervisor-le.bin");

/// Where the supervisor keeps standard error: the length in bytes, an unused word, then the bytes.
pub const LOG: u32 = 0x8800_0000;
/// Bytes that fit into standard error; a write beyond them fails with ENOSPC.
pub const LOG_CAPACITY: u32 = (1 << 24) - 8;

/// The supervisor that serves Linux calls, in the given byte order.
pub fn linux(order: ByteOrder) -> SupervisorImage {
    SupervisorImage::from_static(
        order,
        match order {
            ByteOrder::Big => BIG,
            ByteOrder::Little => LITTLE,
        },
    )
}

/// What the program has written to standard error so far.
pub fn standard_error(memory: &Memory) -> Vec<u8> {
    let length = memory.load(LOG).min(LOG_CAPACITY);
    memory.read_bytes(LOG + 8, length as usize)
}

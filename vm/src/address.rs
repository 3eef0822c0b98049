//! The address map: what lies where in the machine's four gigabytes.

/// Where SYSCALL goes, and the first address of the supervisor's image.
pub const SUPERVISOR: u32 = 0x8000_0000;
/// A machine whose pc is here has ended: this address has no successor.
pub const HALT: u32 = 0x8000_0010;
/// The thread pointer, which RDHWR $29 reads.
pub const ULR: u32 = 0x8000_0020;
/// The first address after the program's segments, page-aligned, where the supervisor's `brk` starts. Written by the loader.
pub const PROGRAM_BREAK: u32 = 0x8000_0030;
/// Three words that say why the supervisor stopped: a reason ([`Stop`](crate::machine::Stop)), a system call number and a pc.
pub const STOP_RECORD: u32 = 0x8000_0040;
/// First address after the supervisor's image and private data.
pub const SUPERVISOR_END: u32 = 0x9000_0000;
/// Input region: the length in bytes, then the bytes.
pub const INPUT: u32 = 0xa000_0000;
/// Output region: the length in bytes, the exit code, then the bytes.
pub const OUTPUT: u32 = 0xb000_0000;
/// Bytes in the input and in the output region, as a power of two.
pub const REGION_BITS: u32 = 28;
/// The longest input, in bytes.
pub const INPUT_CAPACITY: u32 = (1 << REGION_BITS) - 4;
/// The longest output, in bytes.
pub const OUTPUT_CAPACITY: u32 = (1 << REGION_BITS) - 8;
/// The first address above the initial stack, one page below the end of user memory as on Linux.
pub const STACK_TOP: u32 = 0x7fff_f000;
/// Bytes below [`STACK_TOP`] that no program segment may use.
pub const STACK_RESERVED: u32 = 8 << 20;

//! The initial state of the machine: a program, its supervisor and its stack.

use crate::address::{
    INPUT, INPUT_CAPACITY, PROGRAM_BREAK, STACK_RESERVED, STACK_TOP, SUPERVISOR, SUPERVISOR_END,
};
use crate::elf::{Elf, ElfError};
use crate::execute::{Cpu, Registers};
use crate::memory::{ByteOrder, Memory, MemoryFull, PAGE_BITS};

/// Pages of memory (4 KiB each) that a program may write unless told otherwise: 1 GiB.
pub const DEFAULT_PAGE_LIMIT: usize = 1 << 18;

/// Bytes that AT_RANDOM points to. A machine whose runs can be disputed has no randomness: it is a constant.
const RANDOM: [u8; 16] = *b"gavel machine v1";
const STACK_POINTER: usize = 29;

/// Why there is no initial state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The program is not a static MIPS executable.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// The supervisor was built for the other byte order.
    #[error("the supervisor is {supervisor:?}-endian, the program {program:?}-endian")]
    ByteOrder {
        /// The supervisor's.
        supervisor: ByteOrder,
        /// The program's.
        program: ByteOrder,
    },
    /// The supervisor does not fit into its region.
    #[error("the supervisor has {length} bytes, more than its region")]
    SupervisorTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The arguments fill more than half of the reserved stack.
    #[error("the arguments have {length} bytes, more than the stack takes")]
    ArgumentsTooLong {
        /// Their length in bytes.
        length: usize,
    },
    /// The input does not fit into its region.
    #[error("the input has {length} bytes, the input region takes {INPUT_CAPACITY}")]
    InputTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Image and input touch more pages than the memory may have.
    #[error("the program and its input do not fit: {0}")]
    MemoryFull(#[from] MemoryFull),
}

/// The supervisor's bytes as they lie in memory from [`SUPERVISOR`] on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupervisorImage {
    order: ByteOrder,
    bytes: Vec<u8>,
}

impl SupervisorImage {
    /// A supervisor from its memory image.
    ///
    /// # Errors
    /// [`ImageError::SupervisorTooLong`] if it does not fit into the supervisor's region.
    pub fn new(order: ByteOrder, bytes: &[u8]) -> Result<SupervisorImage, ImageError> {
        if bytes.len() > (SUPERVISOR_END - SUPERVISOR) as usize {
            return Err(ImageError::SupervisorTooLong {
                length: bytes.len(),
            });
        }
        Ok(SupervisorImage {
            order,
            bytes: bytes.to_vec(),
        })
    }

    /// A supervisor that is part of this crate.
    pub(crate) fn from_static(order: ByteOrder, bytes: &'static [u8]) -> SupervisorImage {
        SupervisorImage {
            order,
            bytes: bytes.to_vec(),
        }
    }

    /// The smallest supervisor: every system call is `exit`, with the exit code in a0. For bare programs, which write
    /// the output region themselves.
    pub fn exit_only(order: ByteOrder) -> SupervisorImage {
        let code = [
            0x3c1b_b000u32, // lui $k1, 0xb000
            0x0800_0004,    // j HALT
            0xaf64_0004,    // sw $a0, 4($k1)
        ];
        SupervisorImage {
            order,
            bytes: code.iter().flat_map(|&word| order.bytes(word)).collect(),
        }
    }

    /// Its byte order.
    pub fn order(&self) -> ByteOrder {
        self.order
    }
}

/// The initial state without input: what the constant BOOT of a game commits to.
#[derive(Clone, Debug)]
pub struct Image {
    pub(crate) cpu: Cpu,
    pub(crate) gpr: Registers,
    pub(crate) memory: Memory,
}

impl Image {
    /// Loads a static executable, places the supervisor and builds a Linux-style stack for `args` (the first is the
    /// program's name) with no environment.
    ///
    /// # Errors
    /// [`ImageError`]: see its variants.
    pub fn new(
        elf: &[u8],
        supervisor: &SupervisorImage,
        args: &[&str],
    ) -> Result<Image, ImageError> {
        let elf = Elf::parse(elf)?;
        if elf.order != supervisor.order {
            return Err(ImageError::ByteOrder {
                supervisor: supervisor.order,
                program: elf.order,
            });
        }
        let mut memory = Memory::new(elf.order, DEFAULT_PAGE_LIMIT);
        for segment in &elf.segments {
            memory.write_bytes(segment.address, segment.bytes)?;
        }
        memory.write_bytes(SUPERVISOR, &supervisor.bytes)?;
        let page = 1 << PAGE_BITS;
        memory.store(PROGRAM_BREAK, u32::MAX, elf.end().next_multiple_of(page))?;
        let mut gpr = [0; 32];
        gpr[STACK_POINTER] = build_stack(&mut memory, &elf, args)?;
        Ok(Image {
            cpu: entry(elf.entry),
            gpr,
            memory,
        })
    }

    /// A bare program: `code` at `address`, entered there, with an empty stack and the [exit-only](SupervisorImage::exit_only) supervisor.
    /// Code at the supervisor's addresses replaces it.
    ///
    /// # Errors
    /// [`ImageError::MemoryFull`] if the code does not fit.
    pub fn bare(order: ByteOrder, address: u32, code: &[u32]) -> Result<Image, ImageError> {
        let mut memory = Memory::new(order, DEFAULT_PAGE_LIMIT);
        memory.write_bytes(SUPERVISOR, &SupervisorImage::exit_only(order).bytes)?;
        for (i, &word) in code.iter().enumerate() {
            memory.store(address.wrapping_add(4 * i as u32), u32::MAX, word)?;
        }
        let mut gpr = [0; 32];
        gpr[STACK_POINTER] = STACK_TOP;
        Ok(Image {
            cpu: entry(address),
            gpr,
            memory,
        })
    }

    /// The same image with another limit on the pages of 4 KiB that may be written, its own included.
    #[must_use]
    pub fn with_page_limit(mut self, pages: usize) -> Image {
        self.memory.set_page_limit(pages);
        self
    }

    /// The byte order of the program.
    pub fn order(&self) -> ByteOrder {
        self.memory.order()
    }

    /// The memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The general registers.
    pub fn registers(&self) -> &Registers {
        &self.gpr
    }

    /// The other registers.
    pub fn cpu(&self) -> Cpu {
        self.cpu
    }

    /// The memory with `input` in the input region.
    pub(crate) fn memory_with_input(&self, input: &[u8]) -> Result<Memory, ImageError> {
        if input.len() > INPUT_CAPACITY as usize {
            return Err(ImageError::InputTooLong {
                length: input.len(),
            });
        }
        let mut memory = self.memory.clone();
        if !input.is_empty() {
            memory.store(INPUT, u32::MAX, input.len() as u32)?;
            memory.write_bytes(INPUT + 4, input)?;
        }
        Ok(memory)
    }
}

fn entry(pc: u32) -> Cpu {
    Cpu {
        pc,
        next_pc: pc.wrapping_add(4),
        hi: 0,
        lo: 0,
    }
}

/// Writes argc, argv, envp, auxv and the strings below [`STACK_TOP`]; gives the stack pointer.
fn build_stack(memory: &mut Memory, elf: &Elf<'_>, args: &[&str]) -> Result<u32, ImageError> {
    let length: usize = args.iter().map(|arg| arg.len() + 1 + 4).sum();
    if length > (STACK_RESERVED / 2) as usize {
        return Err(ImageError::ArgumentsTooLong { length });
    }
    let mut at = STACK_TOP - RANDOM.len() as u32;
    let random = at;
    memory.write_bytes(random, &RANDOM)?;
    let mut pointers = Vec::with_capacity(args.len());
    for arg in args {
        at -= arg.len() as u32 + 1;
        // The byte after the string is the zero that ends it: the page was empty.
        memory.write_bytes(at, arg.as_bytes())?;
        pointers.push(at);
    }
    let (headers, header_count) = elf.program_headers;
    // Linux's names: AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY, AT_UID, AT_EUID, AT_GID,
    // AT_EGID, AT_HWCAP, AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_EXECFN, AT_NULL.
    let auxiliary = [
        (3, headers),
        (4, 32),
        (5, header_count),
        (6, 1 << PAGE_BITS),
        (7, 0),
        (8, 0),
        (9, elf.entry),
        (11, 0),
        (12, 0),
        (13, 0),
        (14, 0),
        (16, 0),
        (17, 100),
        (23, 0),
        (25, random),
        (31, pointers.first().copied().unwrap_or(random)),
        (0, 0),
    ];
    let mut words = vec![args.len() as u32];
    words.extend(pointers);
    words.extend([0, 0]);
    words.extend(auxiliary.iter().flat_map(|&(key, value)| [key, value]));
    let stack_pointer = (at - 4 * words.len() as u32) & !15;
    for (i, word) in words.into_iter().enumerate() {
        memory.store(stack_pointer + 4 * i as u32, u32::MAX, word)?;
    }
    Ok(stack_pointer)
}

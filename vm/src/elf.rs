//! Static ELF32 MIPS executables.

use crate::address::{STACK_RESERVED, STACK_TOP};
use crate::memory::ByteOrder;

const HEADER_SIZE: usize = 52;
const PROGRAM_HEADER_SIZE: usize = 32;
const ET_EXEC: u16 = 2;
const ET_DYN: u16 = 3;
const EM_MIPS: u16 = 8;
const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const PT_INTERP: u32 = 3;

/// Why a file is not a program for this machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ElfError {
    /// It does not start like an ELF file.
    #[error("not an ELF file")]
    NotElf,
    /// A field that says what kind of ELF file it is has another value.
    #[error("not a 32-bit MIPS executable: {field} is {value}")]
    WrongKind {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u32,
    },
    /// It needs a dynamic linker or a relocation.
    #[error("the executable is not static: link it with -static and without -pie")]
    Dynamic,
    /// It ends before a part that its headers promise.
    #[error("the file is truncated: {part} needs bytes up to {end}, there are {length}")]
    Truncated {
        /// What is missing.
        part: &'static str,
        /// Where it would end.
        end: u64,
        /// The file's length.
        length: usize,
    },
    /// A segment has more bytes in the file than in memory.
    #[error("segment {index} has {file_size} bytes in the file and only {memory_size} in memory")]
    SegmentSize {
        /// Program header number.
        index: usize,
        /// Bytes in the file.
        file_size: u32,
        /// Bytes in memory.
        memory_size: u32,
    },
    /// Two segments share an address.
    #[error("segments {first} and {second} overlap")]
    Overlap {
        /// Program header number.
        first: usize,
        /// Program header number.
        second: usize,
    },
    /// A segment reaches into the stack or beyond user memory.
    #[error("segment {index} ends at {end:#x}, beyond the space for programs")]
    OutOfSpace {
        /// Program header number.
        index: usize,
        /// Its end.
        end: u64,
    },
    /// The symbol table names a section that is not there.
    #[error("the symbols' names are in section {section}, there are {count}")]
    NoSection {
        /// The section's number.
        section: usize,
        /// How many sections there are.
        count: usize,
    },
    /// The entry point is unaligned or in no segment.
    #[error("the entry point {entry:#010x} is not in the program")]
    Entry {
        /// The entry point.
        entry: u32,
    },
}

/// One loadable segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Its program header's number.
    pub index: usize,
    /// Where it is loaded.
    pub address: u32,
    /// Where its bytes are in the file.
    pub offset: usize,
    /// Its first bytes; the rest is zero.
    pub bytes: &'a [u8],
    /// Its size in memory, in bytes.
    pub memory_size: u32,
}

impl Segment<'_> {
    /// The first address after it.
    pub fn end(&self) -> u32 {
        self.address + self.memory_size
    }
}

/// A static executable, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elf<'a> {
    /// The program's byte order.
    pub order: ByteOrder,
    /// Where execution starts.
    pub entry: u32,
    /// Where the program headers are in memory, and their number: what a C runtime reads from the auxiliary vector.
    pub program_headers: (u32, u32),
    /// The segments, in file order. They do not overlap.
    pub segments: Vec<Segment<'a>>,
}

/// Fields of a file in its byte order.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) order: ByteOrder,
}

impl Reader<'_> {
    pub(crate) fn half(&self, at: usize) -> u16 {
        let bytes = [self.bytes[at], self.bytes[at + 1]];
        match self.order {
            ByteOrder::Big => u16::from_be_bytes(bytes),
            ByteOrder::Little => u16::from_le_bytes(bytes),
        }
    }

    pub(crate) fn word(&self, at: usize) -> u32 {
        self.order.word([
            self.bytes[at],
            self.bytes[at + 1],
            self.bytes[at + 2],
            self.bytes[at + 3],
        ])
    }

    pub(crate) fn need(&self, part: &'static str, end: u64) -> Result<(), ElfError> {
        let length = self.bytes.len();
        if end > length as u64 {
            Err(ElfError::Truncated { part, end, length })
        } else {
            Ok(())
        }
    }
}

impl<'a> Elf<'a> {
    /// Reads and checks an executable.
    ///
    /// # Errors
    /// [`ElfError`]: see its variants.
    pub fn parse(bytes: &'a [u8]) -> Result<Elf<'a>, ElfError> {
        if !bytes.starts_with(b"\x7fELF") {
            return Err(ElfError::NotElf);
        }
        let mut file = Reader {
            bytes,
            order: ByteOrder::Big,
        };
        file.need("the header", HEADER_SIZE as u64)?;
        let kind = |field, value: u32, expected: u32| {
            if value == expected {
                Ok(())
            } else {
                Err(ElfError::WrongKind { field, value })
            }
        };
        kind("class", bytes[4].into(), 1)?;
        file.order = match bytes[5] {
            1 => ByteOrder::Little,
            2 => ByteOrder::Big,
            other => {
                return Err(ElfError::WrongKind {
                    field: "data encoding",
                    value: other.into(),
                });
            }
        };
        kind("machine", file.half(18).into(), EM_MIPS.into())?;
        if file.half(16) == ET_DYN {
            return Err(ElfError::Dynamic);
        }
        kind("type", file.half(16).into(), ET_EXEC.into())?;
        kind(
            "program header size",
            file.half(42).into(),
            PROGRAM_HEADER_SIZE as u32,
        )?;

        let entry = file.word(24);
        let table = file.word(28) as usize;
        let count = usize::from(file.half(44));
        file.need(
            "the program header table",
            table as u64 + (count * PROGRAM_HEADER_SIZE) as u64,
        )?;
        let mut segments: Vec<Segment<'a>> = Vec::new();
        for index in 0..count {
            let header = table + index * PROGRAM_HEADER_SIZE;
            match file.word(header) {
                PT_LOAD => segments.extend(segment(&file, bytes, header, index)?),
                PT_DYNAMIC | PT_INTERP => return Err(ElfError::Dynamic),
                _ => {}
            }
        }
        check_overlap(&segments)?;
        let in_program = |s: &Segment<'_>| (s.address..s.end()).contains(&entry);
        if entry & 3 != 0 || !segments.iter().any(in_program) {
            return Err(ElfError::Entry { entry });
        }
        let headers = segments
            .iter()
            .find(|s| (s.offset..s.offset + s.bytes.len()).contains(&table))
            .map_or(0, |s| s.address + (table - s.offset) as u32);
        Ok(Elf {
            order: file.order,
            entry,
            program_headers: (headers, count as u32),
            segments,
        })
    }

    /// The first address after all segments.
    pub fn end(&self) -> u32 {
        self.segments.iter().map(Segment::end).max().unwrap_or(0)
    }
}

/// The segment of one PT_LOAD header, `None` if it is empty.
fn segment<'a>(
    file: &Reader<'a>,
    bytes: &'a [u8],
    header: usize,
    index: usize,
) -> Result<Option<Segment<'a>>, ElfError> {
    let offset = file.word(header + 4);
    let address = file.word(header + 8);
    let file_size = file.word(header + 16);
    let memory_size = file.word(header + 20);
    if file_size > memory_size {
        return Err(ElfError::SegmentSize {
            index,
            file_size,
            memory_size,
        });
    }
    file.need("a segment", u64::from(offset) + u64::from(file_size))?;
    let end = u64::from(address) + u64::from(memory_size);
    if end > u64::from(STACK_TOP - STACK_RESERVED) {
        return Err(ElfError::OutOfSpace { index, end });
    }
    if memory_size == 0 {
        return Ok(None);
    }
    let offset = offset as usize;
    let bytes = &bytes[offset..][..file_size as usize];
    Ok(Some(Segment {
        index,
        address,
        offset,
        bytes,
        memory_size,
    }))
}

fn check_overlap(segments: &[Segment<'_>]) -> Result<(), ElfError> {
    let mut sorted: Vec<&Segment<'_>> = segments.iter().collect();
    sorted.sort_by_key(|s| s.address);
    match sorted
        .windows(2)
        .find(|pair| pair[0].end() > pair[1].address)
    {
        Some(pair) => Err(ElfError::Overlap {
            first: pair[0].index.min(pair[1].index),
            second: pair[0].index.max(pair[1].index),
        }),
        None => Ok(()),
    }
}

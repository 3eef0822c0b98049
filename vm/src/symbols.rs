//! The functions of an executable, by address: what its symbol table says.

use crate::elf::{Elf, ElfError, Reader};
use std::ops::Range;

const SECTION_HEADER_SIZE: usize = 40;
const SYMBOL_SIZE: usize = 16;
const SHT_SYMTAB: u32 = 2;
const STT_FUNC: u8 = 2;

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name as the linker knows it.
    pub name: String,
    /// Its instructions' addresses.
    pub addresses: Range<u32>,
}

/// The functions of a program, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    functions: Vec<Function>,
}

impl Symbols {
    /// Reads the functions that have a size from the symbol table; there are none in a stripped executable.
    ///
    /// # Errors
    /// [`ElfError`] if the file is no executable for this machine or ends inside its symbols.
    pub fn parse(bytes: &[u8]) -> Result<Symbols, ElfError> {
        let file = Reader {
            bytes,
            order: Elf::parse(bytes)?.order,
        };
        let table = file.word(32) as usize;
        let count = usize::from(file.half(48));
        file.need(
            "the section header table",
            table as u64 + (count * SECTION_HEADER_SIZE) as u64,
        )?;
        // Type, then at 16 the offset, the size, and the number of another section: that of the names.
        let field =
            |section: usize, at: usize| file.word(table + section * SECTION_HEADER_SIZE + at);
        let content = |section: usize, part| {
            let (start, size) = (u64::from(field(section, 16)), u64::from(field(section, 20)));
            file.need(part, start + size)?;
            Ok(&bytes[start as usize..][..size as usize])
        };
        let mut functions = Vec::new();
        for section in (0..count).filter(|&section| field(section, 4) == SHT_SYMTAB) {
            let names = field(section, 24) as usize;
            if names >= count {
                return Err(ElfError::NoSection {
                    section: names,
                    count,
                });
            }
            let names = content(names, "the symbols' names")?;
            let entries = content(section, "the symbol table")?;
            functions.extend(entries.chunks_exact(SYMBOL_SIZE).filter_map(|entry| {
                function(
                    &Reader {
                        bytes: entry,
                        ..file
                    },
                    names,
                )
            }));
        }
        functions.sort_by_key(|function| function.addresses.start);
        // Several names of one function, or a malformed table: the first one counts.
        let mut end = 0;
        functions.retain(|function| {
            let apart = function.addresses.start >= end;
            if apart {
                end = function.addresses.end;
            }
            apart
        });
        Ok(Symbols { functions })
    }

    /// The functions in the order of their addresses. They do not overlap.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The place in [`Symbols::functions`] of the one at an address.
    pub fn at(&self, address: u32) -> Option<usize> {
        let after = self
            .functions
            .partition_point(|function| function.addresses.start <= address);
        let index = after.checked_sub(1)?;
        self.functions[index]
            .addresses
            .contains(&address)
            .then_some(index)
    }
}

/// The function of one entry of the symbol table.
fn function(entry: &Reader<'_>, names: &[u8]) -> Option<Function> {
    let (start, size) = (entry.word(4), entry.word(8));
    let end = start.checked_add(size)?;
    if entry.bytes[12] & 15 != STT_FUNC || size == 0 {
        return None;
    }
    let name = names.get(entry.word(0) as usize..)?;
    let name = name.split(|&byte| byte == 0).next()?;
    Some(Function {
        name: String::from_utf8_lossy(name).into_owned(),
        addresses: start..end,
    })
}

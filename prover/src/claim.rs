//! What a proof claims: a program, on an input, ended with an output and an exit code.
//!
//! A [`Claim`] is computed by whoever has the program's image, the input and the output; nothing has to be run. Its digest is
//! what the proof game enforces. The trace game's claim (`vm::trace::Claim` about the constant BOOT) says the same of the
//! same words: the image with an empty input region, the input region before the run, and the output region after it. The
//! one hashes them with BLAKE3, the other with Poseidon.

use gavel_vm::address::{INPUT, OUTPUT, OUTPUT_CAPACITY};
use gavel_vm::image::{Image, ImageError};
use gavel_vm::machine::{Machine, MachineError, Outcome};
use gavel_vm::memory::{ByteOrder, Memory, MemoryFull};
use plonky2::field::types::PrimeField64;

use crate::stark::memory::tree::{
    Digest, LEAF_LEVEL, Leaf, Tree, climb, leaf, memory_leaf, region_node, zero,
};
use crate::wrap::statement::Statement;

/// Words that the digest of a claim covers: two blocks of BLAKE3.
pub const WORDS: usize = 32;

/// The first words, as bytes in little-endian order: what is hashed here is hashed nowhere else.
pub const TAG: [u8; 16] = *b"gavel statement1";

/// The input region's node in the tree of a state.
pub(crate) const INPUT_NODE: u64 = region_node(INPUT);
/// The output region's node.
pub(crate) const OUTPUT_NODE: u64 = region_node(OUTPUT);
/// Levels from the root to the regions' nodes.
pub(crate) const REGION_LEVEL: usize = INPUT_NODE.ilog2() as usize;

/// Why there is no claim.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// There is no initial state.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The run does not reach its end.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// No run has such an output.
    #[error("the output has {length} bytes, the output region takes {OUTPUT_CAPACITY}")]
    OutputTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The output does not fit into memory.
    #[error(transparent)]
    MemoryFull(#[from] MemoryFull),
    /// The program wrote to its output region what is no part of its output, so that the claim does not follow from the
    /// output.
    #[error("the program wrote behind the end of its output")]
    OutputRegion,
}

/// A program, its input, its output and its exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The byte order of the machine.
    pub order: ByteOrder,
    /// Where the program is entered.
    pub pc: u32,
    /// Where it goes on after its first instruction.
    pub next_pc: u32,
    /// The exit code: the second word of the output region after the run.
    pub exit_code: u32,
    /// The root of the image, whose input region is zero: memory and registers.
    pub program: Digest,
    /// The node of the input region before the run.
    pub input: Digest,
    /// The node of the output region after the run.
    pub output: Digest,
}

impl Claim {
    /// The claim that the program in `image` ends on `input` with this output and exit code.
    ///
    /// # Errors
    /// [`ClaimError::Image`], [`ClaimError::OutputTooLong`] or [`ClaimError::MemoryFull`].
    pub fn new(
        image: &Image,
        input: &[u8],
        output: &[u8],
        exit_code: u32,
    ) -> Result<Claim, ClaimError> {
        let start = Machine::new(image, input)?;
        let tree = Tree::new(start.memory(), start.registers());
        Ok(Claim {
            order: image.order(),
            pc: image.cpu().pc,
            next_pc: image.cpu().next_pc,
            exit_code,
            program: climb(INPUT_NODE, zero(REGION_LEVEL), &tree.siblings(INPUT_NODE)),
            input: tree.node(INPUT_NODE),
            output: output_digest(image, output, exit_code)?,
        })
    }

    /// The words that the digest covers: the tag, byte order (1 for big-endian), pc, next_pc and exit code, then program,
    /// input and output, of each element its low word and then its high one.
    pub fn words(&self) -> [u32; WORDS] {
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(TAG.chunks(4)) {
            *word = little_endian(bytes);
        }
        words[4] = u32::from(self.order == ByteOrder::Big);
        words[5..8].copy_from_slice(&[self.pc, self.next_pc, self.exit_code]);
        let elements = [self.program, self.input, self.output].concat();
        for (pair, element) in words[8..].chunks_mut(2).zip(elements) {
            let element = element.to_canonical_u64();
            pair.copy_from_slice(&[element as u32, (element >> 32) as u32]);
        }
        words
    }

    /// The digest: BLAKE3 of the words, each in little-endian order.
    pub fn digest(&self) -> Statement {
        let bytes: Vec<u8> = self
            .words()
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .collect();
        Statement(*blake3::hash(&bytes).as_bytes())
    }
}

/// Four bytes as a word.
pub(crate) fn little_endian(bytes: &[u8]) -> u32 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |high, &byte| high << 8 | u32::from(byte))
}

/// The node of an output region that holds an output and nothing else.
fn output_digest(image: &Image, output: &[u8], exit_code: u32) -> Result<Digest, ClaimError> {
    let length = output.len();
    if length > OUTPUT_CAPACITY as usize {
        return Err(ClaimError::OutputTooLong { length });
    }
    let mut memory = Memory::new(image.order(), image.memory().page_limit());
    memory.store(OUTPUT, u32::MAX, length as u32)?;
    memory.store(OUTPUT + 4, u32::MAX, exit_code)?;
    memory.write_bytes(OUTPUT + 8, output)?;
    Ok(Tree::new(&memory, &[0; 32]).node(OUTPUT_NODE))
}

/// A claim that is true, and the paths that open the roots of the first and the last state to it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The claim.
    pub claim: Claim,
    /// What the run gave.
    pub outcome: Outcome,
    /// In the first state, the nodes beside the path from the input region's node to the root.
    pub(crate) input_path: Vec<Digest>,
    /// The first words of the output region in the last state.
    pub(crate) leaf: Leaf,
    /// In the last state, the nodes beside the path from that leaf to the root.
    pub(crate) output_path: Vec<Digest>,
}

impl Opening {
    /// Runs a program to its end, which `limit` steps must reach.
    ///
    /// # Errors
    /// [`ClaimError`]: see its variants.
    pub fn new(image: &Image, input: &[u8], limit: u64) -> Result<Opening, ClaimError> {
        let mut machine = Machine::new(image, input)?;
        let first = Tree::new(machine.memory(), machine.registers());
        let outcome = machine.run(limit)?;
        let claim = Claim::new(image, input, &outcome.output, outcome.exit_code)?;
        let last = Tree::new(machine.memory(), machine.registers());
        if last.node(OUTPUT_NODE) != claim.output {
            return Err(ClaimError::OutputRegion);
        }
        let key = memory_leaf(OUTPUT);
        Ok(Opening {
            claim,
            outcome,
            input_path: first.siblings(INPUT_NODE),
            leaf: leaf(key, machine.memory(), machine.registers()),
            output_path: last.siblings(key),
        })
    }
}

/// Levels from the leaf that an opening shows to the root.
pub(crate) const OUTPUT_LEVELS: usize = LEAF_LEVEL as usize;

#[cfg(test)]
mod tests;

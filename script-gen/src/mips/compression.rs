//! A compression between committed values: which slots are hashed, which slot claims the digest, and the code that compares.

use gavel_vm::digest::{Digest, DigestLength, Domain, Hasher};
use gavel_vm::execute::Cpu;

use crate::blake3::{self, DigestWords, MessageWord};
use crate::script;
use crate::script::{Op, Script, drop_items, roll};

use super::error::PredicateError;
use super::shape::GameShape;
use super::slot::{Slot, StepWord};
use super::values::Values;

/// Nibbles of a word.
const NIBBLES: usize = 8;

/// A value that is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) slot: Slot,
    /// How many words of the slot are hashed, from the first one on.
    pub(crate) words: usize,
    /// Whether the next larger word is hashed instead.
    pub(crate) successor: bool,
}

impl Part {
    fn new(slot: Slot, words: usize) -> Self {
        Self {
            slot,
            words,
            successor: false,
        }
    }
}

/// `claimed = H_domain(left, right)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compression {
    domain: Domain,
    /// The words of the left child, one part after the other, then those of the right one.
    left: Vec<Part>,
    right: Vec<Part>,
    claimed: Slot,
}

impl Compression {
    /// Two nodes of one level, and the node above them. Nodes of level 0 are chunks.
    pub(crate) fn parent(
        length: DigestLength,
        level: usize,
        left: Slot,
        right: Slot,
        claimed: Slot,
    ) -> Self {
        let words = if level == 0 {
            length.chunk_words()
        } else {
            length.words()
        };
        let domain = if level == 0 {
            Domain::Data
        } else {
            Domain::Node
        };
        let part = |slot| vec![Part::new(slot, words)];
        Self {
            domain,
            left: part(left),
            right: part(right),
            claimed,
        }
    }

    /// A chunk whose words are slots of their own, its sibling, and the node above them.
    pub(crate) fn chunk(
        length: DigestLength,
        words: &[Slot],
        sibling: Slot,
        claimed: Slot,
    ) -> Self {
        let left = words.iter().map(|slot| Part::new(*slot, 1)).collect();
        let right = vec![Part::new(sibling, length.chunk_words())];
        Self {
            domain: Domain::Data,
            left,
            right,
            claimed,
        }
    }

    /// The root of the general registers, the other registers, and the digest of the file.
    pub(crate) fn file(
        length: DigestLength,
        root: Slot,
        cpu: [StepWord; 4],
        claimed: Slot,
    ) -> Self {
        let left = vec![Part::new(root, length.words())];
        let right = cpu.map(|word| Part::new(Slot::Step(word), 1)).to_vec();
        Self {
            domain: Domain::File,
            left,
            right,
            claimed,
        }
    }

    /// The memory root, the digest of the file, and the state digest.
    pub(crate) fn state(length: DigestLength, root: Slot, file: Slot, claimed: Slot) -> Self {
        let part = |slot| vec![Part::new(slot, length.words())];
        Self {
            domain: Domain::State,
            left: part(root),
            right: part(file),
            claimed,
        }
    }

    /// A state digest and its place in the trace (the index of the step, or the one after it), the salt, and the fingerprint.
    pub(crate) fn fingerprint(
        length: DigestLength,
        state: Slot,
        after: bool,
        claimed: Slot,
    ) -> Self {
        let place = Part {
            successor: after,
            ..Part::new(Slot::Step(StepWord::Index), 1)
        };
        Self {
            domain: Domain::Fingerprint,
            left: vec![Part::new(state, length.words())],
            right: vec![place, Part::new(Slot::Salt, 2)],
            claimed,
        }
    }

    /// The slots that are opened, in the order of their signatures in the witness, bottom first.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let parts = self.left.iter().chain(&self.right).map(|part| part.slot);
        parts.chain([self.claimed]).collect()
    }

    /// Whether the claimed digest is false.
    pub(crate) fn fails(
        &self,
        hasher: &Hasher,
        values: &Values,
        swapped: bool,
    ) -> Result<bool, PredicateError> {
        let side = |parts: &[Part]| -> Result<Vec<u32>, PredicateError> {
            let mut words = Vec::new();
            for part in parts {
                let value = values.words(part.slot)?;
                let hashed = value.iter().chain(&[0; 8]).take(part.words);
                words.extend(hashed.map(|word| word.wrapping_add(part.successor.into())));
            }
            Ok(words)
        };
        let (mut left, mut right) = (side(&self.left)?, side(&self.right)?);
        if swapped {
            std::mem::swap(&mut left, &mut right);
        }
        let digest = |words: &[u32]| {
            let mut digest = Digest::default();
            digest
                .0
                .iter_mut()
                .zip(words)
                .for_each(|(to, from)| *to = *from);
            digest
        };
        let claimed = values.words(self.claimed)?;
        let result = match self.domain {
            Domain::Fingerprint => {
                let word = |place: usize| right.get(place).copied().unwrap_or_default();
                let salt = [word(1), word(2)];
                return Ok(claimed != hasher.fingerprint(word(0), &digest(&left), salt));
            }
            Domain::Data => hasher.data(&left, &right),
            Domain::Node => hasher.node(&digest(&left), &digest(&right)),
            Domain::State => hasher.state(&digest(&left), &digest(&right)),
            Domain::File => {
                let mut cpu = right.iter().copied().chain([0; 4]);
                let mut next = || cpu.next().unwrap_or_default();
                let cpu = Cpu {
                    pc: next(),
                    next_pc: next(),
                    hi: next(),
                    lo: next(),
                };
                hasher.file(&digest(&left), cpu)
            }
        };
        let words = hasher.length().words();
        Ok(claimed != &result.0[..words])
    }

    /// Moves the claimed digest, opened on top of the stack, to where the comparison expects it: doubled, the last nibble on top
    /// of the altstack.
    pub(crate) fn keep_claimed(words: usize) -> Script {
        let nibbles = NIBBLES * words;
        script! {
            {(0..nibbles).map(|moved| script! { {roll(nibbles - 1 - moved)} OP_DUP OP_ADD OP_TOALTSTACK })}
        }
    }

    /// Moves a part, opened on top of the stack, to the altstack, without the words that are not hashed.
    pub(crate) fn keep_part(part: Part, opened_words: usize) -> Script {
        script! {
            {drop_items(NIBBLES * (opened_words - part.words))}
            {if part.successor { keep_successor() } else { repeat(Op::ToAltStack, NIBBLES * part.words) }}
        }
    }

    /// Parts of both children, in the order of the message.
    pub(crate) fn parts(&self) -> impl DoubleEndedIterator<Item = Part> + '_ {
        self.left.iter().chain(&self.right).copied()
    }

    /// With everything kept on the altstack: brings the message back, in the order that the item on top asks for (if there is
    /// one), and compares. Leaves 1 if the claimed digest is false, else 0.
    pub(crate) fn compare(&self, shape: &GameShape, ordered: bool) -> Script {
        let words = |parts: &[Part]| parts.iter().map(|part| part.words).sum::<usize>();
        let (left, right) = (words(&self.left), words(&self.right));
        let nibbles = NIBBLES * (left + right);
        let digest = match shape.slot_words(self.claimed) {
            3 => DigestWords::Three,
            4 => DigestWords::Four,
            5 => DigestWords::Five,
            _ => DigestWords::Eight,
        };
        let message = std::array::from_fn(|word| {
            if word < left + right {
                MessageWord::Stack
            } else {
                MessageWord::Constant(0)
            }
        });
        let exchange = ordered.then(|| {
            script! {
                {roll(nibbles)} OP_IF
                {(0..NIBBLES * right).map(|_| roll(nibbles - 1))}
                OP_ENDIF
            }
        });
        // The signature of whoever may spend the leaf.
        let others = 1;
        let compression = blake3::Compression::keyed_hash(self.key(), message, digest, others);
        script! {
            {(0..nibbles).map(|_| script! { OP_FROMALTSTACK OP_DUP OP_ADD })}
            {exchange}
            {compression.differs_script()}
        }
    }

    /// The key of the domain, as the protocol defines it.
    fn key(&self) -> [u32; 8] {
        let domain = match self.domain {
            Domain::Data => "gavel 2026 data",
            Domain::Node => "gavel 2026 node",
            Domain::File => "gavel 2026 file",
            Domain::State => "gavel 2026 state",
            Domain::Fingerprint => "gavel 2026 fingerprint",
        };
        let bytes = ::blake3::derive_key(domain, b"");
        let mut key = [0; 8];
        for (word, bytes) in key.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = bytes
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        key
    }
}

/// Moves a word, its least significant nibble on top, to the altstack and adds 1 to it, modulo 2^32.
fn keep_successor() -> Script {
    script! {
        1
        {(0..NIBBLES).map(|_| script! {
            OP_ADD OP_DUP 15 OP_GREATERTHAN
            OP_IF OP_DROP 0 OP_TOALTSTACK 1
            OP_ELSE 15 OP_MIN OP_TOALTSTACK 0
            OP_ENDIF
        })}
        OP_DROP
    }
}

/// A number of opcodes.
pub(crate) fn repeat(op: Op, count: usize) -> Script {
    let mut script = Script::new();
    for _ in 0..count {
        script.push_op(op);
    }
    script
}

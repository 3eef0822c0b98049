//! Checking a witness natively: the relations of the protocol's section 5 for a machine step.

use super::{AccessKind, PathNodes, StepWitness};
use crate::address::HALT;
use crate::digest::{Hasher, RegisterTree};
use crate::execute::{Bus, Cpu, Registers, Trap, execute};
use crate::isa::Instruction;
use crate::memory::ByteOrder;
use crate::step::StepWords;

/// The first relation of a machine step that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// There is no such step.
    #[error("the step at pc {pc:#010x} has no successor: {trap}")]
    Illegal {
        /// The program counter.
        pc: u32,
        /// Why.
        trap: Trap,
    },
    /// A revealed word is not what the instruction makes of the others.
    #[error("{word} is {found:#010x}, the instruction gives {expected:#010x}")]
    Word {
        /// The word's name.
        word: &'static str,
        /// The word.
        found: u32,
        /// What it should be.
        expected: u32,
    },
    /// An operand is not what its register holds.
    #[error("{kind:?} is {found:#010x}, the register holds {expected:#010x}")]
    Operand {
        /// Which operand.
        kind: AccessKind,
        /// The revealed value.
        found: u32,
        /// The register's value.
        expected: u32,
    },
    /// A register changed that the step does not write.
    #[error("register {register} changed and is not the destination")]
    Register {
        /// Its number.
        register: u8,
    },
    /// The digest of the register file, before or after, is not that of the registers.
    #[error("the register file {when} the step has another digest")]
    File {
        /// "before" or "after".
        when: &'static str,
    },
    /// A word of a path's chunk is not the revealed one.
    #[error("the {path} path's chunk holds another word")]
    Chunk {
        /// Which path.
        path: &'static str,
    },
    /// A path is broken.
    #[error("the {path} path breaks at level {level}")]
    Path {
        /// Which path.
        path: &'static str,
        /// The node that is not its children's parent.
        level: usize,
    },
    /// A path does not end in the state digest.
    #[error("the {path} path ends in another state digest")]
    State {
        /// Which path.
        path: &'static str,
    },
}

/// The one memory word that a step may access.
struct WordBus {
    order: ByteOrder,
    address: u32,
    word: u32,
}

impl Bus for WordBus {
    type Error = Trap;

    fn order(&self) -> ByteOrder {
        self.order
    }

    fn load(&mut self, address: u32) -> u32 {
        self.address = address;
        self.word
    }

    fn store(&mut self, address: u32, mask: u32, value: u32) -> Result<(), Trap> {
        self.address = address;
        self.word = self.word & !mask | value & mask;
        Ok(())
    }
}

impl StepWitness {
    /// Recomputes every relation of a machine step from the revealed values alone.
    ///
    /// # Errors
    /// [`WitnessError`]: the first relation that does not hold.
    pub fn check(&self, hasher: &Hasher, order: ByteOrder) -> Result<(), WitnessError> {
        self.check_words(order)?;
        self.check_registers(hasher)?;
        self.check_memory(hasher)
    }

    /// Relation 2: the words.
    fn check_words(&self, order: ByteOrder) -> Result<(), WitnessError> {
        let words = &self.words;
        let illegal = |trap| WitnessError::Illegal { pc: words.pc, trap };
        if words.pc & 3 != 0 {
            return Err(illegal(Trap::UnalignedPc));
        }
        let ins = match words.pc {
            HALT => None,
            _ => Instruction::decode(words.instr),
        };
        let ins = ins.ok_or(illegal(Trap::Unsupported))?;
        let mut gpr: Registers = [0; 32];
        gpr[usize::from(ins.rt)] = words.rt;
        gpr[usize::from(ins.rs)] = words.rs;
        let mut cpu = Cpu {
            pc: words.pc,
            next_pc: words.next_pc,
            hi: words.hi,
            lo: words.lo,
        };
        let mut bus = WordBus {
            order,
            address: 0,
            word: words.mem_old,
        };
        execute(
            &mut cpu,
            &mut gpr,
            &mut bus,
            ins,
            words.index.wrapping_sub(1),
        )
        .map_err(illegal)?;
        let dest = ins.destination(words.rt);
        let expected = StepWords {
            result: if dest == 0 { 0 } else { gpr[usize::from(dest)] },
            addr: bus.address,
            mem_new: bus.word,
            pc_after: cpu.pc,
            next_pc_after: cpu.next_pc,
            hi_after: cpu.hi,
            lo_after: cpu.lo,
            ..*words
        };
        let compared = |w: &StepWords| {
            [
                ("result", w.result),
                ("addr", w.addr),
                ("mem_new", w.mem_new),
                ("pc_after", w.pc_after),
                ("next_pc_after", w.next_pc_after),
                ("hi_after", w.hi_after),
                ("lo_after", w.lo_after),
            ]
        };
        for ((word, found), (_, expected)) in compared(words).into_iter().zip(compared(&expected)) {
            if found != expected {
                return Err(WitnessError::Word {
                    word,
                    found,
                    expected,
                });
            }
        }
        Ok(())
    }

    /// Relation 5: operands, destination, and the digests of the register file.
    fn check_registers(&self, hasher: &Hasher) -> Result<(), WitnessError> {
        let words = &self.words;
        for (kind, found) in [(AccessKind::Rs, words.rs), (AccessKind::Rt, words.rt)] {
            let expected = self.gpr_before[usize::from(self.register(kind))];
            if found != expected {
                return Err(WitnessError::Operand {
                    kind,
                    found,
                    expected,
                });
            }
        }
        let dest = self.register(AccessKind::Dest);
        let mut gpr = self.gpr_before;
        gpr[usize::from(dest)] = words.result;
        if let Some(register) =
            (0..32u8).find(|&r| gpr[usize::from(r)] != self.gpr_after[usize::from(r)])
        {
            return Err(WitnessError::Register { register });
        }
        let file = |gpr, pc, next_pc, hi, lo| {
            hasher.file(
                &RegisterTree::new(hasher, gpr).root(),
                Cpu {
                    pc,
                    next_pc,
                    hi,
                    lo,
                },
            )
        };
        if file(
            &self.gpr_before,
            words.pc,
            words.next_pc,
            words.hi,
            words.lo,
        ) != self.file_before
        {
            return Err(WitnessError::File { when: "before" });
        }
        let after = file(
            &self.gpr_after,
            words.pc_after,
            words.next_pc_after,
            words.hi_after,
            words.lo_after,
        );
        if after != self.file_after {
            return Err(WitnessError::File { when: "after" });
        }
        if hasher.state(&self.memory_root, &self.file_before) != self.state_before {
            return Err(WitnessError::State { path: "register" });
        }
        Ok(())
    }

    /// Relation 4: the paths of the instruction and of the data word.
    fn check_memory(&self, hasher: &Hasher) -> Result<(), WitnessError> {
        let words = &self.words;
        let length = hasher.length();
        let check = |path: &'static str,
                     memory_path: &super::MemoryPath,
                     nodes: &PathNodes,
                     file,
                     word,
                     state| {
            if nodes[0].0[memory_path.word_position(length)] != word {
                return Err(WitnessError::Chunk { path });
            }
            if let Some(level) = memory_path.first_break(hasher, nodes, file) {
                return Err(WitnessError::Path { path, level });
            }
            if nodes[length.state_level()] != state {
                return Err(WitnessError::State { path });
            }
            Ok(())
        };
        let (fetch, data) = (&self.fetch, &self.data);
        for (path, address, expected) in [
            ("fetch", fetch.address, words.pc),
            ("data", data.address, words.addr),
        ] {
            if address != expected {
                return Err(WitnessError::Word {
                    word: path,
                    found: address,
                    expected,
                });
            }
        }
        check(
            "fetch",
            fetch,
            &fetch.nodes,
            &self.file_before,
            words.instr,
            self.state_before,
        )?;
        check(
            "old data",
            data,
            &data.nodes,
            &self.file_before,
            words.mem_old,
            self.state_before,
        )?;
        let position = data.word_position(length);
        let mut chunk = data.nodes[0];
        chunk.0[position] = words.mem_new;
        if chunk != self.data_after[0] {
            return Err(WitnessError::Chunk { path: "new data" });
        }
        check(
            "new data",
            data,
            &self.data_after,
            &self.file_after,
            words.mem_new,
            self.state_after,
        )
    }
}

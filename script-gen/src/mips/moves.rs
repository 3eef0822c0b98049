//! Moves between registers, HI and LO, hardware registers, and the registers that a step leaves alone.

use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, dest_is_not_zero, is_hardware};
use super::expr::any;
use super::relation::Relation;
use super::slot::StepWord::{self, Hi, HiAfter, Index, Lo, LoAfter, Result, Rs, Rt};
use super::word::{constant, differ, is_zero, step, sum_fails};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    vec![
        conditional_move(),
        from_hi_lo(),
        hardware_constant(),
        hardware_counter(),
        no_dest(),
        to_hi_lo("to-hi", "MTHI: hi_after = rs", Op::Mthi, HiAfter),
        to_hi_lo("to-lo", "MTLO: lo_after = rs", Op::Mtlo, LoAfter),
        kept(
            "hi-kept",
            "hi_after = hi unless the instruction writes HI",
            Hi,
            HiAfter,
            Op::Mthi,
        ),
        kept(
            "lo-kept",
            "lo_after = lo unless the instruction writes LO",
            Lo,
            LoAfter,
            Op::Mtlo,
        ),
    ]
}

fn conditional_move() -> Relation {
    Relation::step(
        "move",
        "MOVZ, MOVN: result = rs if rt is zero, or not zero",
        |p| {
            let decoder = Decoder::new(p, &[Op::Movz, Op::Movn]);
            let zero = p.bind(is_zero(&step(Rt)));
            let taken = zero.choose(decoder.is(&[Op::Movz]), decoder.is(&[Op::Movn]));
            p.require(taken.and(dest_is_not_zero(Dest::Rd)));
            p.require(differ(&step(Rs), &step(Result)));
        },
    )
}

fn from_hi_lo() -> Relation {
    Relation::step("from-hi-lo", "MFHI, MFLO: result = hi, or lo", |p| {
        let decoder = Decoder::new(p, &[Op::Mfhi, Op::Mflo]);
        let result = step(Result);
        let wrong = any([
            decoder.is(&[Op::Mfhi]).and(differ(&step(Hi), &result)),
            decoder.is(&[Op::Mflo]).and(differ(&step(Lo), &result)),
        ]);
        p.require(wrong.and(dest_is_not_zero(Dest::Rd)));
    })
}

fn hardware_constant() -> Relation {
    const CONSTANTS: [(Op, u32); 3] = [
        (Op::RdhwrCpu, 0),
        (Op::RdhwrSynciStep, 32),
        (Op::RdhwrResolution, 1),
    ];
    Relation::step("hardware", "RDHWR $0, $1, $3: result = 0, 32, 1", |p| {
        let decoder = Decoder::new(p, &[Op::RdhwrCpu]);
        let wrong = CONSTANTS
            .map(|(op, value)| is_hardware(op).and(differ(&constant(value), &step(Result))));
        p.require(decoder.is(&[Op::RdhwrCpu]).and(dest_is_not_zero(Dest::Rt)));
        p.require(any(wrong));
    })
}

fn hardware_counter() -> Relation {
    Relation::step("counter", "RDHWR $2: result = index - 1", |p| {
        let decoder = Decoder::new(p, &[Op::RdhwrCounter]);
        p.require(
            decoder
                .is(&[Op::RdhwrCounter])
                .and(is_hardware(Op::RdhwrCounter)),
        );
        p.require(dest_is_not_zero(Dest::Rt));
        let wrong = sum_fails(p, &step(Result), &constant(1), &step(Index));
        p.require(wrong);
    })
}

fn no_dest() -> Relation {
    Relation::step(
        "no-result",
        "result = 0 where no register is written",
        |p| {
            let decoder = Decoder::new(p, Op::ALL);
            let zero = p.bind(is_zero(&step(Rt)));
            let named = |dest: Dest| -> Vec<Op> {
                let conditional = [Op::Movz, Op::Movn];
                Op::ALL
                    .iter()
                    .copied()
                    .filter(|op| op.dest() == dest && !conditional.contains(op))
                    .collect()
            };
            let moved = zero.choose(decoder.is(&[Op::Movz]), decoder.is(&[Op::Movn]));
            let by_rd = decoder
                .is(&named(Dest::Rd))
                .or(moved)
                .and(dest_is_not_zero(Dest::Rd));
            let by_rt = decoder.is(&named(Dest::Rt)).and(dest_is_not_zero(Dest::Rt));
            let fixed: Vec<Op> = [named(Dest::Ra), named(Dest::K0)].concat();
            let writes = any([by_rd, by_rt, decoder.is(&fixed)]);
            p.require(writes.not());
            p.require(is_zero(&step(Result)).not());
        },
    )
}

fn to_hi_lo(name: &str, text: &str, op: Op, after: StepWord) -> Relation {
    Relation::step(name, text, |p| {
        let decoder = Decoder::new(p, &[op]);
        p.require(decoder.is(&[op]));
        p.require(differ(&step(Rs), &step(after)));
    })
}

/// Instructions that write both HI and LO.
pub(crate) const WRITES_HI_LO: [Op; 8] = [
    Op::Mult,
    Op::Multu,
    Op::Div,
    Op::Divu,
    Op::Madd,
    Op::Maddu,
    Op::Msub,
    Op::Msubu,
];

fn kept(name: &str, text: &str, before: StepWord, after: StepWord, writer: Op) -> Relation {
    Relation::step(name, text, |p| {
        let writers = [&WRITES_HI_LO[..], &[writer]].concat();
        let decoder = Decoder::new(p, &writers);
        p.require(decoder.is(&writers).not());
        p.require(differ(&step(before), &step(after)));
    })
}

//! Loads and stores: the address, what a load gives, what a store leaves.

use gavel_vm::address::ULR;
use gavel_vm::isa::{Dest, Op};
use gavel_vm::memory::ByteOrder;

use super::decode::{Decoder, dest_is_not_zero, is_hardware, signed_immediate};
use super::expr::Expr;
use super::predicate::Predicate;
use super::relation::Relation;
use super::slot::StepWord::{Addr, Instr, MemNew, MemOld, Result, Rs, Rt};
use super::word::{constant, differ, digit, digit_or, is_zero, step, sum_fails};

const LOADS: [Op; 8] = [
    Op::Lb,
    Op::Lh,
    Op::Lwl,
    Op::Lw,
    Op::Lbu,
    Op::Lhu,
    Op::Lwr,
    Op::Ll,
];
const STORES: [Op; 6] = [Op::Sb, Op::Sh, Op::Swl, Op::Sw, Op::Swr, Op::Sc];

/// The relations of this family.
pub(crate) fn relations(order: ByteOrder) -> Vec<Relation> {
    vec![
        address(),
        no_address(),
        load_word(),
        load_part(order),
        load_side(order),
        stored_flag(),
        store(order),
        kept(),
    ]
}

fn address() -> Relation {
    Relation::step(
        "address",
        "loads and stores: addr = rs + constant, rounded down to a multiple of 4",
        |p| {
            let all = [&LOADS[..], &STORES].concat();
            let decoder = Decoder::new(p, &all);
            p.require(decoder.is(&all));
            let immediate = signed_immediate(p);
            let (rs, addr) = (step(Rs), step(Addr));
            // The low two bits of the sum are what rounding removes: put them back into the lowest digit.
            let low = p.bind((rs[0].clone() + immediate[0].clone()).modulo(4));
            let mut exact = addr.clone();
            exact[0] = addr[0].clone() + low;
            let fails = sum_fails(p, &rs, &immediate, &exact);
            p.require(fails);
        },
    )
}

fn no_address() -> Relation {
    let text = "addr = 0 without memory access, the thread pointer's address for RDHWR $29";
    Relation::step("no-address", text, |p| {
        let all = [&LOADS[..], &STORES, &[Op::RdhwrUserLocal]].concat();
        let decoder = Decoder::new(p, &all);
        let local = decoder
            .is(&[Op::RdhwrUserLocal])
            .and(is_hardware(Op::RdhwrUserLocal));
        let local = p.bind(local);
        let addr = step(Addr);
        p.require(decoder.is(&[&LOADS[..], &STORES].concat()).not());
        let wrong = local.choose(differ(&constant(ULR), &addr), is_zero(&addr).not());
        p.require(wrong);
    })
}

/// The lane of the addressed byte in its word, counted from the least significant byte; bound.
fn lane(p: &mut Predicate, order: ByteOrder) -> Expr {
    let offset = (step(Rs)[0].clone() + step(Instr)[0].clone()).modulo(4);
    p.bind(match order {
        ByteOrder::Big => Expr::Int(3) - offset,
        ByteOrder::Little => offset,
    })
}

fn load_word() -> Relation {
    Relation::step("load-word", "LW, LL, RDHWR $29: result = mem_old", |p| {
        let decoder = Decoder::new(p, &[Op::Lw, Op::Ll, Op::RdhwrUserLocal]);
        let local = decoder
            .is(&[Op::RdhwrUserLocal])
            .and(is_hardware(Op::RdhwrUserLocal));
        let loads = decoder
            .is(&[Op::Lw, Op::Ll])
            .or(local)
            .and(dest_is_not_zero(Dest::Rt));
        p.require(loads);
        p.require(differ(&step(MemOld), &step(Result)));
    })
}

fn load_part(order: ByteOrder) -> Relation {
    const BYTES: [Op; 2] = [Op::Lb, Op::Lbu];
    const SIGNED: [Op; 2] = [Op::Lb, Op::Lh];
    const ALL: [Op; 4] = [Op::Lb, Op::Lbu, Op::Lh, Op::Lhu];
    Relation::step(
        "load-part",
        "LB, LBU, LH, LHU: one nibble of the result",
        |p| {
            let place = p.hint(8);
            let decoder = Decoder::new(p, &ALL);
            p.require(decoder.is(&ALL).and(dest_is_not_zero(Dest::Rt)));
            let byte = p.bind(decoder.is(&BYTES));
            let lane = lane(p, order);
            // A half-word starts at an even lane: 2 for the lanes 2 and 3.
            let start = byte
                .clone()
                .choose(lane.clone().shl(1), lane.ge(2).choose(4, 0));
            let start = p.bind(start);
            let digits = p.bind(byte.choose(2, 4));
            let mem = step(MemOld);
            // Never more than 7; the clamp says so to the analysis.
            let top = digit(&mem, &(start.clone() + digits.clone() - 1).min(7));
            let fill = decoder.is(&SIGNED).and(top.ge(8)).choose(15, 0);
            let fill = p.bind(fill);
            let value = digit_or(p, &mem, start + place.clone(), &Expr::Int(0));
            let expected = place.clone().lt(digits).choose(value, fill);
            p.require(digit(&step(Result), &place).ne(expected));
        },
    )
}

fn load_side(order: ByteOrder) -> Relation {
    Relation::step(
        "load-side",
        "LWL, LWR: one nibble of the result, from memory or kept from rt",
        |p| {
            let place = p.hint(8);
            let decoder = Decoder::new(p, &[Op::Lwl, Op::Lwr]);
            p.require(
                decoder
                    .is(&[Op::Lwl, Op::Lwr])
                    .and(dest_is_not_zero(Dest::Rt)),
            );
            let lane = lane(p, order);
            // LWL brings the addressed byte to the top, LWR to the bottom; what falls outside the word keeps rt.
            let up = decoder
                .is(&[Op::Lwl])
                .choose(lane.clone().shl(1) - 6, lane.shl(1));
            let from = place.clone() + up;
            let expected = digit_or(p, &step(MemOld), from, &digit(&step(Rt), &place));
            p.require(digit(&step(Result), &place).ne(expected));
        },
    )
}

fn stored_flag() -> Relation {
    Relation::step("stored", "SC: result = 1", |p| {
        let decoder = Decoder::new(p, &[Op::Sc]);
        p.require(decoder.is(&[Op::Sc]).and(dest_is_not_zero(Dest::Rt)));
        p.require(differ(&constant(1), &step(Result)));
    })
}

fn store(order: ByteOrder) -> Relation {
    Relation::step(
        "store",
        "SB, SH, SW, SWL, SWR, SC: one nibble of mem_new, from rt or kept",
        |p| {
            let place = p.hint(8);
            let decoder = Decoder::new(p, &STORES);
            p.require(decoder.is(&STORES));
            let lane = lane(p, order);
            let half = decoder.is(&[Op::Sh]);
            let word = decoder.is(&[Op::Sw, Op::Sc]);
            // The digit of rt that the digit `place` of the word takes is `place - shift`, if that is in the stored part.
            let bytes = p.bind(lane.clone().shl(1));
            let shift = word.choose(
                0,
                half.clone().choose(lane.ge(2).choose(4, 0), bytes.clone()),
            );
            let shift = decoder.is(&[Op::Swl]).choose(bytes - 6, shift);
            let from = p.bind(place.clone() - shift);
            let length = decoder.is(&[Op::Sb]).choose(2, half.choose(4, 8));
            let inside = p.bind(from.clone().lt(length));
            let kept = digit(&step(MemOld), &place);
            let taken = digit_or(p, &step(Rt), from, &kept);
            let expected = inside.choose(taken, kept);
            p.require(digit(&step(MemNew), &place).ne(expected));
        },
    )
}

fn kept() -> Relation {
    Relation::step("memory-kept", "mem_new = mem_old without a store", |p| {
        let decoder = Decoder::new(p, &STORES);
        p.require(decoder.is(&STORES).not());
        p.require(differ(&step(MemOld), &step(MemNew)));
    })
}

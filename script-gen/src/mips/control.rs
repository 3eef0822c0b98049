//! Where the step goes: `pc_after`, `next_pc_after`, and the return address that calls leave.

use gavel_vm::address::SUPERVISOR;
use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, branch_distance, dest_is_not_zero, jump_target};
use super::expr::{Expr, any, sum};
use super::predicate::Predicate;
use super::relation::Relation;
use super::slot::StepWord::{NextPc, NextPcAfter, Pc, PcAfter, Result, Rs, Rt};
use super::word::{Word, choose, constant, differ, is_negative, is_zero, step, sum_fails};

const EQUAL: [Op; 2] = [Op::Beq, Op::Beql];
const NOT_EQUAL: [Op; 2] = [Op::Bne, Op::Bnel];
const NOT_POSITIVE: [Op; 2] = [Op::Blez, Op::Blezl];
const POSITIVE: [Op; 2] = [Op::Bgtz, Op::Bgtzl];
const NEGATIVE: [Op; 4] = [Op::Bltz, Op::Bltzl, Op::Bltzal, Op::Bltzall];
const NOT_NEGATIVE: [Op; 4] = [Op::Bgez, Op::Bgezl, Op::Bgezal, Op::Bgezall];
const LIKELY: [Op; 8] = [
    Op::Beql,
    Op::Bnel,
    Op::Blezl,
    Op::Bgtzl,
    Op::Bltzl,
    Op::Bgezl,
    Op::Bltzall,
    Op::Bgezall,
];
const JUMPS: [Op; 2] = [Op::J, Op::Jal];
const REGISTER_JUMPS: [Op; 2] = [Op::Jr, Op::Jalr];

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    vec![pc_after(), sequence(), branch(), jump(), link()]
}

/// Every branch.
fn branches() -> Vec<Op> {
    [
        &EQUAL[..],
        &NOT_EQUAL,
        &NOT_POSITIVE,
        &POSITIVE,
        &NEGATIVE,
        &NOT_NEGATIVE,
    ]
    .concat()
}

/// Whether the instruction is a branch whose condition holds.
fn taken(p: &mut Predicate, decoder: &Decoder) -> Expr {
    let (rs, rt) = (step(Rs), step(Rt));
    let differs = p.bind(differ(&rs, &rt));
    let negative = p.bind(is_negative(&rs));
    let positive = p.bind(negative.clone().or(is_zero(&rs)).not());
    let taken = any([
        decoder.is(&EQUAL).and(differs.clone().not()),
        decoder.is(&NOT_EQUAL).and(differs),
        decoder.is(&NOT_POSITIVE).and(positive.clone().not()),
        decoder.is(&POSITIVE).and(positive),
        decoder.is(&NEGATIVE).and(negative.clone()),
        decoder.is(&NOT_NEGATIVE).and(negative.not()),
    ]);
    p.bind(taken)
}

fn pc_after() -> Relation {
    let text = "pc_after = next_pc; next_pc + 4 if a likely branch is not taken; the supervisor for SYSCALL";
    Relation::step("pc", text, |p| {
        let decoder = Decoder::new(p, &[&branches()[..], &[Op::Syscall]].concat());
        let taken = taken(p, &decoder);
        let skips = p.bind(decoder.is(&LIKELY).and(taken.not()));
        let enters = p.bind(decoder.is(&[Op::Syscall]));
        let (next_pc, pc_after) = (step(NextPc), step(PcAfter));
        let moved = sum_fails(p, &next_pc, &four_if(&skips), &pc_after);
        let entered = differ(&constant(SUPERVISOR), &pc_after);
        p.require(enters.choose(entered, moved));
    })
}

/// 4 or 0.
fn four_if(condition: &Expr) -> Word {
    let mut word = constant(0);
    word[0] = condition.clone().shl(2);
    word
}

fn sequence() -> Relation {
    let text = "next_pc_after = next_pc + 4 without a jump or a taken branch; next_pc + 8 if a likely branch is not taken";
    Relation::step("next-pc", text, |p| {
        let elsewhere = [&JUMPS[..], &REGISTER_JUMPS, &[Op::Syscall]].concat();
        let decoder = Decoder::new(p, &[branches(), elsewhere.clone()].concat());
        let taken = taken(p, &decoder);
        p.require(taken.or(decoder.is(&elsewhere)).not());
        let mut distance = constant(4);
        distance[0] = decoder.is(&LIKELY).choose(8, 4);
        let fails = sum_fails(p, &step(NextPc), &distance, &step(NextPcAfter));
        p.require(fails);
    })
}

fn branch() -> Relation {
    let text = "next_pc_after = pc + 4 + distance if a branch is taken";
    Relation::step("branch", text, |p| {
        let decoder = Decoder::new(p, &branches());
        let taken = taken(p, &decoder);
        p.require(taken);
        let mut distance = branch_distance(p);
        // The lowest digit of a distance is at most 12: with the 4 it still carries 1 at most.
        distance[0] = distance[0].clone() + 4;
        let fails = sum_fails(p, &step(Pc), &distance, &step(NextPcAfter));
        p.require(fails);
    })
}

fn jump() -> Relation {
    let text = "next_pc_after: the target of J and JAL, rs for JR and JALR, the supervisor + 4 for SYSCALL";
    Relation::step("jump", text, |p| {
        let decoder = Decoder::new(p, &[&JUMPS[..], &REGISTER_JUMPS, &[Op::Syscall]].concat());
        let after = step(NextPcAfter);
        let enters = decoder
            .is(&[Op::Syscall])
            .and(differ(&constant(SUPERVISOR + 4), &after));
        let register = decoder.is(&REGISTER_JUMPS).and(differ(&step(Rs), &after));
        // The region is that of the delay slot at pc + 4: its top digit is one higher where everything below ends in a carry.
        let pc = step(Pc);
        let low_all_ones = sum(pc[1..7].iter().cloned()).eq(6 * 15);
        let carries = low_all_ones.and(pc[0].clone().ge(12));
        let region = p.bind((pc[7].clone() + carries).modulo(16));
        let jump = decoder.is(&JUMPS).and(differ(&jump_target(region), &after));
        p.require(any([enters, register, jump]));
    })
}

fn link() -> Relation {
    const AT_RA: [Op; 5] = [Op::Jal, Op::Bltzal, Op::Bgezal, Op::Bltzall, Op::Bgezall];
    let text = "calls: result = pc + 8; SYSCALL: result = next_pc";
    Relation::step("link", text, |p| {
        let decoder = Decoder::new(p, &[&AT_RA[..], &[Op::Jalr, Op::Syscall]].concat());
        let enters = p.bind(decoder.is(&[Op::Syscall]));
        let at_rd = decoder.is(&[Op::Jalr]).and(dest_is_not_zero(Dest::Rd));
        p.require(any([decoder.is(&AT_RA), at_rd, enters.clone()]));
        let base = choose(&enters, &step(NextPc), &step(Pc));
        let mut distance = constant(8);
        distance[0] = enters.choose(0, 8);
        let fails = sum_fails(p, &base, &distance, &step(Result));
        p.require(fails);
    })
}

//! Montgomery products for MIPS32: HI and LO hold the sum of a column.
//!
//! The limbs of one or two factors are held in registers, those of the others are loaded: a product of limbs is one or two
//! instructions. So it is with the multiples of p: m0 to m4 are held, m5 to m8 are kept on the stack until column 9, where
//! the registers of the lowest limbs become free. MUL leaves HI and LO as they are on this machine and on qemu's; the
//! architecture does not promise it.

use super::Limbs;
use super::fq::{MINUS_INVERSE, MODULUS};
use core::arch::global_asm;
use core::mem::MaybeUninit;

/// The limbs of p, then -1/p modulo 2^29.
static CONSTANTS: [u32; 10] = {
    let mut constants = [MINUS_INVERSE; 10];
    let mut i = 0;
    while i < 9 {
        constants[i] = MODULUS[i];
        i += 1;
    }
    constants
};

/// The register of a limb of the first factor: t0 to t8.
#[rustfmt::skip]
macro_rules! a {
    (0) => { "$8" }; (1) => { "$9" }; (2) => { "$10" }; (3) => { "$11" }; (4) => { "$12" };
    (5) => { "$13" }; (6) => { "$14" }; (7) => { "$15" }; (8) => { "$24" };
}

/// The register of a limb of the second factor that is held: s0 to s8.
#[rustfmt::skip]
macro_rules! s {
    (0) => { "$16" }; (1) => { "$17" }; (2) => { "$18" }; (3) => { "$19" }; (4) => { "$20" };
    (5) => { "$21" }; (6) => { "$22" }; (7) => { "$23" }; (8) => { "$30" };
}

/// The register of the factor of p that clears a column's low limb, from column 9 on.
#[rustfmt::skip]
macro_rules! m {
    (0) => { "$3" }; (1) => { "$4" }; (2) => { "$5" }; (3) => { "$28" }; (4) => { "$31" };
    (5) => { a!(0) }; (6) => { s!(0) }; (7) => { a!(1) }; (8) => { s!(1) };
}

/// Finds m in the register given, the low limb of HI and LO times -1/p.
macro_rules! find_m {
    ($register:expr) => {
        concat!(
            "mflo $1\n lw $2, 36($25)\n mul $1, $1, $2\n ext ",
            $register,
            ", $1, 0, 29\n"
        )
    };
}

/// Adds m_i p_j in columns 0 to 8.
#[rustfmt::skip]
macro_rules! add_p {
    (5 0) => { add_p!(spill 5 0) }; (6 0) => { add_p!(spill 6 0) }; (7 0) => { add_p!(spill 7 0) }; (8 0) => { add_p!(spill 8 0) };
    (spill $i:tt 0) => { concat!(find_m!("$2"), "sw $2, 4*(", $i, "-5)($sp)\n lw $1, 0($25)\n maddu $2, $1\n") };
    ($i:tt 0) => { concat!(find_m!(m!($i)), add_p_held!($i 0)) };
    (5 $j:tt) => { add_p!(load 5 $j) }; (6 $j:tt) => { add_p!(load 6 $j) }; (7 $j:tt) => { add_p!(load 7 $j) };
    (load $i:tt $j:tt) => { concat!("lw $2, 4*(", $i, "-5)($sp)\n lw $1, 4*", $j, "($25)\n maddu $2, $1\n") };
    ($i:tt $j:tt) => { add_p_held!($i $j) };
}

/// Adds m_i p_j where m_i is held.
macro_rules! add_p_held {
    ($i:tt $j:tt) => {
        concat!("lw $1, 4*", $j, "($25)\n maddu ", m!($i), ", $1\n")
    };
}

/// Adds a_i b_j where both are held.
macro_rules! add_held {
    ($i:tt $j:tt) => {
        concat!("maddu ", a!($i), ", ", s!($j), "\n")
    };
}

/// Adds a_i b_j, b at $6.
macro_rules! add_first {
    ($i:tt $j:tt) => {
        concat!("lw $1, 4*", $j, "($6)\n maddu ", a!($i), ", $1\n")
    };
}

/// Adds c_i d_j, d at $7.
macro_rules! add_second {
    ($i:tt $j:tt) => {
        concat!("lw $1, 4*", $j, "($7)\n maddu ", s!($i), ", $1\n")
    };
}

/// Subtracts c_i d_j.
macro_rules! subtract_second {
    ($i:tt $j:tt) => {
        concat!("lw $1, 4*", $j, "($7)\n msubu ", s!($i), ", $1\n")
    };
}

/// All products of a column.
#[rustfmt::skip]
macro_rules! products {
    ($f:ident 0) => { $f!(0 0) };
    ($f:ident 1) => { concat!($f!(0 1), $f!(1 0)) };
    ($f:ident 2) => { concat!($f!(0 2), $f!(1 1), $f!(2 0)) };
    ($f:ident 3) => { concat!($f!(0 3), $f!(1 2), $f!(2 1), $f!(3 0)) };
    ($f:ident 4) => { concat!($f!(0 4), $f!(1 3), $f!(2 2), $f!(3 1), $f!(4 0)) };
    ($f:ident 5) => { concat!($f!(0 5), $f!(1 4), $f!(2 3), $f!(3 2), $f!(4 1), $f!(5 0)) };
    ($f:ident 6) => { concat!($f!(0 6), $f!(1 5), $f!(2 4), $f!(3 3), $f!(4 2), $f!(5 1), $f!(6 0)) };
    ($f:ident 7) => { concat!($f!(0 7), $f!(1 6), $f!(2 5), $f!(3 4), $f!(4 3), $f!(5 2), $f!(6 1), $f!(7 0)) };
    ($f:ident 8) => { concat!($f!(0 8), $f!(1 7), $f!(2 6), $f!(3 5), $f!(4 4), $f!(5 3), $f!(6 2), $f!(7 1), $f!(8 0)) };
    ($f:ident 9) => { concat!($f!(1 8), $f!(2 7), $f!(3 6), $f!(4 5), $f!(5 4), $f!(6 3), $f!(7 2), $f!(8 1)) };
    ($f:ident 10) => { concat!($f!(2 8), $f!(3 7), $f!(4 6), $f!(5 5), $f!(6 4), $f!(7 3), $f!(8 2)) };
    ($f:ident 11) => { concat!($f!(3 8), $f!(4 7), $f!(5 6), $f!(6 5), $f!(7 4), $f!(8 3)) };
    ($f:ident 12) => { concat!($f!(4 8), $f!(5 7), $f!(6 6), $f!(7 5), $f!(8 4)) };
    ($f:ident 13) => { concat!($f!(5 8), $f!(6 7), $f!(7 6), $f!(8 5)) };
    ($f:ident 14) => { concat!($f!(6 8), $f!(7 7), $f!(8 6)) };
    ($f:ident 15) => { concat!($f!(7 8), $f!(8 7)) };
    ($f:ident 16) => { $f!(8 8) };
}

/// Drops the low limb of HI and LO.
macro_rules! shift {
    () => {
        "mflo $1\n mfhi $2\n srl $1, $1, 29\n ins $1, $2, 3, 29\n sra $2, $2, 29\n mtlo $1\n mthi $2\n"
    };
}

/// Stores the low limb of HI and LO and drops it; needs two registers.
macro_rules! store {
    ($limb:tt to $pointer:literal by $free:literal) => {
        concat!(
            "mflo $1\n mfhi $2\n ext ",
            $free,
            ", $1, 0, 29\n sw ",
            $free,
            ", 4*",
            $limb,
            "(",
            $pointer,
            ")\n",
            "srl $1, $1, 29\n ins $1, $2, 3, 29\n sra $2, $2, 29\n mtlo $1\n mthi $2\n",
        )
    };
}

/// The frame: m5 to m8, the callee's registers, and the place of the result.
macro_rules! enter {
    () => {
        concat!(
            "addiu $sp, $sp, -64\n sw $16, 16($sp)\n sw $17, 20($sp)\n sw $18, 24($sp)\n sw $19, 28($sp)\n sw $20, 32($sp)\n",
            "sw $21, 36($sp)\n sw $22, 40($sp)\n sw $23, 44($sp)\n sw $30, 48($sp)\n sw $28, 52($sp)\n sw $31, 56($sp)\n",
            "sw $4, 60($sp)\n lui $25, %hi({constants})\n addiu $25, $25, %lo({constants})\n",
            "lw $8, 0($5)\n lw $9, 4($5)\n lw $10, 8($5)\n lw $11, 12($5)\n lw $12, 16($5)\n lw $13, 20($5)\n lw $14, 24($5)\n",
            "lw $15, 28($5)\n lw $24, 32($5)\n mtlo $0\n mthi $0\n",
        )
    };
}

/// The second factor that is held.
macro_rules! hold {
    ($at:literal) => {
        concat!(
            "lw $16, 0(",
            $at,
            ")\n lw $17, 4(",
            $at,
            ")\n lw $18, 8(",
            $at,
            ")\n lw $19, 12(",
            $at,
            ")\n lw $20, 16(",
            $at,
            ")\n",
            "lw $21, 20(",
            $at,
            ")\n lw $22, 24(",
            $at,
            ")\n lw $23, 28(",
            $at,
            ")\n lw $30, 32(",
            $at,
            ")\n",
        )
    };
}

/// m5 to m8 into the registers of a0, s0, a1 and s1.
macro_rules! hold_spilled {
    () => {
        "lw $8, 0($sp)\n lw $16, 4($sp)\n lw $9, 8($sp)\n lw $17, 12($sp)\n"
    };
}

/// Back to the caller.
macro_rules! leave {
    () => {
        concat!(
            "lw $16, 16($sp)\n lw $17, 20($sp)\n lw $18, 24($sp)\n lw $19, 28($sp)\n lw $20, 32($sp)\n lw $21, 36($sp)\n",
            "lw $22, 40($sp)\n lw $23, 44($sp)\n lw $30, 48($sp)\n lw $28, 52($sp)\n lw $31, 56($sp)\n jr $31\n addiu $sp, $sp, 64\n",
        )
    };
}

/// A column that is cleared.
macro_rules! low_column {
    ($k:tt, $first:ident) => { concat!(products!($first $k), products!(add_p $k), shift!()) };
    ($k:tt, $first:ident, $second:ident) => {
        concat!(products!($first $k), products!($second $k), products!(add_p $k), shift!())
    };
}

/// A column of the result of one product.
macro_rules! high_column {
    ($k:tt, $limb:tt) => {
        concat!(products!(add_held $k), products!(add_p_held $k), store!($limb to "$6" by "$7"))
    };
}

/// A column of the result of two products. The registers of a2 and s2 are free.
macro_rules! high_column_of_two {
    ($k:tt, $limb:tt, $second:ident, $plus:ident) => {
        concat!(
            products!(add_first $k), products!($second $k), products!(add_p_held $k), $plus!($limb),
            "lw $10, 60($sp)\n", store!($limb to "$10" by "$18"),
        )
    };
}

/// Adds nothing.
macro_rules! plus_nothing {
    ($limb:tt) => {
        ""
    };
}

/// Adds a limb of p.
macro_rules! plus_p {
    ($limb:tt) => {
        concat!("lw $1, 4*", $limb, "($25)\n li $2, 1\n maddu $1, $2\n")
    };
}

global_asm!(
    ".set push\n .set mips32r2\n .set noreorder\n .set noat\n .balign 4\n .globl gavel_fq_product\n .type gavel_fq_product, @function\n gavel_fq_product:",
    enter!(),
    hold!("$6"),
    "move $6, $4",
    low_column!(0, add_held),
    low_column!(1, add_held),
    low_column!(2, add_held),
    low_column!(3, add_held),
    low_column!(4, add_held),
    low_column!(5, add_held),
    low_column!(6, add_held),
    low_column!(7, add_held),
    low_column!(8, add_held),
    products!(add_held 9),
    hold_spilled!(),
    products!(add_p_held 9),
    store!(0 to "$6" by "$7"),
    high_column!(10, 1),
    high_column!(11, 2),
    high_column!(12, 3),
    high_column!(13, 4),
    high_column!(14, 5),
    high_column!(15, 6),
    high_column!(16, 7),
    "mflo $1\n sw $1, 32($6)",
    leave!(),
    ".size gavel_fq_product, . - gavel_fq_product\n .set pop",
    constants = sym CONSTANTS,
);

macro_rules! two_products {
    ($name:literal, $second:ident, $plus:ident) => {
        global_asm!(
            concat!(".set push\n .set mips32r2\n .set noreorder\n .set noat\n .balign 4\n .globl ", $name, "\n .type ", $name, ", @function\n ", $name, ":"),
            enter!(),
            hold!("$7"),
            "lw $7, 80($sp)",
            low_column!(0, add_first, $second),
            low_column!(1, add_first, $second),
            low_column!(2, add_first, $second),
            low_column!(3, add_first, $second),
            low_column!(4, add_first, $second),
            low_column!(5, add_first, $second),
            low_column!(6, add_first, $second),
            low_column!(7, add_first, $second),
            low_column!(8, add_first, $second),
            products!(add_first 9),
            products!($second 9),
            hold_spilled!(),
            products!(add_p_held 9),
            $plus!(0),
            "mflo $1\n ext $1, $1, 0, 29\n lw $2, 60($sp)\n sw $1, 0($2)",
            shift!(),
            high_column_of_two!(10, 1, $second, $plus),
            high_column_of_two!(11, 2, $second, $plus),
            high_column_of_two!(12, 3, $second, $plus),
            high_column_of_two!(13, 4, $second, $plus),
            high_column_of_two!(14, 5, $second, $plus),
            high_column_of_two!(15, 6, $second, $plus),
            high_column_of_two!(16, 7, $second, $plus),
            $plus!(8),
            "mflo $1\n sw $1, 32($10)",
            leave!(),
            concat!(".size ", $name, ", . - ", $name, "\n .set pop"),
            constants = sym CONSTANTS,
        );
    };
}

two_products!("gavel_fq_sum_of_products", add_second, plus_nothing);
two_products!("gavel_fq_difference_of_products", subtract_second, plus_p);

unsafe extern "C" {
    fn gavel_fq_product(out: *mut Limbs, a: &Limbs, b: &Limbs);
    fn gavel_fq_sum_of_products(out: *mut Limbs, a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs);
    fn gavel_fq_difference_of_products(out: *mut Limbs, a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs);
}

/// `a b / 2^261`.
#[inline(always)]
pub(crate) fn product(a: &Limbs, b: &Limbs) -> Limbs {
    let mut out = MaybeUninit::uninit();
    // SAFETY: the routine reads both factors before it writes, and writes all limbs of the result and its own frame.
    unsafe {
        gavel_fq_product(out.as_mut_ptr(), a, b);
        out.assume_init()
    }
}

/// `(a b + c d) / 2^261`.
#[inline(always)]
pub(crate) fn sum_of_products(a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs) -> Limbs {
    let mut out = MaybeUninit::uninit();
    // SAFETY: the result is none of the factors; the routine writes all its limbs and its own frame.
    unsafe {
        gavel_fq_sum_of_products(out.as_mut_ptr(), a, b, c, d);
        out.assume_init()
    }
}

/// `(a b - c d) / 2^261 + p`.
#[inline(always)]
pub(crate) fn difference_of_products(a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs) -> Limbs {
    let mut out = MaybeUninit::uninit();
    // SAFETY: as above.
    unsafe {
        gavel_fq_difference_of_products(out.as_mut_ptr(), a, b, c, d);
        out.assume_init()
    }
}

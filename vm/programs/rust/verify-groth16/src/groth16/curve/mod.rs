//! The two groups of the pairing, with what the verifier does in each.

mod g1;
mod g2;

pub(crate) use g1::{G1, sum_of_multiples};
pub(crate) use g2::G2;
pub(crate) use g2::Multiple;

/// x = 4965661367192848881, of which p, the order r and the pairing's loop are polynomials.
const X: u64 = 4_965_661_367_192_848_881;
/// x in signed binary digits, no two neighbours of which are other than 0; the lowest first.
pub(crate) const X_DIGITS: [i8; 63] = signed_digits(X as u128);
/// The same for 6 x + 2, the loop of the optimal ate pairing.
pub(crate) const LOOP_DIGITS: [i8; 66] = signed_digits(6 * X as u128 + 2);

/// The non-adjacent form of an integer.
const fn signed_digits<const N: usize>(mut integer: u128) -> [i8; N] {
    let mut digits = [0; N];
    let mut i = 0;
    while integer != 0 {
        if integer & 1 == 1 {
            if integer & 3 == 1 {
                digits[i] = 1;
                integer -= 1;
            } else {
                digits[i] = -1;
                integer += 1;
            }
        }
        integer >>= 1;
        i += 1;
    }
    digits
}

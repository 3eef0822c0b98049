//! Values that several commands read.

use gavel_vm::digest::DigestLength;

/// Reads an arity.
pub(crate) fn arity(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(arity) if (2..=256).contains(&arity) && arity.is_power_of_two() => Ok(arity),
        _ => Err("an arity is a power of two from 2 to 256".into()),
    }
}

/// Reads a digest length in bits.
pub(crate) fn digest_length(text: &str) -> Result<DigestLength, String> {
    match text {
        "256" => Ok(DigestLength::Bits256),
        "160" => Ok(DigestLength::Bits160),
        _ => Err("digests have 256 or 160 bits".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arities_are_powers_of_two() {
        assert_eq!(arity("16"), Ok(16));
        for wrong in ["0", "1", "3", "512", "two"] {
            assert!(
                arity(wrong).unwrap_err().contains("power of two"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn digests_have_one_of_two_lengths() {
        assert_eq!(digest_length("160"), Ok(DigestLength::Bits160));
        assert_eq!(
            digest_length("128"),
            Err("digests have 256 or 160 bits".into())
        );
    }
}

//! What a verifier says.

use core::fmt::{self, Display, Formatter};

/// What was verified, or why nothing was: as text, what the program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<S, R>(pub Result<S, R>);

impl<S, R> Verdict<S, R> {
    /// The exit code: 0, or 1 for a rejection.
    pub fn exit_code(&self) -> u32 {
        u32::from(self.0.is_err())
    }
}

impl<S: Display, R: Display> Display for Verdict<S, R> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(statement) => writeln!(f, "{statement}"),
            Err(reason) => writeln!(f, "rejected: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn verdicts_are_lines() {
        let valid = Verdict(Ok::<_, &str>("verified"));
        assert_eq!(
            (valid.to_string().as_str(), valid.exit_code()),
            ("verified\n", 0)
        );
        let invalid = Verdict(Err::<&str, _>("too long"));
        let expected = ("rejected: too long\n", 1);
        assert_eq!(
            (invalid.to_string().as_str(), invalid.exit_code()),
            expected
        );
    }
}

//! Whether there is memory enough for what comes next.
//!
//! A process that asks for more than there is gets killed without a word, hours into a proof. So each stage says beforehand
//! what it takes: measured peaks, rounded up.

use super::error::PipelineError;
use super::parameters::Level;
use crate::segment::Size;

/// Megabytes for the circuits of the recursion and a proof of each.
pub(super) const CIRCUITS: u64 = 3_000;

/// Megabytes for the constraints of the last layer, their key and the proof: 2,100 measured on two processors, and each more takes
/// some.
pub(super) const GROTH16: u64 = 2_500;

/// Megabytes for the tables of a segment and their proof: 14 KB a row of the CPU or memory table, and what does not depend on
/// the size.
pub(super) fn segment(size: Size) -> u64 {
    let rows = (1u64 << size.cpu_bits) + (1 << size.memory_bits);
    300 + rows * 14 / 1_000
}

/// Refuses to go on if less than `needed` megabytes are free. Trials take a part of the standard's memory.
pub(super) fn ensure(level: Level, needed: u64) -> Result<(), PipelineError> {
    let needed = match level {
        Level::Standard => needed,
        Level::Trial => needed / 2,
    };
    match std::fs::read_to_string("/proc/meminfo") {
        Ok(text) => enough(needed, &text),
        // Other systems do not say.
        Err(_) => Ok(()),
    }
}

/// Judges by the text of `/proc/meminfo`.
fn enough(needed: u64, text: &str) -> Result<(), PipelineError> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    match kilobytes.map(|kilobytes| kilobytes / 1_000) {
        Some(available) if available < needed => Err(PipelineError::Memory { needed, available }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_memory_is_said_beforehand() {
        let text = "MemTotal:       24000000 kB\nMemAvailable:    4999000 kB\n";
        assert!(enough(4_999, text).is_ok());
        let refused = enough(5_000, text).expect_err("1 MB less");
        assert_eq!(
            refused.to_string(),
            "too little memory: 5000 MB are needed for the next stage, 4999 MB are free. Finished stages are kept"
        );
        assert!(enough(5_000, "").is_ok());
    }
}

//! How results are shown: aligned text for people, one JSON value for programs, progress on a terminal only.

use crate::error::CliError;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Prints one JSON value, indented, and a line end.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

/// Writes one JSON value, indented, and a line end to a file.
pub(crate) fn json_file(path: &Path, value: &impl Serialize) -> Result<(), CliError> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    file(path, text.as_bytes())
}

/// Writes a file.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    std::fs::write(path, bytes).map_err(|source| CliError::WriteFile {
        path: path.to_owned(),
        source,
    })
}

/// A progress line for work whose length is not known; silent where standard error is no terminal.
pub(crate) fn spinner() -> ProgressBar {
    let progress = ProgressBar::new_spinner();
    to_spinner(&progress);
    progress.enable_steady_tick(TICK);
    progress
}

/// A progress bar for so many `things`; silent where standard error is no terminal.
pub(crate) fn bar(count: u64, things: &'static str) -> ProgressBar {
    let progress = ProgressBar::no_length();
    to_bar(&progress, count, things);
    progress
}

/// Makes a progress line what [`spinner`] is.
pub(crate) fn to_spinner(progress: &ProgressBar) {
    let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]");
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
}

/// Makes a progress line what [`bar`] is.
pub(crate) fn to_bar(progress: &ProgressBar, count: u64, things: &'static str) {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg} [{elapsed}]");
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    progress.set_message(things);
    progress.set_length(count);
    progress.set_position(0);
}

/// The most memory that this process has held, as Linux says; 0 where it does not.
pub(crate) fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|number| number.parse().ok())
        .map_or(0, |kilobytes: u64| 1024 * kilobytes)
}

/// The bytes of a text in hexadecimal.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(16 * digit(*high)? + digit(*low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

/// `digits` as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number with its thousands set apart: 1,234,567.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn bytes_are_two_digits_each() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(from_hex("000aFf"), Some(vec![0, 10, 255]));
        assert_eq!(from_hex(""), Some(vec![]));
        for wrong in ["0", "0g", "+1", "é"] {
            assert_eq!(from_hex(wrong), None, "{wrong}");
        }
    }
}

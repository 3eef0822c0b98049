//! Suites that span crates live in this package's `tests` directory.

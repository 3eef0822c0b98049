//! Disputes on a real Bitcoin Core.

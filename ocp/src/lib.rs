//! The Optimistic Challenge Process.

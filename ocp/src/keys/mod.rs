//! Keys: the signers' aggregate, the deposit, and the one-time keys of the game's slots.

pub mod deposit;
pub mod musig;
pub mod slots;

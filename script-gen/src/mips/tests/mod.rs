//! Every relation against the machine: no honest step violates one, every wrong word violates one.

mod core;
mod equivocation;
mod game;
mod honest;
mod lowering;
mod machine;
mod shape;
mod sizes;
mod step;
mod wrong;

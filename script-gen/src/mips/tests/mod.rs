//! Every relation against the machine: no honest step violates one, every wrong word violates one.

mod core;
mod game;
mod honest;
mod machine;
mod sizes;
mod step;
mod wrong;

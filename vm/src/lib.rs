//! A MIPS32 machine that runs real programs and commits to every step.

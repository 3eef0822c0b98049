//! The `gavel` command: run programs on the machine, prove their runs, inspect leaves, plan disputes and play them on Bitcoin Core.
//!
//! Exit codes: 0 success, 1 the program, the game or the chain refused (the message says why), 2 wrong usage.

mod arguments;
mod bench;
mod demo;
mod error;
mod groth16;
mod leaves;
mod output;
mod plan;
mod processor;
mod program;
mod prove;
mod run;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The compiler that turns verifiers into Bitcoin dispute scripts.
#[derive(Parser)]
#[command(name = "gavel", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a MIPS program on the machine: exit code, output, steps and the final state digest.
    Run(run::Run),
    /// Prove the run of a MIPS program: from its steps to one Groth16 proof.
    Prove(prove::ProveCommand),
    /// Verify a proof of a run, at any stage.
    Verify(prove::VerifyCommand),
    /// Every kind of leaf: what it refutes and how large it is.
    Leaves(leaves::LeavesCommand),
    /// Compile a verifier to a tree of leaves.
    Compile(groth16::CompileCommand),
    /// Sign all values of the check of a proof.
    Assert(groth16::AssertCommand),
    /// Find the leaf that refutes an assertion, and its witness.
    Disprove(groth16::DisproveCommand),
    /// What a dispute costs: rounds, turns, the size of every transaction.
    Plan(plan::PlanCommand),
    /// Play a dispute about a program's run, or about a proof, on Bitcoin Core.
    Demo(demo::Demo),
    /// What the generated scripts cost.
    Bench(bench::BenchCommand),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(command) => command.execute(),
        Command::Prove(command) => command.execute(),
        Command::Verify(command) => command.execute(),
        Command::Leaves(command) => command.execute(),
        Command::Compile(command) => command.execute(),
        Command::Assert(command) => command.execute(),
        Command::Disprove(command) => command.execute(),
        Command::Plan(command) => command.execute(),
        Command::Demo(command) => command.execute(),
        Command::Bench(command) => command.execute(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the result has read enough of it: `gavel ... | head`.
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gavel: {error}");
            error.exit_code()
        }
    }
}

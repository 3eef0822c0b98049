//! Proves a program's run up to its statement and says what it took:
//! `cargo run --release -p gavel-prover --example segment -- ELF INPUT CPU_BITS MEMORY_BITS SEGMENTS`.
//!
//! Of a run of more segments only so many are proved, and no statement.

use std::error::Error;
use std::fs;
use std::time::Instant;

use gavel_prover::claim::Opening;
use gavel_prover::recursion::circuits::Circuits;
use gavel_prover::segment::{Run, Size};
use gavel_prover::stark::proof::{prove, verify};
use gavel_vm::elf::Elf;
use gavel_vm::image::Image;
use gavel_vm::supervisor;

const STEP_LIMIT: u64 = 1 << 32;

/// A stage's wall clock and processor time, and the peak of memory so far.
struct Clock {
    started: Instant,
    processor: f64,
}

impl Clock {
    fn start() -> Clock {
        Clock {
            started: Instant::now(),
            processor: processor_seconds(),
        }
    }

    fn lap(&mut self, stage: &str) {
        println!(
            "{stage}: {:.2} s, {:.2} s of processor time, peak {} MB",
            self.started.elapsed().as_secs_f64(),
            processor_seconds() - self.processor,
            peak_megabytes()
        );
        *self = Clock::start();
    }
}

/// User and system time of this process, on Linux, where they are counted in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.split_whitespace().skip(13).take(2);
    fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The largest resident memory of this process, on Linux.
fn peak_megabytes() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0usize) / 1024
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [elf, input, cpu_bits, memory_bits, segments] = &arguments[..] else {
        return Err("usage: segment ELF INPUT CPU_BITS MEMORY_BITS SEGMENTS".into());
    };
    let (elf, input) = (fs::read(elf)?, fs::read(input)?);
    let order = Elf::parse(&elf)?.order;
    let image = Image::new(&elf, &supervisor::linux(order), &["program"])?;
    let size = Size {
        cpu_bits: cpu_bits.parse()?,
        memory_bits: memory_bits.parse()?,
    };
    let mut clock = Clock::start();
    let circuits = Circuits::new(size)?;
    clock.lap("circuits");
    println!(
        "rows: segment 2^{}, chain 2^{}, statement 2^{}",
        circuits.segment.degree_bits(),
        circuits.chain.degree_bits(),
        circuits.statement.degree_bits()
    );
    let opening = Opening::new(&image, &input, STEP_LIMIT)?;
    let mut run = Run::new(&image, &input, size)?;
    clock.lap("run and trees");
    let mut chain = None;
    for number in 0..segments.parse()? {
        let Some(segment) = run.next_segment()? else {
            break;
        };
        let steps = segment.boundary.after.step - segment.boundary.before.step;
        let heights = segment.tables.each_ref().map(|table| table[0].values.len());
        clock.lap(&format!(
            "segment {number}, {steps} steps, rows {heights:?}: tables"
        ));
        let proof = prove(&segment)?;
        drop(segment);
        clock.lap("  proof");
        verify(&proof)?;
        clock.lap("  verification");
        let proof = circuits.segment(&proof)?;
        clock.lap("  recursive proof");
        chain = Some(circuits.chain(chain.as_ref(), &proof)?);
        clock.lap("  chain");
    }
    if run.state().halted()
        && let Some(chain) = chain
    {
        let proof = circuits.statement(&chain, &opening)?;
        clock.lap("statement");
        circuits.statement.verify(&proof, &opening.claim)?;
        clock.lap("verification");
        println!(
            "bytes: chain {}, statement {}",
            chain.to_bytes().len(),
            proof.to_bytes().len()
        );
    }
    Ok(())
}

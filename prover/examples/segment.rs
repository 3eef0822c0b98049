//! Proves the first segments of a program and says what it took:
//! `cargo run --release -p gavel-prover --example segment -- ELF CPU_BITS MEMORY_BITS SEGMENTS`.

use std::error::Error;
use std::time::Instant;

use gavel_prover::segment::{Run, Size};
use gavel_prover::stark::proof::{prove, verify};
use gavel_vm::elf::Elf;
use gavel_vm::image::Image;
use gavel_vm::supervisor;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [elf, cpu_bits, memory_bits, segments] = &arguments[..] else {
        return Err("usage: segment ELF CPU_BITS MEMORY_BITS SEGMENTS".into());
    };
    let elf = std::fs::read(elf)?;
    let order = Elf::parse(&elf)?.order;
    let image = Image::new(&elf, &supervisor::linux(order), &["program"])?;
    let size = Size {
        cpu_bits: cpu_bits.parse()?,
        memory_bits: memory_bits.parse()?,
    };
    let started = Instant::now();
    let mut run = Run::new(&image, b"abc", size)?;
    println!("tree: {:.2?}", started.elapsed());
    for number in 0..segments.parse()? {
        let started = Instant::now();
        let Some(segment) = run.next_segment()? else {
            break;
        };
        let traced = started.elapsed();
        let steps = segment.boundary.after.step - segment.boundary.before.step;
        let heights = segment.tables.each_ref().map(|table| table[0].values.len());
        let started = Instant::now();
        let proof = prove(&segment)?;
        let proved = started.elapsed();
        let started = Instant::now();
        verify(&proof)?;
        println!(
            "segment {number}: {steps} steps, rows {heights:?}, trace {traced:.2?}, proof {proved:.2?}, verified in {:.2?}",
            started.elapsed()
        );
    }
    Ok(())
}

//! How much of the processor a piece of work takes.

/// Clock ticks of `/proc` in a second: the kernel's interface has 100 whatever the kernel's own clock has.
const TICKS: f64 = 100.0;

/// Seconds of one processor that this process has spent so far, on all its threads; 0 where Linux does not count them.
pub(crate) fn spent() -> f64 {
    ticks() / TICKS
}

/// Does something, and says how many seconds of one processor this process spent meanwhile, on all its threads, as Linux counts
/// them; 0 where it does not.
pub(crate) fn seconds<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = spent();
    let done = work();
    (done, spent() - before)
}

/// Ticks that this process has spent in user mode and in the kernel.
fn ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold anything; `utime` and `stime` are the 12th and 13th field after it.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let times = fields.split_whitespace().skip(11).take(2);
    times.filter_map(|time| time.parse::<f64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn work_takes_time() {
        let spin = || {
            let start = std::time::Instant::now();
            while start.elapsed().as_millis() < 200 {}
        };
        let ((), spent) = seconds(spin);
        assert!((0.0..5.0).contains(&spent), "{spent}");
    }
}

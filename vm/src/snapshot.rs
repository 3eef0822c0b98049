//! Snapshots of a run, from which any step is reached by a short re-execution.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::execute::{Cpu, Registers};
use crate::machine::Machine;
use crate::memory::PageWords;

/// Snapshots kept at most. When there are more, every other one is dropped and the interval doubles: a run of `n` steps
/// keeps at least half of these, so a re-execution takes `n / 32` steps at most once `n` exceeds the first intervals.
const MAX_SNAPSHOTS: usize = 64;
/// Steps between snapshots at first: about a millisecond of execution.
const FIRST_INTERVAL: u64 = 1 << 17;
/// Pages (4 KiB) that all snapshots hold at most before they are thinned out: 512 MiB.
const PAGE_BUDGET: usize = 1 << 17;
/// Snapshots that the page budget never thins below.
const MIN_SNAPSHOTS: usize = 4;

/// The pages of a memory. Snapshots share the pages that did not change between them.
type Pages = BTreeMap<u32, Arc<PageWords>>;

/// The state of a machine at one step.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) steps: u64,
    pub(crate) cpu: Cpu,
    pub(crate) gpr: Registers,
    pub(crate) pages: Pages,
}

/// The snapshots of a run, in order.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    list: Vec<Snapshot>,
    interval: u64,
    page_budget: usize,
    /// Upper bound of the pages that the snapshots hold together.
    pages: usize,
}

impl Snapshots {
    pub(crate) fn new() -> Snapshots {
        Snapshots {
            list: Vec::new(),
            interval: FIRST_INTERVAL,
            page_budget: PAGE_BUDGET,
            pages: 0,
        }
    }

    /// Steps from the last snapshot to the next.
    pub(crate) fn interval(&self) -> u64 {
        self.interval
    }

    /// Takes a snapshot. `changed` lists the pages that may differ from the one before.
    pub(crate) fn take(&mut self, machine: &Machine, changed: &[u32]) {
        let mut pages = self
            .list
            .last()
            .map_or_else(Pages::new, |last| last.pages.clone());
        for &number in changed {
            if let Some(words) = machine.memory.page(number) {
                pages.insert(number, Arc::new(*words));
            }
        }
        self.pages += changed.len();
        self.list.push(Snapshot {
            steps: machine.steps,
            cpu: machine.cpu,
            gpr: machine.gpr,
            pages,
        });
        if self.list.len() > MAX_SNAPSHOTS {
            self.thin();
        }
        while self.pages > self.page_budget && self.list.len() > MIN_SNAPSHOTS {
            self.thin();
        }
    }

    /// Drops every other snapshot; the first and, of an odd number, the last stay.
    fn thin(&mut self) {
        let mut position = 0;
        self.list.retain(|_| {
            position += 1;
            position % 2 == 1
        });
        self.interval *= 2;
        let held: HashSet<*const PageWords> = self
            .list
            .iter()
            .flat_map(|snapshot| snapshot.pages.values().map(Arc::as_ptr))
            .collect();
        self.pages = held.len();
    }

    /// The last snapshot at or before `step`.
    pub(crate) fn before(&self, step: u64) -> Option<&Snapshot> {
        let after = self.list.partition_point(|snapshot| snapshot.steps <= step);
        self.list[..after].last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Image;
    use crate::memory::ByteOrder;

    /// A loop that writes a word of another page in each round: `addiu v0, v0, 4096; b .-4; sw v0, 0(v0)`.
    const WRITER: [u32; 4] = [0x3c02_0010, 0x2442_1000, 0x1000_fffe, 0xac42_0000];

    fn recorded(page_budget: usize, count: u64) -> Snapshots {
        let image = Image::bare(ByteOrder::Big, 0x1_0000, &WRITER).unwrap();
        let mut machine = Machine::new(&image, b"").unwrap();
        let mut snapshots = Snapshots::new();
        snapshots.page_budget = page_budget;
        snapshots.interval = 30;
        while machine.steps < 30 * count {
            let changed = machine.memory.take_dirty();
            snapshots.take(&machine, &changed);
            let next = machine.steps + snapshots.interval;
            machine.run_to(next).unwrap();
        }
        snapshots
    }

    #[test]
    fn their_number_is_bounded() {
        let snapshots = recorded(1 << 20, 500);
        assert!((MAX_SNAPSHOTS / 2..=MAX_SNAPSHOTS).contains(&snapshots.list.len()));
        assert_eq!(snapshots.list[0].steps, 0);
        assert!(
            snapshots
                .list
                .windows(2)
                .all(|pair| pair[1].steps - pair[0].steps == snapshots.interval)
        );
        let steps = snapshots.list[3].steps;
        for (step, found) in [
            (steps - 1, snapshots.list[2].steps),
            (steps, steps),
            (steps + 1, steps),
        ] {
            assert_eq!(
                snapshots.before(step).map(|snapshot| snapshot.steps),
                Some(found)
            );
        }
    }

    #[test]
    fn their_pages_are_bounded() {
        let snapshots = recorded(200, 15);
        assert!(snapshots.pages <= 200 && snapshots.list.len() >= MIN_SNAPSHOTS);
        // A snapshot is whole: the pages of those that were dropped are in it.
        let last = snapshots.list.last().unwrap();
        let written = (last.steps as usize).div_ceil(3);
        assert!(
            last.pages.len() >= written,
            "{} of {written}",
            last.pages.len()
        );
    }
}

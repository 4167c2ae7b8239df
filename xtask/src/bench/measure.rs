//! Runs one process and measures it, and says what many measurements come to.
#![expect(clippy::disallowed_methods, reason = "this is the clock of the benchmarks")]

use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// What one run cost. Memory and processor time include the processes that the measured one waited for; the peak is
/// that of the largest single process, and never below the few MiB of this program, which Linux counts in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    pub(super) peak_bytes: u64,
}

/// Runs the command to its end.
pub(super) fn measure(command: &mut Command) -> io::Result<(ExitStatus, Cost)> {
    let begun = Instant::now();
    let used = command.spawn()?.wait4()?;
    let cost = Cost {
        wall: begun.elapsed(),
        cpu: used.rusage.utime + used.rusage.stime,
        peak_bytes: used.rusage.maxrss,
    };
    Ok((used.status, cost))
}

/// The middle and the ends of several measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// Returns the spread of at least one figure.
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let upper = *figures.get(figures.len() / 2)?;
        let lower = *figures.get((figures.len() - 1) / 2)?;
        Some(Spread {
            median: f64::midpoint(lower, upper),
            least: *figures.first()?,
            most: *figures.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let spread = Spread {
            median: 2.5,
            least: 1.0,
            most: 9.0,
        };
        assert_eq!(Spread::of([9.0, 2.0, 1.0, 3.0]), Some(spread));
    }

    #[test]
    fn nothing_measured_has_no_spread() {
        assert_eq!(Spread::of([]), None);
    }
}

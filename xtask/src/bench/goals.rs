//! What the program wants to reach, and whether it did. A goal that is missed is news, not a failure.

use std::fmt;

use super::bound::least;
use super::measure::Spread;
use super::program::Program;
use super::series::{Row, Series};

const START_MS: f64 = 10.0;
const PEAK_MIB: f64 = 30.0;

/// At least how many times as long as ciuser a peer should take.
const PEERS: [(&str, f64); 3] = [("boto3 script", 1.0), ("AWS CLI script", 3.0), ("Terraform", 10.0)];

/// One goal beside what was measured.
pub(super) struct Goal {
    what: String,
    measured: String,
    met: Option<bool>,
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let met = match self.met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "not measured",
        };
        write!(f, "| {} | {} | {met} |", self.what, self.measured)
    }
}

/// Compares what was measured with the goals.
pub(super) fn goals(one: &Series, many: &Series, program: &Program) -> Vec<Goal> {
    let mut goals = Vec::new();
    for series in [one, many] {
        goals.extend(PEERS.iter().map(|(peer, factor)| against(series, peer, *factor)));
        goals.push(calls(series));
        goals.push(memory(series));
    }
    goals.push(Goal {
        what: format!("`ciuser --version` in less than {START_MS} ms"),
        measured: format!("{:.1} ms", program.start_ms.median),
        met: Some(program.start_ms.median < START_MS),
    });
    goals
}

fn against(series: &Series, peer: &str, factor: f64) -> Goal {
    let seconds = |row: Option<&Row>| row.and_then(Row::seconds).map(|spread| spread.median);
    let own = seconds(series.rows.first());
    let other = seconds(series.rows.iter().find(|row| row.client.name == peer));
    let ratio = other.zip(own).map(|(other, own)| other / own);
    Goal {
        what: format!("{}: {peer} takes at least {factor} times as long", users(series)),
        measured: ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} times")),
        met: ratio.map(|ratio| ratio >= factor),
    }
}

fn calls(series: &Series) -> Goal {
    let least = least(series.users);
    let made: Option<usize> = series.rows.first().map(|row| row.calls.values().sum());
    Goal {
        what: format!("{}: no more than {least} API calls", users(series)),
        measured: made.map_or_else(String::new, |made| made.to_string()),
        met: made.map(|made| made <= least),
    }
}

fn memory(series: &Series) -> Goal {
    let peak: Option<Spread> = series.rows.first().and_then(Row::peak_mib);
    Goal {
        what: format!("{}: at most {PEAK_MIB} MiB of memory", users(series)),
        measured: peak.map_or_else(String::new, |peak| format!("{:.0} MiB", peak.most)),
        met: peak.map(|peak| peak.most <= PEAK_MIB),
    }
}

fn users(series: &Series) -> String {
    match series.users {
        1 => "1 user".to_owned(),
        users => format!("{users} users"),
    }
}

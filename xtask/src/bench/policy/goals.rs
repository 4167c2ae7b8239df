//! What the engine wants to reach, and whether it did. A goal that is missed is news, not a failure.

use super::page::Report;

/// AWS's label is wrong: `docs/design/deviations.md`.
const MISLABELLED: &str = "ec2-network-acl: Candidate policy 3";

/// One goal beside what was measured.
pub(super) struct Goal {
    pub(super) what: &'static str,
    pub(super) measured: String,
    pub(super) met: Option<bool>,
}

/// Compares what was measured with the goals.
pub(super) fn goals(report: &Report<'_>) -> Vec<Goal> {
    let own = report.rates.first();
    let ready = own.and_then(|rate| rate.last.ready_ms);
    let labelled = report.labelled.as_ref();
    let as_stated = labelled.is_none_or(|labelled| labelled.others.iter().all(|case| case.starts_with(MISLABELLED)));
    let versions = &report.versions;
    vec![
        goal(
            "more than 1,000,000 decisions a second on one core",
            own.map(|rate| rate.per_second.median),
            |rate| rate > 1_000_000.0,
            |rate| format!("{:.1} million", rate / 1e6),
        ),
        goal(
            "the three policies read and compiled in less than 2 ms",
            ready,
            |ms| ms < 2.0,
            |ms| format!("{ms:.2} ms"),
        ),
        goal(
            "all cases that AWS labelled in less than 1 s together, as it says but for the one that is mislabelled",
            labelled.map(|labelled| labelled.took.total_s),
            |seconds| seconds < 1.0 && as_stated,
            |seconds| format!("{:.0} ms", seconds * 1_000.0),
        ),
        goal(
            "every managed policy equal to itself rewritten, both ways, in less than 60 s together",
            Some(report.rewritten.took.total_s),
            |seconds| seconds < 60.0 && report.rewritten.not_proven.is_empty(),
            |seconds| format!("{seconds:.1} s"),
        ),
        Goal {
            what: "every last version of a managed policy decided against the one before, what it adds confirmed",
            measured: format!(
                "{} within, {} confirmed, {} others",
                versions.within,
                versions.confirmed,
                versions.others.len()
            ),
            met: Some(versions.others.is_empty()),
        },
    ]
}

fn goal(
    what: &'static str,
    measured: Option<f64>,
    is_met: impl Fn(f64) -> bool,
    shown: impl Fn(f64) -> String,
) -> Goal {
    Goal {
        what,
        measured: measured.map(shown).unwrap_or_default(),
        met: measured.map(is_met),
    }
}

//! The page about the policy engine: what was measured, on what, and what it means.

use std::fmt::Write as _;

use super::figures::{Growth, Labelled, Minimised, Rewritten, Versions};
use super::goals::goals;
use super::peers::{Peers, Rate};
use crate::bench::machine::Machine;

const INTRODUCTION: &str = "\
# Benchmark: the policy engine

<!-- Measured and written by `cargo run -p xtask -- bench policy`; do not edit. -->

How fast requests are decided, beside engines that others wrote, and what proofs cost. These are figures of one machine on
one day: the ratios say more than the seconds.
";

const DECISIONS: &str = "
## Decisions

The policies `AmazonS3FullAccess`, `CloudFrontFullAccess` and `AdministratorAccess-AWSElasticBeanstalk`, and requests of a
pipeline and of others in turn, some allowed and some not. Each engine is given the same files, reads and compiles them
once where it can, and decides the requests over and over on one core. The engines take turns. iam-simulate checks every
request against its catalogue and reads the policies each time: its interface has no other way. awsim has an evaluator
that is in no registry, and is left out.
";

const PROOFS: &str = "
## Proofs

On one core. \"Rewritten\" is every AWS managed policy against itself with its statements split and shuffled and its patterns
replaced by several that mean the same, both ways; \"versions\" its last version against the one before; \"labelled\" the
cases for which AWS states what its own check says; \"minimised\" the shortest document with the same meaning.
";

const REPEAT: &str = "
## To repeat it

On a quiet machine with Node.js and npm:

```sh
cargo run -p xtask -- bench policy --cases CASES.json
```

The labelled cases are not part of this repository; without them the row is left out. A peer that cannot be installed is left
out, and the page says so.
";

/// All that the page tells.
pub(super) struct Report<'a> {
    pub(super) machine: &'a Machine,
    pub(super) peers: &'a Peers,
    /// The first is ciuser's.
    pub(super) rates: Vec<Rate>,
    pub(super) growth: Vec<Growth>,
    pub(super) labelled: Option<Labelled>,
    pub(super) rewritten: Rewritten,
    pub(super) versions: Versions,
    pub(super) minimised: Minimised,
}

// Writing to a String cannot fail, here and below.
impl Report<'_> {
    /// Returns the page.
    pub(super) fn page(&self) -> String {
        let mut page = INTRODUCTION.to_owned();
        let machine = self.machine;
        let _ = writeln!(
            page,
            "\n- Measured: {}, ciuser at commit `{}`, release build",
            machine.date, machine.commit
        );
        let _ = writeln!(
            page,
            "- Machine: {}, {} cores, {} of memory, {}; load before: {}",
            machine.processor, machine.cores, machine.memory, machine.kernel, machine.load
        );
        for why in &self.peers.missing {
            let _ = writeln!(page, "- Left out: {why}");
        }
        page.push_str(DECISIONS);
        self.decisions(&mut page);
        self.growth(&mut page);
        page.push_str(PROOFS);
        self.proofs(&mut page);
        page.push_str("\n## Goals\n\n");
        page.push_str(&self.goals());
        page.push_str(REPEAT);
        page
    }

    /// Returns the table of goals.
    pub(super) fn goals(&self) -> String {
        let mut table = "| goal | measured | |\n|---|---|---|\n".to_owned();
        for goal in goals(self) {
            let met = match goal.met {
                Some(true) => "met",
                Some(false) => "**missed**",
                None => "not measured",
            };
            let _ = writeln!(table, "| {} | {} | {met} |", goal.what, goal.measured);
        }
        table
    }

    fn decisions(&self, page: &mut String) {
        page.push_str("\n| engine | decisions a second | (least to most) | times slower |\n|---|---|---|---|\n");
        let own = self.rates.first().map(|rate| rate.per_second.median);
        for Rate { name, per_second, .. } in &self.rates {
            let times = own.map_or_else(String::new, |own| format!("{:.0}", own / per_second.median));
            let _ = writeln!(
                page,
                "| {name} | {:.0} | {:.0} to {:.0} | {times} |",
                per_second.median, per_second.least, per_second.most
            );
        }
        if let Some(one) = self.rates.first().and_then(|rate| rate.last.one) {
            let _ = writeln!(
                page,
                "\nOne decision of ciuser's by itself, the clock included: p50 {:.2} µs, p99 {:.2} µs, the longest of {} {:.0} µs.",
                one.p50_ms * 1_000.0,
                one.p99_ms * 1_000.0,
                one.count,
                one.max_ms * 1_000.0
            );
        }
    }

    fn growth(&self, page: &mut String) {
        page.push_str("\nWith more statements, taken from AWS's policies, and the proof that they are equal to themselves rewritten:\n\n");
        page.push_str("| statements | decisions a second | proof in ms | |\n|---|---|---|---|\n");
        for row in &self.growth {
            let proven = if row.proven { "proven" } else { "**not proven**" };
            let _ = writeln!(
                page,
                "| {} | {:.0} | {:.1} | {proven} |",
                row.statements, row.decisions_per_second, row.proof_ms
            );
        }
    }

    fn proofs(&self, page: &mut String) {
        page.push_str("\n| what | how many | together in s | p50 in ms | p99 in ms | longest in ms |\n|---|---|---|---|---|---|\n");
        let rows = [
            ("labelled", self.labelled.as_ref().map(|labelled| labelled.took)),
            ("rewritten", Some(self.rewritten.took)),
            ("versions", Some(self.versions.took)),
            ("minimised", Some(self.minimised.took)),
        ];
        for (what, took) in rows {
            let Some(took) = took else { continue };
            let _ = writeln!(
                page,
                "| {what} | {} | {:.2} | {:.2} | {:.1} | {:.0} |",
                took.count, took.total_s, took.p50_ms, took.p99_ms, took.max_ms
            );
        }
        let _ = writeln!(
            page,
            "\nMinimised, all managed policies together are {} characters without white space instead of {}; the median policy gets \
             {:.1} % shorter.",
            self.minimised.after,
            self.minimised.before,
            self.minimised.median_shrink * 100.0
        );
    }
}

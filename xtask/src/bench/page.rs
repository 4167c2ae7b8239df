//! The page about a benchmark: what was measured, on what, and what it means.

use std::fmt::Write as _;

use super::bound::{NEEDED, least};
use super::goals::goals;
use super::machine::Machine;
use super::measure::Spread;
use super::peers::Peers;
use super::program::Program;
use super::series::{Row, Series};

const INTRODUCTION: &str = "\
# Benchmark: making CI users

<!-- Measured and written by `cargo run -p xtask -- bench create`; do not edit. -->

ciuser and other usual ways, each making the same users on one local server. These are figures of one machine on one
day: the ratios say more than the seconds.
";

const MADE: &str = "
## What is made

Each user has the policies `AmazonS3FullAccess`, `CloudFrontFullAccess` and `AdministratorAccess-AWSElasticBeanstalk`,
two tags, and one access key that ends up in a CSV file readable by its owner only. The names come from one file, the
clients take turns, and every run has an empty account, an empty home and a server that is warm. A run
counts only when it succeeded and its files hold as many keys as there are users; a first round is not timed.

What is not alike:

- ciuser looks at what exists, plans, keeps a journal that survives a crash, seals each key, reads the CSV back and
  proves each key at STS, with pauses between the proofs. The peers do none of that.
- Terraform's `init` is not timed, and the provider's own checks are switched off where it allows that. It works on
  ten resources at a time, and keeps each secret in clear text in its state.
- The AWS CLI starts anew for every call.

Time is from start to end of the process. Processor time and peak memory include the processes that it waited for; the
peak is that of the largest single one. The server's own work is in the time and not in the processor time.
";

const REPEAT: &str = "
## To repeat it

On a quiet machine, with `pip install boto3 awscli 'moto[server]'` and, if wanted, Terraform:

```sh
cargo run -p xtask -- bench create
```

`--runs N` and `--runs-of-50 N` change how often; `--terraform-plugins DIR` takes the AWS provider from a directory;
`--python FILE` names another Python. A peer that is not there is left out, and the page says so.
";

/// All that the page tells.
pub(super) struct Report<'a> {
    pub(super) machine: &'a Machine,
    pub(super) program: &'a Program,
    pub(super) peers: &'a Peers,
    pub(super) one: Series,
    pub(super) many: Series,
}

impl Report<'_> {
    /// Returns the page.
    pub(super) fn page(&self) -> String {
        let mut page = INTRODUCTION.to_owned();
        self.facts(&mut page);
        page.push_str(MADE);
        for series in [&self.one, &self.many] {
            table(&mut page, series);
        }
        calls(&mut page, &self.one, &self.many);
        self.goals(&mut page);
        page.push_str(REPEAT);
        page
    }

    /// Returns a few lines for the terminal.
    pub(super) fn summary(&self) -> String {
        let mut text = String::new();
        for series in [&self.one, &self.many] {
            table(&mut text, series);
        }
        text.push_str("\nThe page ");
        text
    }

    // Writing to a String cannot fail, here and below.
    fn facts(&self, page: &mut String) {
        let Machine {
            date,
            commit,
            processor,
            cores,
            memory,
            kernel,
            file_system,
            load,
        } = self.machine;
        let _ = writeln!(page, "\n- Measured: {date}, ciuser at commit `{commit}`, release build");
        let _ = writeln!(
            page,
            "- Machine: {processor}, {cores} cores, {memory} of memory, {kernel}, files on {file_system}; load before: {load}"
        );
        let _ = writeln!(page, "- Server: moto {}", self.peers.moto);
        for client in &self.peers.clients {
            let _ = writeln!(page, "- {}: {}", client.name, client.version);
        }
        let left_out = self.one.left_out.iter().chain(&self.many.left_out);
        for why in self.peers.missing.iter().chain(left_out) {
            let _ = writeln!(page, "- Left out: {why}");
        }
        let start = self.program.start_ms;
        let mebibytes = f64::from(u32::try_from(self.program.bytes).unwrap_or(u32::MAX)) / 1024.0 / 1024.0;
        let _ = writeln!(
            page,
            "- ciuser's program: {mebibytes:.1} MiB; `ciuser --version` takes {:.1} ms ({:.1} to {:.1})",
            start.median, start.least, start.most
        );
    }

    fn goals(&self, page: &mut String) {
        page.push_str("\n## Goals\n\n| goal | measured | |\n|---|---|---|\n");
        for goal in goals(&self.one, &self.many, self.program) {
            let _ = writeln!(page, "{goal}");
        }
    }
}

fn table(page: &mut String, series: &Series) {
    let title = match series.users {
        1 => "One user".to_owned(),
        users => format!("{users} users"),
    };
    let _ = write!(
        page,
        "\n## {title}\n\nRuns of each client: {}. Median, and the least and the most.\n\n\
         | client | time in s | times ciuser's | processor time in s | peak memory in MiB | API calls |\n\
         |---|---|---|---|---|---|\n",
        series.runs
    );
    let own = series.rows.first().and_then(Row::seconds);
    for row in &series.rows {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            row.client.name,
            spread(row.seconds(), 2),
            ratio(row.seconds(), own),
            spread(row.cpu_seconds(), 2),
            spread(row.peak_mib(), 0),
            row.calls.values().sum::<usize>(),
        );
    }
}

fn spread(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or_else(String::new, |spread| {
        let Spread { median, least, most } = spread;
        format!("{median:.digits$} ({least:.digits$} to {most:.digits$})")
    })
}

fn ratio(of: Option<Spread>, to: Option<Spread>) -> String {
    match (of, to) {
        (Some(of), Some(to)) => format!("{:.1}", of.median / to.median),
        _ => String::new(),
    }
}

/// Compares the calls that ciuser made with the least that its way needs; what should not be there is shown too.
fn calls(page: &mut String, one: &Series, many: &Series) {
    let made = |series: &Series, operation: &str| {
        let row = series.rows.first();
        row.and_then(|row| row.calls.get(operation))
            .copied()
            .unwrap_or_default()
    };
    let _ = write!(
        page,
        "\n## ciuser's API calls\n\n\
         The least that its way of working needs, and what it made.\n\n\
         | operation | least for 1 | made | least for {users} | made | what for |\n|---|---|---|---|---|---|\n",
        users = many.users
    );
    for needed in &NEEDED {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            needed.operation,
            needed.calls(one.users),
            made(one, needed.operation),
            needed.calls(many.users),
            made(many, needed.operation),
            needed.why,
        );
    }
    let rows = one.rows.first().into_iter().chain(many.rows.first());
    let mut others: Vec<&str> = rows.flat_map(|row| row.calls.keys().map(String::as_str)).collect();
    others.retain(|operation| NEEDED.iter().all(|needed| needed.operation != *operation));
    others.sort_unstable();
    others.dedup();
    for operation in others {
        let (first, second) = (made(one, operation), made(many, operation));
        let _ = writeln!(page, "| {operation} | 0 | {first} | 0 | {second} | not needed |");
    }
    let all = |series: &Series| series.rows.first().map_or(0, |row| row.calls.values().sum::<usize>());
    let _ = writeln!(
        page,
        "| all | {} | {} | {} | {} | the bare procedure is 5 for each user |",
        least(one.users),
        all(one),
        least(many.users),
        all(many),
    );
}

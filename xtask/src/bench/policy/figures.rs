//! What the measuring programs print.

use serde::Deserialize;

/// How fast an engine decides.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Decided {
    pub(super) decisions_per_second: f64,
    /// How long ciuser takes to read and compile the policies.
    pub(super) ready_ms: Option<f64>,
    /// How long ciuser's decisions take one by one.
    pub(super) one: Option<Took>,
}

/// How long many things took.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Took {
    pub(super) count: usize,
    pub(super) total_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

/// What more statements cost.
#[derive(Debug, Deserialize)]
pub(super) struct Growth {
    pub(super) statements: usize,
    pub(super) decisions_per_second: f64,
    pub(super) proof_ms: f64,
    pub(super) proven: bool,
}

/// The cases for which AWS states a verdict.
#[derive(Debug, Deserialize)]
pub(super) struct Labelled {
    #[serde(flatten)]
    pub(super) took: Took,
    /// Those whose verdict is another one.
    pub(super) others: Vec<String>,
}

/// Managed policies against themselves rewritten.
#[derive(Debug, Deserialize)]
pub(super) struct Rewritten {
    #[serde(flatten)]
    pub(super) took: Took,
    pub(super) not_proven: Vec<String>,
}

/// The last versions of managed policies against those before.
#[derive(Debug, Deserialize)]
pub(super) struct Versions {
    #[serde(flatten)]
    pub(super) took: Took,
    pub(super) within: usize,
    pub(super) confirmed: usize,
    pub(super) others: Vec<String>,
}

/// Managed policies made shorter.
#[derive(Debug, Deserialize)]
pub(super) struct Minimised {
    #[serde(flatten)]
    pub(super) took: Took,
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) median_shrink: f64,
}

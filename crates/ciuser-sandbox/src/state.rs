//! Everything that the sandbox remembers.
//!
//! Holds secrets, so it has no `Debug`. AWS managed policies are not in it, only references to them: they come from
//! the catalogue that is built into the program.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entropy::{self, Entropy};
use crate::faults::Faults;
use crate::gate::LogEntry;
use crate::principal::Credentials;
use crate::{circleci, connect, github, gitlab, iam};

/// The version of the state file's form; a file of a newer one is refused.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// How many requests the log keeps.
const LOG_LENGTH: usize = 500;

/// The state of one sandbox: one AWS account, one organisation at each CI system, one server of 1Password, and what was
/// asked of them.
#[derive(Serialize, Deserialize)]
pub struct State {
    format_version: u32,
    pub(crate) account_id: String,
    pub(crate) root: Credentials,
    pub(crate) admin_role_id: String,
    pub(crate) admin_session: Credentials,
    pub(crate) iam: iam::State,
    pub(crate) circleci: circleci::State,
    /// Missing in a state of an earlier version, as are the next.
    github: Option<github::State>,
    gitlab: Option<gitlab::State>,
    connect: Option<connect::State>,
    #[serde(default)]
    pub(crate) faults: Faults,
    #[serde(default)]
    log: VecDeque<LogEntry>,
}

impl State {
    /// Makes a sandbox with nothing in it but the account itself and the organisations.
    pub(crate) fn fresh(now: Timestamp, entropy: Entropy<'_>) -> State {
        State {
            format_version: FORMAT_VERSION,
            account_id: entropy::account_id(entropy),
            root: Credentials::long_term(entropy),
            admin_role_id: entropy::id("AROA", 17, entropy),
            admin_session: Credentials::session(entropy),
            iam: iam::State::default(),
            circleci: circleci::State::fresh(now, entropy),
            github: Some(github::State::fresh(entropy)),
            gitlab: Some(gitlab::State::fresh(entropy)),
            connect: Some(connect::State::fresh(now, entropy)),
            faults: Faults::default(),
            log: VecDeque::new(),
        }
    }

    /// Returns GitHub's state; one of an earlier version gets it here.
    pub(crate) fn github(&mut self, entropy: Entropy<'_>) -> &mut github::State {
        self.github.get_or_insert_with(|| github::State::fresh(entropy))
    }

    /// Returns GitLab's state; one of an earlier version gets it here.
    pub(crate) fn gitlab(&mut self, entropy: Entropy<'_>) -> &mut gitlab::State {
        self.gitlab.get_or_insert_with(|| gitlab::State::fresh(entropy))
    }

    /// Returns the state of 1Password's server; one of an earlier version gets it here.
    pub(crate) fn connect(&mut self, now: Timestamp, entropy: Entropy<'_>) -> &mut connect::State {
        self.connect.get_or_insert_with(|| connect::State::fresh(now, entropy))
    }

    /// Returns the id of the sandbox's account.
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// Returns the credentials of the administrator's role session, which in-process callers use.
    pub fn admin_session(&self) -> &Credentials {
        &self.admin_session
    }

    /// Returns the latest requests to AWS, the oldest first.
    pub fn log(&self) -> impl Iterator<Item = &LogEntry> {
        self.log.iter()
    }

    pub(crate) fn note(&mut self, entry: LogEntry) {
        if self.log.len() >= LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }
}

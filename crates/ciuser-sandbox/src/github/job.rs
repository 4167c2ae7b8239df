//! What a job would get: of each name the nearest value, environment before repository before organisation.

use std::collections::BTreeMap;

use super::locker::Locker;
use super::state::State;

/// What a job of a repository finds in `secrets` and in `vars`.
#[derive(Default, PartialEq, Eq)]
pub struct Job {
    /// The secrets, by name.
    pub secrets: BTreeMap<String, String>,
    /// The variables, by name.
    pub variables: BTreeMap<String, String>,
}

impl State {
    /// Returns what a job of a repository gets that names the environment, if it names one.
    pub fn job(&self, repository: &str, environment: Option<&str>) -> Job {
        let Some(repository) = self.repositories.iter().find(|known| known.name == repository) else {
            return Job::default();
        };
        let mut job = Job::default();
        job.add(&self.organization.locker, repository.id);
        job.add(&repository.locker, repository.id);
        let mut environments = repository.environments.iter();
        if let Some(named) = environments.find(|known| Some(known.name.as_str()) == environment) {
            job.add(&named.locker, repository.id);
        }
        job
    }
}

impl Job {
    fn add(&mut self, locker: &Locker, repository: u64) {
        let secrets = locker.secrets.iter().filter(|(_, one)| one.audience.has(repository));
        self.secrets
            .extend(secrets.map(|(name, one)| (name.clone(), one.value.clone())));
        let variables = locker.variables.iter().filter(|(_, one)| one.audience.has(repository));
        self.variables
            .extend(variables.map(|(name, one)| (name.clone(), one.value.clone())));
    }
}

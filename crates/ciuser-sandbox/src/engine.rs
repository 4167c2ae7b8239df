//! The engine: one request in, one answer out.
//!
//! Synchronous, in memory, without clock, randomness or sockets of its own. Which endpoint a request is for is told
//! by its path: GitHub's API lives under `/api/v3/`, GitLab's under `/api/v4/`, CircleCI's elsewhere under `/api/`, 1Password
//! Connect under `/v1/`, AWS's Query protocol at `/`.

use jiff::Timestamp;

use crate::entropy::{self, Entropy};
use crate::faults::{Fault, Faults};
use crate::principal::Credentials;
use crate::state::State;
use crate::wire::{AwsError, Query, Service, Xml, failure, success};
use crate::{Request, Response, circleci, connect, gate, github, gitlab, iam, sts};

/// What comes back for a request.
#[derive(Debug)]
pub enum Answer {
    /// The answer arrived.
    Response(Response),
    /// The answer was lost on its way; whether the request was applied is for the client to find out.
    Dropped,
}

/// Returns the AWS operations that are served, as policies write them: `iam:CreateUser`.
pub fn operations() -> impl Iterator<Item = String> {
    let of = |service: Service| move |name: &str| format!("{}:{name}", service.prefix());
    iam::names()
        .map(of(Service::Iam))
        .chain(sts::names().map(of(Service::Sts)))
}

/// A sandbox in memory.
pub struct Engine {
    state: State,
    policies: gate::CompiledPolicies,
}

impl Engine {
    /// Makes a sandbox with nothing in it but the account itself and the organisations.
    pub fn fresh(now: Timestamp, entropy: Entropy<'_>) -> Engine {
        Engine::of(State::fresh(now, entropy))
    }

    /// Makes a sandbox that goes on from a state.
    pub(crate) fn of(state: State) -> Engine {
        Engine {
            state,
            policies: gate::CompiledPolicies::default(),
        }
    }

    /// Returns the sandbox's state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns the faults that are still to happen, so that more can be added.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.state.faults
    }

    /// Returns the CircleCI organisation, for its own faults and for what a job would see.
    pub fn circleci(&mut self) -> &mut circleci::State {
        &mut self.state.circleci
    }

    /// Returns the GitHub organisation, for what a job would see and for what others do there.
    pub fn github(&mut self, entropy: Entropy<'_>) -> &mut github::State {
        self.state.github(entropy)
    }

    /// Returns the GitLab group, for what a job would see and for what others do there.
    pub fn gitlab(&mut self, entropy: Entropy<'_>) -> &mut gitlab::State {
        self.state.gitlab(entropy)
    }

    /// Returns the server of 1Password, for its own faults and for what others do there.
    pub fn connect(&mut self, now: Timestamp, entropy: Entropy<'_>) -> &mut connect::State {
        self.state.connect(now, entropy)
    }

    /// Returns an access key of the user `sandbox-admin`; makes the user and the key if they are missing.
    pub fn ensure_admin_user(&mut self, now: Timestamp, entropy: Entropy<'_>) -> Credentials {
        self.state.iam.ensure_admin_user(now, entropy)
    }

    /// Answers a request.
    pub fn handle(&mut self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Answer {
        let path = request.uri().path();
        if path.starts_with(github::PREFIX) {
            return self.handle_github(now, entropy, request);
        }
        if path.starts_with(gitlab::PREFIX) {
            return self.handle_gitlab(now, entropy, request);
        }
        if path.starts_with("/api/") {
            return self.handle_circleci(now, entropy, request);
        }
        if connect::serves(path) {
            return self.handle_connect(now, entropy, request);
        }
        self.handle_aws(now, entropy, request)
    }

    fn handle_circleci(&mut self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Answer {
        let fault = self.state.faults.take(&format!("circleci:{}", request.method()));
        answer(fault, circleci::handle(&mut self.state.circleci, now, entropy, request))
    }

    fn handle_github(&mut self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Answer {
        let fault = self.state.faults.take(&format!("github:{}", request.method()));
        let github = self.state.github(entropy);
        answer(fault, github::handle(github, now, entropy, fault, request))
    }

    fn handle_gitlab(&mut self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Answer {
        let fault = self.state.faults.take(&format!("gitlab:{}", request.method()));
        let gitlab = self.state.gitlab(entropy);
        answer(fault, gitlab::handle(gitlab, now, fault, request))
    }

    fn handle_connect(&mut self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Answer {
        let fault = self.state.faults.take(&format!("connect:{}", request.method()));
        let connect = self.state.connect(now, entropy);
        answer(fault, connect::handle(connect, now, entropy, fault, request))
    }

    fn handle_aws(&mut self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Answer {
        let query = Query::of(request);
        let request_id = entropy::request_id(entropy);
        let fault = self.state.faults.take(query.action());
        let envelope = query.service.unwrap_or(Service::Iam);
        let response = match self.apply(now, entropy, request, &query, fault) {
            Ok(result) => success(envelope, query.action(), &result, &request_id, now),
            Err(error) => failure(envelope, &error, &request_id, now),
        };
        answer(fault, response)
    }

    fn apply(
        &mut self,
        now: Timestamp,
        entropy: Entropy<'_>,
        request: &Request,
        query: &Query,
        fault: Option<Fault>,
    ) -> Result<Xml, AwsError> {
        let caller = gate::pass(&mut self.state, &mut self.policies, now, request, query)?;
        match fault {
            Some(Fault::Throttle) => return Err(AwsError::throttling()),
            Some(Fault::InternalFailure) => return Err(AwsError::internal_failure()),
            Some(Fault::Unavailable) => return Err(AwsError::unavailable()),
            Some(Fault::DropAnswer) | None => {}
        }
        match query.service {
            Some(Service::Iam) => iam::call(&mut self.state, now, entropy, &caller, query),
            Some(Service::Sts) => sts::call(&self.state, &caller, query),
            None => Err(query.not_served()),
        }
    }
}

fn answer(fault: Option<Fault>, response: Response) -> Answer {
    match fault {
        Some(Fault::DropAnswer) => Answer::Dropped,
        _ => Answer::Response(response),
    }
}

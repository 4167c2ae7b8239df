//! The sandbox's GitHub and GitLab as a transport. `circleci` has a rig of its own.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::port::{
    Holdings, PlaceState, Proof, Provider, Sight, Surveyed, TargetError, Transport, TransportError,
};
use ciuser_core::target::{ProviderSpec, Spelling};
use ciuser_sandbox::{Answer, Engine};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::provider::{CiSystem, open, survey};
pub(super) use crate::rig::*;

/// The sandbox in memory. Its time goes on by a second with each request, unless it stands still.
pub(super) struct Hub {
    inner: Mutex<Inner>,
}

struct Inner {
    engine: Engine,
    now: Timestamp,
    stands_still: bool,
    drawn: u8,
    log: Vec<String>,
    bodies: Vec<Bytes>,
}

/// Reads a place as a flag spells it. Every host leads into the sandbox.
pub(super) fn spec(spelt: &str) -> ProviderSpec {
    let mut spelling = Spelling::of_provider(spelt).unwrap();
    spelling.set_default("url", "https://hub.example.com");
    ciuser_core::spec::read_provider(spelling.into_entry()).unwrap()
}

impl Hub {
    pub(super) fn fresh() -> Arc<Hub> {
        let now = "2026-11-23T18:59:15Z".parse().unwrap();
        let mut drawn = 0;
        let inner = Inner {
            engine: Engine::fresh(now, &mut |bytes| count_up(&mut drawn, bytes)),
            now,
            stands_still: false,
            drawn,
            log: Vec::new(),
            bodies: Vec::new(),
        };
        Arc::new(Hub {
            inner: Mutex::new(inner),
        })
    }

    /// Opens a place with the token of its service.
    pub(super) fn open<'c>(self: &Arc<Self>, spelt: &str, clock: &'c Waits) -> Box<dyn Provider + 'c> {
        let token = self.change(|engine, fill| match spelt.starts_with("github") {
            true => engine.github(fill).token().to_owned(),
            false => engine.gitlab(fill).token().to_owned(),
        });
        open(&spec(spelt), &reach(self.clone(), clock, SecretString::from(token))).unwrap()
    }

    /// Looks through GitHub or GitLab with its token.
    pub(super) fn survey(self: &Arc<Self>, system: CiSystem, clock: &Waits) -> Surveyed {
        let token = self.change(|engine, fill| match system {
            CiSystem::Github => engine.github(fill).token().to_owned(),
            _ => engine.gitlab(fill).token().to_owned(),
        });
        let reach = reach(self.clone(), clock, SecretString::from(token));
        let survey = survey(system, Some("https://hub.example.com"), &reach).unwrap();
        run(survey.survey(&|_| {})).unwrap()
    }

    /// Changes the sandbox behind everybody's back.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Engine, &mut dyn FnMut(&mut [u8])) -> T) -> T {
        let inner = &mut *self.inner.lock().unwrap();
        let drawn = &mut inner.drawn;
        change(&mut inner.engine, &mut |bytes| count_up(drawn, bytes))
    }

    /// Lets no time pass from now on.
    pub(super) fn stand_still(&self) {
        self.inner.lock().unwrap().stands_still = true;
    }

    /// Returns the calls since the last time, as `PUT /repos/...`, without their parameters.
    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.lock().unwrap().log)
    }

    /// Returns every body that was sent.
    pub(super) fn bodies(&self) -> Vec<Bytes> {
        self.inner.lock().unwrap().bodies.clone()
    }
}

impl Inner {
    fn handle(&mut self, request: &Request<Bytes>) -> Answer {
        if !self.stands_still {
            self.now += SignedDuration::from_secs(1);
        }
        let path = request.uri().path();
        let path = path.strip_prefix("/api/v3").or(path.strip_prefix("/api/v4")).unwrap();
        self.log.push(format!("{} {path}", request.method()));
        self.bodies.push(request.body().clone());
        let drawn = &mut self.drawn;
        self.engine
            .handle(self.now, &mut |bytes| count_up(drawn, bytes), request)
    }
}

#[async_trait]
impl Transport for Hub {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        match self.inner.lock().unwrap().handle(&request) {
            Answer::Response(response) => Ok(response),
            Answer::Dropped => Err(lost()),
        }
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hub")
    }
}

fn count_up(drawn: &mut u8, bytes: &mut [u8]) {
    for byte in bytes {
        *drawn = drawn.wrapping_add(1);
        *byte = *drawn;
    }
}

pub(super) fn check(place: &dyn Provider) -> Result<PlaceState, TargetError> {
    run(place.check(&owner()))
}

pub(super) fn held(place: &dyn Provider) -> Holdings {
    check(place).unwrap().holdings
}

/// Does what a handover does with a place.
pub(super) fn deliver(place: &dyn Provider) -> Result<Proof, TargetError> {
    run(async {
        place.create_place().await?;
        place.write(&owner(), &key()).await?;
        Ok(place.proof(&owner(), &key()).await?.0)
    })
}

/// Returns pairs as a map has them.
pub(super) fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Returns what a survey saw, a line for each value, and what it did not.
pub(super) fn told(surveyed: &Surveyed) -> (Vec<String>, Vec<String>) {
    let value = |sight: &Sight| match sight {
        Sight::Hidden => "hidden".to_owned(),
        Sight::End(end) => format!("..{end}"),
        Sight::KeyId(id) => id.to_string(),
        Sight::Secret(_) => "a secret".to_owned(),
        Sight::Other => "other".to_owned(),
    };
    let seen = surveyed.sightings.iter().flat_map(|sighting| {
        let place = format!("{}:{}", sighting.place.kind(), sighting.place.place());
        let shown = sighting.shown.iter();
        shown.map(move |one| format!("{place} {} {}", one.name, value(&one.value)))
    });
    let unseen = surveyed.unseen.iter();
    (
        seen.collect(),
        unseen.map(|one| format!("{}: {}", one.what, one.why)).collect(),
    )
}

//! A walk through the places of one service, as a survey makes it.
//!
//! What the token may not see is listed. Once the service throttles for good or does not answer, or enough was asked, the
//! rest is counted and no more: each further place would cost minutes, or the calls that other people's work needs.

use ciuser_core::port::{Shown, Sighting, Surveyed, TargetError, Unseen};
use ciuser_core::target::ProviderSpec;

use crate::rest::Trouble;

/// As many requests one survey sends to one service: well below what an hour is good for at any of them (GitHub: 5,000).
pub(super) const MOST_CALLS: usize = 2000;

/// What was looked at so far.
pub(super) struct Walk<'w> {
    service: &'static str,
    /// Tells how many requests were sent.
    sent: &'w dyn Fn() -> usize,
    looking: &'w dyn Fn(&str),
    surveyed: Surveyed,
    ended: Option<Ended>,
}

/// Why there is no more looking, and how much was passed by since.
struct Ended {
    why: String,
    passed_by: usize,
}

impl<'w> Walk<'w> {
    /// Begins at a service. `looking` is told what is looked at next.
    pub(super) fn new(service: &'static str, sent: &'w dyn Fn() -> usize, looking: &'w dyn Fn(&str)) -> Walk<'w> {
        Walk {
            service,
            sent,
            looking,
            surveyed: Surveyed::default(),
            ended: None,
        }
    }

    /// Reads a listing, unless there is no more looking. One that cannot be read is empty.
    pub(super) async fn list<T>(
        &mut self,
        what: String,
        listed: impl Future<Output = Result<Vec<T>, Trouble>>,
    ) -> Vec<T> {
        if self.passes_by() {
            return Vec::new();
        }
        (self.looking)(&what);
        match listed.await {
            Ok(items) => items,
            Err(trouble) => {
                self.trouble(what, trouble);
                Vec::new()
            }
        }
    }

    /// Looks at a place, unless there is no more looking.
    pub(super) async fn look<T>(
        &mut self,
        place: &ProviderSpec,
        looked: impl Future<Output = Result<T, Trouble>>,
    ) -> Option<T> {
        if self.passes_by() {
            return None;
        }
        let name = format!("{}:{}", place.kind(), place.place());
        (self.looking)(&name);
        match looked.await {
            Ok(seen) => {
                self.surveyed.looked_at += 1;
                Some(seen)
            }
            Err(trouble) => {
                self.trouble(name, trouble);
                None
            }
        }
    }

    /// Notes what a place shows.
    pub(super) fn saw(&mut self, place: ProviderSpec, shown: Vec<Shown>) {
        if !shown.is_empty() {
            self.surveyed.sightings.push(Sighting { place, shown });
        }
    }

    /// Notes what was not looked at.
    pub(super) fn unseen(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.surveyed.unseen.push(Unseen {
            what: what.into(),
            why: why.into(),
        });
    }

    /// Returns what the walk came to.
    pub(super) fn end(mut self) -> Surveyed {
        if let Some(Ended {
            why,
            passed_by: passed_by @ 1..,
        }) = self.ended.take()
        {
            self.unseen(format!("{passed_by} or more other places of {}", self.service), why);
        }
        self.surveyed
    }

    /// Tells whether there is no more looking, and counts what is passed by.
    fn passes_by(&mut self) -> bool {
        if self.ended.is_none() && (self.sent)() >= MOST_CALLS {
            self.ended = Some(Ended {
                why: format!("{MOST_CALLS} requests were sent, and no more are in one search"),
                passed_by: 0,
            });
        }
        match &mut self.ended {
            Some(ended) => {
                ended.passed_by += 1;
                true
            }
            None => false,
        }
    }

    fn trouble(&mut self, what: String, trouble: Trouble) {
        let goes_on = trouble.is_hidden();
        let why = TargetError::from(trouble).message;
        if !goes_on && self.ended.is_none() {
            self.ended = Some(Ended {
                why: why.clone(),
                passed_by: 0,
            });
        }
        self.unseen(what, why);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ciuser_core::port::Sight;
    use ciuser_core::target::VariableNames;
    use http::StatusCode;

    use super::*;
    use crate::rest::Fate;
    use crate::rig::{EXAMPLE, run};

    fn place(name: &str) -> ProviderSpec {
        ProviderSpec::BitbucketWorkspace {
            workspace: name.to_owned(),
            url: None,
            names: VariableNames::default(),
        }
    }

    fn trouble(fate: Fate) -> Trouble {
        Trouble::new(&EXAMPLE, fate, "listing variables", "no")
    }

    fn unseen(surveyed: &Surveyed) -> Vec<(&str, &str)> {
        let all = surveyed.unseen.iter();
        all.map(|one| (one.what.as_str(), one.why.as_str())).collect()
    }

    #[test]
    fn what_the_token_may_not_see_is_named_and_the_walk_goes_on() {
        let mut walk = Walk::new("Example", &|| 0, &|_| {});
        let hidden = trouble(Fate::Refused(StatusCode::FORBIDDEN));
        assert_eq!(run(walk.look(&place("a"), async { Err::<(), _>(hidden) })), None);
        assert_eq!(run(walk.look(&place("b"), async { Ok(1) })), Some(1));
        let surveyed = walk.end();
        assert_eq!(surveyed.looked_at, 1);
        assert_eq!(unseen(&surveyed), [("bitbucket-workspace:a", "listing variables: no")]);
    }

    #[test]
    fn after_a_trouble_that_is_not_about_the_place_nothing_more_is_asked() {
        let mut walk = Walk::new("Example", &|| 0, &|_| {});
        let throttled = trouble(Fate::Throttled);
        assert!(run(walk.list("places".to_owned(), async { Err::<Vec<()>, _>(throttled) })).is_empty());
        for name in ["a", "b"] {
            let never = async { panic!("asked nevertheless") };
            assert_eq!(run(walk.look::<()>(&place(name), never)), None);
        }
        let told = [
            ("places", "listing variables: no"),
            ("2 or more other places of Example", "listing variables: no"),
        ];
        assert_eq!(unseen(&walk.end()), told);
    }

    #[test]
    fn a_walk_that_has_asked_enough_says_so() {
        let sent = Cell::new(MOST_CALLS - 1);
        let count = || sent.get();
        let looked = std::cell::RefCell::new(Vec::new());
        let looking = |what: &str| looked.borrow_mut().push(what.to_owned());
        let mut walk = Walk::new("Example", &count, &looking);
        for name in ["a", "b", "c"] {
            let asked = async {
                sent.set(sent.get() + 1);
                Ok(())
            };
            run(walk.look(&place(name), asked));
        }
        walk.saw(place("a"), Vec::new());
        let shown = ciuser_core::port::Shown {
            name: "X".to_owned(),
            value: Sight::Hidden,
            written: None,
        };
        walk.saw(place("a"), vec![shown]);
        let surveyed = walk.end();
        assert_eq!((surveyed.looked_at, surveyed.sightings.len()), (1, 1));
        assert_eq!(*looked.borrow(), ["bitbucket-workspace:a"]);
        let why = "2000 requests were sent, and no more are in one search";
        assert_eq!(unseen(&surveyed), [("2 or more other places of Example", why)]);
    }
}

//! What holds which key, as tables, and below them what a person should do something about.

use ciuser_core::port::{AccessKeyStatus, Unseen};
use ciuser_core::whereabouts::{Agreement, Located, LocatedKey, Place, Seen, Verified, VerifiedUser};
use jiff::Timestamp;

use super::{Column, Ui, table};

const fn column(heading: &'static str, wraps: bool) -> Column {
    Column { heading, wraps }
}

/// Says how long ago something was, in the largest unit that fits.
pub(crate) fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86400),
    }
}

impl Ui {
    /// Prints how a user's targets stand.
    pub(crate) fn verified(&self, user: &VerifiedUser, now: Timestamp) {
        self.result("");
        self.result(&self.verified_table(user, now));
        for target in &user.targets {
            self.remarks(target);
        }
    }

    fn verified_table(&self, user: &VerifiedUser, now: Timestamp) -> String {
        let columns = [
            column("state", false),
            column("holds", false),
            column("age", false),
            column("proof", false),
            column("target", true),
        ];
        let rows: Vec<Vec<String>> = user
            .targets
            .iter()
            .map(|target| self.verified_row(target, user, now))
            .collect();
        format!("  {}\n{}", self.bold(user.user.as_str()), table(self, &columns, &rows))
    }

    fn verified_row(&self, target: &Verified, user: &VerifiedUser, now: Timestamp) -> Vec<String> {
        let listed = user.keys.iter().find(|key| Some(&key.id) == target.key.as_ref());
        let none = || "-".to_owned();
        let word = target.state.word();
        vec![
            if target.state.is_fine() {
                self.green(word)
            } else {
                self.yellow(word)
            },
            target.key.as_ref().map_or_else(none, ToString::to_string),
            listed.map_or_else(none, |key| ago(now, key.created)),
            target.proof.map_or_else(none, |proof| proof.word().to_owned()),
            target.target.told_from(user.targets.iter().map(|one| &one.target)),
        ]
    }

    fn remarks(&self, target: &Verified) {
        if let Some(note) = &target.note {
            let hint = target.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            let text = format!("`{}`: {note}{hint}", target.target);
            if target.state.is_fine() {
                self.talk(&self.hanging("  ", &text));
            } else {
                self.warn(&text);
            }
        }
        for warning in &target.warnings {
            self.warn(&format!("`{}`: {warning}", target.target));
        }
    }

    /// Prints where keys are.
    pub(crate) fn located(&self, located: &Located, now: Timestamp) {
        for key in &located.keys {
            self.result("");
            self.result(&self.located_key(key, now));
        }
        self.unseen(&located.unseen);
        for disagreement in disagreements(&located.keys) {
            self.warn(&disagreement);
        }
    }

    fn located_key(&self, key: &LocatedKey, now: Timestamp) -> String {
        let lead = format!("  {}  ", self.bold(key.id.as_str()));
        let heading = self.hanging(&lead, &in_words(key, now));
        if key.places.is_empty() {
            return format!("{heading}\n  no place that was looked at holds it");
        }
        let columns = [
            column("known by", false),
            column("secret", false),
            column("written", false),
            column("place", true),
        ];
        let rows: Vec<_> = key.places.iter().map(|place| row(place, &key.places)).collect();
        format!("{heading}\n{}", table(self, &columns, &rows))
    }

    fn unseen(&self, unseen: &[Unseen]) {
        if unseen.is_empty() {
            return;
        }
        self.result("");
        self.result(&format!("  {}", self.bold("Not seen")));
        for one in unseen {
            self.result(&self.hanging("    ", &format!("{}: {}", one.what, one.why)));
        }
    }
}

/// Says where places hold different things: jobs fail at some of them, or will once the older key is gone.
fn disagreements(keys: &[LocatedKey]) -> Vec<String> {
    let mut said = Vec::new();
    let held = keys.iter().filter(|key| !key.places.is_empty());
    let ids: Vec<_> = held.map(|key| format!("{} in {}", key.id, key.places.len())).collect();
    if ids.len() > 1 {
        said.push(format!("places hold different keys of the user: {}", ids.join(", ")));
    }
    for key in keys {
        for place in &key.places {
            let (target, id) = (&place.target, &key.id);
            match place.secret {
                Agreement::Other => said.push(format!(
                    "`{target}` holds {id} with another secret than the others: jobs fail there"
                )),
                Agreement::Missing => said.push(format!("`{target}` holds {id} without its secret: jobs fail there")),
                Agreement::Same | Agreement::Unknown => {}
            }
        }
    }
    said
}

fn in_words(key: &LocatedKey, now: Timestamp) -> String {
    let Some(listed) = &key.listed else {
        return "IAM does not know it: it is deleted, or another account's".to_owned();
    };
    let status = match listed.status {
        AccessKeyStatus::Active => "Active",
        AccessKeyStatus::Inactive => "Inactive",
    };
    let used = key.used.as_ref().map(|used| match used.at {
        // IAM rounds a use down to its quarter of an hour, which may lie before the key was made.
        Some(at) => format!(
            ", last used {} ago{}",
            ago(now, at.max(listed.created)),
            used.service
                .as_ref()
                .map(|service| format!(" for {service}"))
                .unwrap_or_default()
        ),
        None => ", never used".to_owned(),
    });
    format!("{status}, {} old{}", ago(now, listed.created), used.unwrap_or_default())
}

fn row(place: &Place, all: &[Place]) -> Vec<String> {
    let seen = match place.seen {
        Seen::Value => "its id",
        Seen::Mask => "mask",
        Seen::Timestamp => "time stamp",
        Seen::Record => "this machine",
    };
    let secret = match place.secret {
        Agreement::Same => "the same",
        Agreement::Other => "another",
        Agreement::Missing => "missing",
        Agreement::Unknown => "unknown",
    };
    let minute = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let written = place.written.as_deref().map(|mark| last_in(mark, minute));
    let written = written.or_else(|| place.delivered.map(minute));
    let name = place.target.told_from(all.iter().map(|one| &one.target));
    let variable = place.variable.as_ref().map(|name| format!(" as `{name}`"));
    vec![
        seen.to_owned(),
        secret.to_owned(),
        written.unwrap_or_else(|| "-".to_owned()),
        format!("{name}{}", variable.unwrap_or_default()),
    ]
}

/// Shortens what a place says of when it was written: the later of two halves, to the minute where that can be read.
fn last_in(mark: &str, minute: impl Fn(Timestamp) -> String) -> String {
    let last = mark.rsplit(", ").next().unwrap_or(mark);
    last.parse().map_or_else(|_| last.to_owned(), minute)
}

#[cfg(test)]
mod tests;

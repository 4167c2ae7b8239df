//! All clients make the same users, one client after the other, again and again.
//!
//! In turn, so that what else the machine does falls on all alike. Every run has an empty account and an empty
//! home. The first round is not timed: it warms the file cache, counts the calls, and shows who cannot take part.

use std::ffi::OsString;
use std::path::Path;

use super::client::{Client, Surroundings};
use super::error::Error;
use super::measure::{Cost, Spread};
use super::moto::{Calls, Moto};
use super::place::Place;

/// What all clients did for this number of users.
pub(super) struct Series {
    pub(super) users: usize,
    pub(super) runs: usize,
    /// The first is ciuser.
    pub(super) rows: Vec<Row>,
    pub(super) left_out: Vec<String>,
}

/// What one client did.
pub(super) struct Row {
    pub(super) client: Client,
    pub(super) calls: Calls,
    costs: Vec<Cost>,
}

impl Row {
    pub(super) fn seconds(&self) -> Option<Spread> {
        Spread::of(self.costs.iter().map(|cost| cost.wall.as_secs_f64()))
    }

    pub(super) fn cpu_seconds(&self) -> Option<Spread> {
        Spread::of(self.costs.iter().map(|cost| cost.cpu.as_secs_f64()))
    }

    pub(super) fn peak_mib(&self) -> Option<Spread> {
        const MIB: f64 = 1024.0 * 1024.0;
        // Exact: no process has 2^53 bytes.
        #[expect(clippy::cast_precision_loss, reason = "far below the limit")]
        Spread::of(self.costs.iter().map(|cost| cost.peak_bytes as f64 / MIB))
    }
}

/// The programs, and where they run.
pub(super) struct Arena<'a> {
    pub(super) clients: &'a [Client],
    pub(super) python: &'a Path,
    pub(super) path: &'a OsString,
    pub(super) directory: &'a Path,
}

impl Arena<'_> {
    pub(super) fn series(&self, users: usize, runs: usize) -> Result<Series, Error> {
        let moto = Moto::start(self.python, self.directory)?;
        let surroundings = Surroundings {
            path: self.path.clone(),
            endpoint: moto.endpoint(),
        };
        let mut series = Series {
            users,
            runs,
            rows: Vec::new(),
            left_out: Vec::new(),
        };
        for (rank, client) in self.clients.iter().enumerate() {
            eprintln!("{users} users, first round: {}", client.name);
            moto.empty()?;
            moto.record()?;
            let outcome = client.run(&surroundings, &Place::new(self.directory, users)?, users);
            let calls = moto.recorded()?;
            match outcome {
                Ok(_) => series.rows.push(Row {
                    client: client.clone(),
                    calls,
                    costs: Vec::new(),
                }),
                Err(error) if rank > 0 => series.left_out.push(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        for round in 1..=runs {
            eprintln!("{users} users, round {round} of {runs}");
            for row in &mut series.rows {
                moto.empty()?;
                let place = Place::new(self.directory, users)?;
                row.costs.push(row.client.run(&surroundings, &place, users)?);
            }
        }
        Ok(series)
    }
}

//! Keeps the state on disk, between runs and between processes.
//!
//! What must stay true: one writer at a time; at every instant `state.json` is whole, because a new one is written
//! beside it and renamed over it; the directory is 0700 and every file in it 0600. A state that cannot be read is
//! never deleted, only reported.
#![expect(clippy::disallowed_methods, reason = "this is the home of the sandbox's files")]

use std::fs::{self, DirBuilder, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use crate::Request;
use crate::engine::{Answer, Engine};
use crate::entropy::Entropy;
use crate::principal::Credentials;
use crate::state::FORMAT_VERSION;

const LOCK_TRIES: u32 = 1_000;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Why the sandbox's state could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file or directory could not be read or written.
    #[error("{doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another process holds the lock.
    #[error("waiting for the lock `{}`: another process has held it for 10 seconds", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The state was written by a newer program.
    #[error("reading `{}`: its format version is {found}, this program knows up to {FORMAT_VERSION}", path.display())]
    Newer {
        /// The state file.
        path: PathBuf,
        /// The version it has.
        found: u32,
    },
    /// The state file does not hold a state.
    #[error("reading `{}`: it does not hold a sandbox state (line {line}, column {column})", path.display())]
    Damaged {
        /// The state file.
        path: PathBuf,
        /// Where reading stopped.
        line: usize,
        /// Where reading stopped.
        column: usize,
    },
}

impl StateError {
    /// Returns what can be done about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            StateError::Newer { .. } => Some("use the newer ciuser, or start over with `ciuser sandbox reset`"),
            StateError::Damaged { .. } => Some("`ciuser sandbox reset` starts over; it deletes what is in the sandbox"),
            StateError::Locked { .. } => Some("wait for the other ciuser to finish, or end it"),
            StateError::Io { .. } => None,
        }
    }
}

/// The directory that a sandbox lives in.
pub struct StateDir {
    dir: PathBuf,
    cache: Mutex<Option<Cached>>,
}

/// What was last read or written, so that an unchanged file is not parsed again.
struct Cached {
    identity: Identity,
    bytes: Vec<u8>,
    engine: Engine,
}

/// A state in use, and what the file holds of it.
struct Loaded {
    engine: Engine,
    saved: Option<(Identity, Vec<u8>)>,
}

/// Changes whenever the file is replaced.
#[derive(PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

/// Just the version, to be read before anything that may have changed with it.
#[derive(Deserialize)]
struct Header {
    format_version: u32,
}

impl StateDir {
    /// Opens a sandbox's directory; makes it if it is missing.
    pub fn open(dir: &Path) -> Result<StateDir, StateError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|source| StateError::Io {
            doing: "making",
            path: dir.to_owned(),
            source,
        })?;
        Ok(StateDir {
            dir: dir.to_owned(),
            cache: Mutex::new(None),
        })
    }

    /// Answers a request, alone with the state, and keeps what changed.
    pub fn handle(&self, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Result<Answer, StateError> {
        self.alone(|| {
            let mut loaded = self.load(now, entropy)?;
            let answer = loaded.engine.handle(now, entropy, request);
            self.keep(loaded)?;
            Ok(answer)
        })
    }

    /// Runs `f` alone with the state, and keeps what it changed; a missing state is made.
    pub fn with_engine<T>(
        &self,
        now: Timestamp,
        entropy: Entropy<'_>,
        f: impl FnOnce(&mut Engine) -> T,
    ) -> Result<T, StateError> {
        self.alone(|| {
            let mut loaded = self.load(now, entropy)?;
            let result = f(&mut loaded.engine);
            self.keep(loaded)?;
            Ok(result)
        })
    }

    /// Returns the credentials that in-process callers act with.
    pub fn credentials(&self, now: Timestamp, entropy: Entropy<'_>) -> Result<Credentials, StateError> {
        self.with_engine(now, entropy, |engine| engine.state().admin_session().clone())
    }

    /// Deletes the state; the next use starts over. Does not look at what the file holds.
    pub fn reset(&self) -> Result<(), StateError> {
        self.alone(|| {
            *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = None;
            let path = self.state_path();
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => Err(StateError::Io {
                    doing: "deleting",
                    path,
                    source,
                }),
                _ => Ok(()),
            }
        })
    }

    fn state_path(&self) -> PathBuf {
        self.dir.join("state.json")
    }

    /// Runs `f` while holding the lock, which the operating system takes back even if we are killed.
    fn alone<T>(&self, f: impl FnOnce() -> Result<T, StateError>) -> Result<T, StateError> {
        let path = self.dir.join("lock");
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path);
        let file = opened.map_err(|source| StateError::Io {
            doing: "opening",
            path: path.clone(),
            source,
        })?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return f(),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(source)) => {
                    return Err(StateError::Io {
                        doing: "locking",
                        path,
                        source,
                    });
                }
            }
        }
        Err(StateError::Locked { path })
    }

    fn load(&self, now: Timestamp, entropy: Entropy<'_>) -> Result<Loaded, StateError> {
        let path = self.state_path();
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(identity) = self.identity(&path)? else {
            return Ok(Loaded {
                engine: Engine::fresh(now, entropy),
                saved: None,
            });
        };
        if let Some(cached) = cached.filter(|cached| cached.identity == identity) {
            return Ok(Loaded {
                engine: cached.engine,
                saved: Some((identity, cached.bytes)),
            });
        }
        let bytes = fs::read(&path).map_err(|source| StateError::Io {
            doing: "reading",
            path: path.clone(),
            source,
        })?;
        Ok(Loaded {
            engine: parse(&path, &bytes)?,
            saved: Some((identity, bytes)),
        })
    }

    /// Writes the state if it is not what the file holds already.
    fn keep(&self, loaded: Loaded) -> Result<(), StateError> {
        let path = self.state_path();
        let io = |doing, source| StateError::Io {
            doing,
            path: path.clone(),
            source,
        };
        let bytes = serde_json::to_vec(loaded.engine.state()).map_err(|error| io("writing", error.into()))?;
        let identity = match loaded.saved {
            Some((identity, saved)) if saved == bytes => identity,
            _ => {
                self.replace(&path, &bytes).map_err(|source| io("writing", source))?;
                self.identity(&path)?
                    .ok_or_else(|| io("writing", io::ErrorKind::NotFound.into()))?
            }
        };
        let cached = Cached {
            identity,
            bytes,
            engine: loaded.engine,
        };
        *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(())
    }

    /// Puts a whole new file in the old one's place. Not synced to the disk: a sandbox need not outlive a power cut.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let beside = self.dir.join("state.json.new");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(bytes)?;
        fs::rename(&beside, path)
    }

    fn identity(&self, path: &Path) -> Result<Option<Identity>, StateError> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(Identity {
                device: metadata.dev(),
                inode: metadata.ino(),
                length: metadata.len(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
            })),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StateError::Io {
                doing: "reading",
                path: path.to_owned(),
                source,
            }),
        }
    }
}

/// Never quotes what it read: that would be secrets.
fn parse(path: &Path, bytes: &[u8]) -> Result<Engine, StateError> {
    let damaged = |error: serde_json::Error| StateError::Damaged {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
    };
    let found = serde_json::from_slice::<Header>(bytes).map_err(damaged)?.format_version;
    if found > FORMAT_VERSION {
        return Err(StateError::Newer {
            path: path.to_owned(),
            found,
        });
    }
    Ok(Engine::of(serde_json::from_slice(bytes).map_err(damaged)?))
}

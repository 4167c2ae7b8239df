//! One run per endpoint, account and user at a time on this machine.
//!
//! Invariants: the lock lives as long as the file is open, so a killed process leaves none behind; lock files are
//! never removed, because a process that waits for a removed file would hold a lock that nobody else sees.
//! Says nothing about other machines.

use std::fs::TryLockError;
use std::path::PathBuf;

use ciuser_core::name::UserName;
use ciuser_core::port::{Lock, LockError, LockGuard, Scope};
use sha2::{Digest as _, Sha256};

use crate::place;

/// Locks as files in one directory.
#[derive(Debug, Clone)]
pub(crate) struct FileLock {
    directory: PathBuf,
}

impl FileLock {
    /// Takes the directory for the lock files. It is made when the first lock is asked for.
    pub(crate) fn new(directory: PathBuf) -> FileLock {
        FileLock { directory }
    }
}

impl Lock for FileLock {
    fn try_lock(&self, scope: &Scope, user: &UserName) -> Result<Option<LockGuard>, LockError> {
        let path = self.directory.join(file_name(scope, user));
        let opened = place::private_dir(&self.directory).and_then(|()| place::open_private(&path));
        let file = opened.map_err(|error| LockError {
            message: format!("taking the lock of user `{user}`: {error}"),
            hint: error.hint().map(str::to_owned),
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Some(LockGuard::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(LockError::new(format!(
                "locking `{}`: {}",
                path.display(),
                error.kind()
            ))),
        }
    }
}

/// Returns one name for all spellings of a user: IAM ignores case. An endpoint may be a URL, hence the digest.
fn file_name(scope: &Scope, user: &UserName) -> String {
    let user = user.as_str().to_ascii_lowercase();
    let digest = Sha256::digest(format!("{}\n{}\n{user}", scope.endpoint, scope.account));
    format!("{}.lock", hex::encode(digest))
}

#[cfg(test)]
mod tests {
    use ciuser_core::name::AccountId;

    use super::*;

    fn scope(endpoint: &str) -> Scope {
        Scope {
            endpoint: endpoint.to_owned(),
            account: AccountId::new("111122223333").unwrap(),
        }
    }

    fn user(name: &str) -> UserName {
        UserName::new(name).unwrap()
    }

    #[test]
    fn a_second_run_for_the_same_user_in_any_case_is_refused_until_the_first_ends() {
        let home = tempfile::tempdir().unwrap();
        let lock = FileLock::new(home.path().join("locks"));
        let held = lock.try_lock(&scope("aws"), &user("CI_USER")).unwrap();
        assert!(held.is_some());
        assert!(lock.try_lock(&scope("aws"), &user("ci_user")).unwrap().is_none());
        drop(held);
        assert!(lock.try_lock(&scope("aws"), &user("ci_user")).unwrap().is_some());
    }

    #[test]
    fn other_users_and_other_endpoints_do_not_wait() {
        let home = tempfile::tempdir().unwrap();
        let lock = FileLock::new(home.path().join("locks"));
        let _held = lock.try_lock(&scope("aws"), &user("CI_USER")).unwrap();
        let _other_user = lock.try_lock(&scope("aws"), &user("CI_USER2")).unwrap().unwrap();
        let _other_endpoint = lock
            .try_lock(&scope("http://127.0.0.1:5000"), &user("CI_USER"))
            .unwrap()
            .unwrap();
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let lock = FileLock::new(PathBuf::from("/proc/ciuser/locks"));
        let error = lock.try_lock(&scope("aws"), &user("CI_USER")).err().unwrap();
        assert_eq!(
            error.to_string(),
            "taking the lock of user `CI_USER`: creating directory `/proc/ciuser`: no such file or directory"
        );
    }
}

//! Paths and directories: what a typed path means, and whether a directory is fit for secrets.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Component, Path, PathBuf};

use super::error::{PlaceError, While as _};
use super::write::{new_beside, refuse_what_is_no_file, sync_directory};

/// Returns what a typed path means: `~/` is the home directory, everything else is seen from `base`.
pub(crate) fn absolute(base: &Path, home: Option<&Path>, typed: &str) -> PathBuf {
    let path = match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => base.join(typed),
    };
    // `..` stays: behind a link it means another directory than the text says.
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// Returns the directory that a file is in.
pub(crate) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) => Path::new("."),
        None => path,
    }
}

/// Returns the file's sibling whose name has this ending behind it.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Tells whether a file at this path would lie in a git work tree, where it is soon committed.
pub(crate) fn in_git_work_tree(path: &Path) -> bool {
    let standing = path.ancestors().skip(1).find(|directory| directory.is_dir());
    let real = standing.and_then(|directory| directory.canonicalize().ok());
    real.is_some_and(|directory| directory.ancestors().any(|parent| parent.join(".git").exists()))
}

/// Makes a directory that only its owner can look into, with its parents, unless it is there. One that others
/// may write is refused: they could put another file in the place of ours.
pub(crate) fn private_dir(path: &Path) -> Result<(), PlaceError> {
    if path.symlink_metadata().is_ok() {
        return refuse_unsafe(path);
    }
    for missing in missing_directories(path).into_iter().rev() {
        match DirBuilder::new().mode(0o700).create(missing) {
            Ok(()) => sync_directory(missing)?,
            // Another run was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => refuse_unsafe(missing)?,
            Err(error) => return Err(PlaceError::io("creating directory", missing, &error)),
        }
    }
    Ok(())
}

/// Makes the directory that a file for everybody is in, unless it is there; not its parents.
pub(crate) fn make_directory_of(path: &Path) -> Result<(), PlaceError> {
    let directory = directory_of(path);
    match fs::create_dir(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(PlaceError::io("creating directory", directory, &error))
        }
        _ => Ok(()),
    }
}

/// Returns the directory and those of its parents that are not there, inner ones first.
fn missing_directories(path: &Path) -> Vec<&Path> {
    path.ancestors()
        .take_while(|p| !p.as_os_str().is_empty() && p.symlink_metadata().is_err())
        .collect()
}

fn refuse_unsafe(path: &Path) -> Result<(), PlaceError> {
    const DOING: &str = "using directory";
    let own = rustix::process::geteuid().as_raw();
    let trusted = |found: &Metadata| found.uid() == own || found.uid() == 0;
    let link = path.symlink_metadata().while_(DOING, path)?;
    if link.file_type().is_symlink() && !trusted(&link) {
        return Err(PlaceError::refused(
            DOING,
            path,
            "it is a symbolic link that another user made",
            None,
        ));
    }
    let directory = fs::metadata(path).while_(DOING, path)?;
    if !directory.is_dir() {
        return Err(PlaceError::refused(DOING, path, "it is not a directory", None));
    }
    let (writable_by_others, sticky) = (directory.mode() & 0o022 != 0, directory.mode() & 0o1000 != 0);
    if writable_by_others && !sticky {
        let hint = "take the right to write from group and others (`chmod go-w`), or choose another directory";
        return Err(PlaceError::refused(
            DOING,
            path,
            "other users may write to it",
            Some(hint),
        ));
    }
    Ok(())
}

/// Proves that a file could be put there, without leaving one: nothing but a file is in its place, and its directory,
/// or the first of its parents that is there, can be written.
pub(crate) fn prove_writable(path: &Path) -> Result<(), PlaceError> {
    const DOING: &str = "writing in";
    refuse_what_is_no_file(path)?;
    let directory = directory_of(path);
    let standing = directory
        .ancestors()
        .find(|parent| parent.symlink_metadata().is_ok())
        .unwrap_or(directory);
    match new_beside(&standing.join("any")) {
        Ok(file) => file.close().while_(DOING, standing),
        Err(error) => Err(PlaceError::io(DOING, standing, &error)),
    }
}

/// Tells whether users other than ourselves could put another file in the place of this one.
pub(crate) fn others_may_replace(path: &Path) -> bool {
    let Ok(directory) = fs::metadata(directory_of(path)) else {
        return false;
    };
    // Many systems give every user a group of their own and let it write.
    let own_group = directory.gid() == rustix::process::getegid().as_raw();
    let writable = directory.mode() & if own_group { 0o002 } else { 0o022 } != 0;
    writable && directory.mode() & 0o1000 == 0
}

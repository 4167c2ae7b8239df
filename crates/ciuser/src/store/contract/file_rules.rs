//! The rules of stores that are one file. The ground's file lies in a directory that has to be made, `new`, alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ciuser_core::port::{Holdings, TargetError};
use ciuser_core::target::StoreSpec;

use super::{Ground, SECRET, bytes, check, clear, key, new_key, owner, put, shown};
use crate::place;

fn file(ground: &impl Ground) -> PathBuf {
    match ground.spec() {
        StoreSpec::Kdbx { path, .. } | StoreSpec::Csv { path, .. } | StoreSpec::Age { path, .. } => PathBuf::from(path),
        other => panic!("`{}` is not one file", other.kind()),
    }
}

/// Returns the copy of the file of before.
fn copy(ground: &impl Ground) -> String {
    shown(&file(ground)) + ".bak"
}

fn refusals(ground: &impl Ground) -> [TargetError; 2] {
    let errors = [
        ground.opened(check).unwrap_err(),
        ground.opened(|store| put(store, &owner(), &key())).unwrap_err(),
    ];
    for error in &errors {
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
    errors
}

pub(in crate::store) fn a_file_that_is_missing_is_made_and_that_is_said_before<G: Ground>() {
    let ground = G::new();
    let state = ground.opened(check).unwrap();
    assert!(state.create.is_some_and(|what| what.starts_with("new ")));
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    assert_eq!(ground.opened(check).unwrap().create, None);
}

pub(in crate::store) fn neither_a_look_nor_a_clearing_makes_a_file<G: Ground>() {
    let ground = G::new();
    let before = ground.seen();
    assert_eq!(ground.opened(check).unwrap().holdings, Holdings::Nothing);
    ground.opened(|store| clear(store, &ground.held(&key().id))).unwrap();
    assert_eq!(ground.seen(), before);
}

pub(in crate::store) fn the_same_key_again_writes_no_byte_and_makes_no_copy<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    let before = bytes(&shown(&file(&ground)));
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    assert_eq!(bytes(&shown(&file(&ground))), before);
    assert_eq!(bytes(&copy(&ground)), None);
}

pub(in crate::store) fn the_file_of_before_is_kept_beside_the_new_one<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    let before = bytes(&shown(&file(&ground)));
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    assert_eq!(bytes(&copy(&ground)), before);
}

pub(in crate::store) fn files_and_directories_are_for_their_owner_only<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    let (file, copy) = (file(&ground), copy(&ground));
    let directory = file.parent().unwrap();
    assert_eq!(
        [mode(&file), mode(Path::new(&copy)), mode(directory)],
        [0o600, 0o600, 0o700]
    );
    assert_eq!(directory.read_dir().unwrap().count(), 2, "nothing temporary is left");
}

pub(in crate::store) fn a_directory_in_the_place_of_the_file_is_refused<G: Ground>() {
    let ground = G::new();
    place::private_dir(&file(&ground)).unwrap();
    for error in refusals(&ground) {
        assert!(error.message.contains("is a directory"), "{error}");
    }
}

pub(in crate::store) fn a_file_in_the_place_of_the_directory_is_refused<G: Ground>() {
    let ground = G::new();
    let directory = ground.rig().path("new");
    place::write_private(&directory, b"a file").unwrap();
    for error in refusals(&ground) {
        assert!(error.message.contains("not a directory"), "{error}");
    }
    assert_eq!(bytes(&shown(&directory)).unwrap(), b"a file");
}

pub(in crate::store) fn how_to_open_it_names_the_file<G: Ground>() {
    let ground = G::new();
    let described = ground.opened(|store| store.describe());
    assert!(described.contains(&shown(&file(&ground))), "{described}");
}

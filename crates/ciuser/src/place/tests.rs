//! The rules of the room, on a real directory.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::path::beside;
use super::*;

fn room() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    (directory, file)
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_file_is_replaced_whole_and_is_for_its_owner_only() {
    let (directory, file) = room();
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    write_private(&file, b"new").unwrap();
    assert_eq!(read(&file).unwrap().unwrap(), b"new");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(
        directory.path().read_dir().unwrap().count(),
        1,
        "nothing temporary is left"
    );
}

#[test]
fn a_new_file_for_everybody_takes_the_place_of_nothing() {
    let (_directory, file) = room();
    create_public_new(&file, b"new").unwrap();
    assert_eq!(mode(&file), 0o644);
    assert!(create_public_new(&file, b"newer").unwrap_err().already_exists());
    assert_eq!(read(&file).unwrap().unwrap(), b"new");
}

#[test]
fn what_a_killed_process_left_of_an_earlier_write_goes_with_the_next_one() {
    let (directory, file) = room();
    let [left, young, others] =
        [".ciuser-file-old", ".ciuser-file-young", ".ciuser-other-old"].map(|name| directory.path().join(name));
    for path in [&left, &young, &others] {
        std::fs::write(path, "secret").unwrap();
    }
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    for path in [&left, &others] {
        std::fs::File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
    }
    write_private(&file, b"new").unwrap();
    assert_eq!([left, young, others].map(|path| path.exists()), [false, true, true]);
}

#[test]
fn a_link_is_read_but_not_written_through() {
    let (directory, file) = room();
    let link = directory.path().join("link");
    write_private(&file, b"there").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert_eq!(read_text(&link).unwrap().unwrap(), "there");
    let error = write_private(&link, b"here").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("writing `{}`: it is a symbolic link", link.display())
    );
    assert_eq!(error.hint(), Some("name the file that it points to"));
    assert!(open_private(&link).is_err());
    assert_eq!(read(&file).unwrap().unwrap(), b"there");
}

#[test]
fn a_new_file_is_never_put_over_another() {
    let (_directory, file) = room();
    create_private_new(&file, b"first").unwrap();
    let error = create_private_new(&file, b"second").unwrap_err();
    assert!(error.already_exists());
    assert_eq!(error.to_string(), format!("creating `{}`: file exists", file.display()));
    assert_eq!((read(&file).unwrap().unwrap(), mode(&file)), (b"first".to_vec(), 0o600));
}

#[test]
fn a_file_in_a_directory_that_is_not_there_is_told_as_that() {
    let (directory, _) = room();
    let file = directory.path().join("missing/file");
    for error in [write_private(&file, b""), create_public_new(&file, b"")].map(Result::unwrap_err) {
        assert_eq!(
            error.to_string(),
            format!("writing `{}`: there is no such directory", file.display())
        );
        assert_eq!(error.hint(), Some("make the directory first, or choose another place"));
    }
}

#[test]
fn there_is_one_copy_and_it_is_of_the_last_state() {
    let (_directory, file) = room();
    assert_eq!(backup(&file).unwrap(), None);
    for text in ["one", "two"] {
        write_private(&file, text.as_bytes()).unwrap();
        assert_eq!(backup(&file).unwrap(), Some(beside(&file, ".bak")));
    }
    assert_eq!(read_text(&beside(&file, ".bak")).unwrap().unwrap(), "two");
    assert_eq!(mode(&beside(&file, ".bak")), 0o600);
}

#[test]
fn what_is_gone_can_be_removed_and_is_read_as_none() {
    let (_directory, file) = room();
    write_private(&file, b"x").unwrap();
    remove(&file).unwrap();
    remove(&file).unwrap();
    assert_eq!(read(&file).unwrap(), None);
    assert!(!exists(&file));
}

#[test]
fn private_directories_are_made_with_their_parents() {
    let (directory, _) = room();
    let inner = directory.path().join("a/b");
    private_dir(&inner).unwrap();
    private_dir(&inner).unwrap();
    assert_eq!((mode(&inner), mode(&directory.path().join("a"))), (0o700, 0o700));
}

#[test]
fn a_directory_that_others_may_write_is_refused_unless_it_is_sticky() {
    let (directory, _) = room();
    let shared = directory.path().join("shared");
    private_dir(&shared).unwrap();
    for (mode, refused) in [(0o777, true), (0o770, true), (0o1777, false), (0o755, false)] {
        std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(private_dir(&shared).is_err(), refused, "{mode:o}");
    }
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(others_may_replace(&shared.join("file")));
    let file = directory.path().join("plain");
    write_private(&file, b"").unwrap();
    assert!(
        private_dir(&file)
            .unwrap_err()
            .to_string()
            .ends_with("it is not a directory")
    );
}

#[test]
fn a_reserved_file_has_its_blocks_and_is_not_reserved_twice() {
    let (_directory, file) = room();
    let mut open = preallocated(&file, 8192).unwrap();
    let found = file.metadata().unwrap();
    assert_eq!((found.len(), mode(&file)), (8192, 0o600));
    assert!(found.blocks() * 512 >= 8192, "{} blocks", found.blocks());
    open.write_all(b"sealed").unwrap();
    assert!(read(&file).unwrap().unwrap().starts_with(b"sealed\0"));
    assert!(preallocated(&file, 8192).unwrap_err().already_exists());
}

#[test]
fn proving_that_a_place_can_be_written_leaves_nothing() {
    let (directory, file) = room();
    prove_writable(&file).unwrap();
    prove_writable(&directory.path().join("not/yet/there")).unwrap();
    assert_eq!(directory.path().read_dir().unwrap().count(), 0);
    write_private(&file, b"").unwrap();
    let error = prove_writable(&file.join("inside")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("writing in `{}`: not a directory", file.display())
    );
}

#[test]
fn a_full_disk_is_said_with_a_hint() {
    let error = write_private(Path::new("/dev/full"), b"x").unwrap_err();
    assert_eq!(error.to_string(), "writing `/dev/full`: it is not a file");
    let full = std::io::Error::from_raw_os_error(28);
    let error = PlaceError::io("writing", Path::new("/a/b"), &full);
    assert_eq!(error.to_string(), "writing `/a/b`: no space left on device");
    assert_eq!(error.hint(), Some("free some space there, or choose another place"));
}

#[test]
fn typed_paths_are_seen_from_the_base_or_from_home() {
    let (base, home) = (Path::new("/base"), Some(Path::new("/home/me")));
    for (typed, meant) in [
        ("keys.kdbx", "/base/keys.kdbx"),
        ("./a/./b", "/base/a/b"),
        ("../x", "/base/../x"),
        ("/abs/./x", "/abs/x"),
        ("~/k", "/home/me/k"),
        ("~other/k", "/base/~other/k"),
    ] {
        assert_eq!(absolute(base, home, typed), Path::new(meant), "{typed}");
    }
    assert_eq!(absolute(base, None, "~/k"), Path::new("/base/~/k"));
}

#[test]
fn a_git_work_tree_is_seen_from_deep_inside_and_through_links() {
    let (directory, _) = room();
    let tree = directory.path().join("tree");
    private_dir(&tree.join("deep")).unwrap();
    assert!(!in_git_work_tree(&tree.join("deep/not/yet/keys.csv")));
    private_dir(&tree.join(".git")).unwrap();
    assert!(in_git_work_tree(&tree.join("deep/not/yet/keys.csv")));
    std::os::unix::fs::symlink(tree.join("deep"), directory.path().join("link")).unwrap();
    assert!(in_git_work_tree(&directory.path().join("link/keys.csv")));
    assert!(!in_git_work_tree(&directory.path().join("keys.csv")));
}

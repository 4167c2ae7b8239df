//! The rules of the seal, on real files.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests damage files and look behind the program's back"
)]

use age::secrecy::ExposeSecret as _;
use ciuser_core::name::{AccessKeyId, AccountId, Region, UserArn};
use ciuser_core::secret::SecretAccessKey;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn run() -> RunId {
    RunId::from_entropy([7; 8])
}

fn user() -> UserName {
    UserName::new("CI_USER").unwrap()
}

fn owner() -> KeyOwner {
    KeyOwner {
        account: AccountId::new("111122223333").unwrap(),
        user: user(),
        arn: UserArn::new("arn:aws:iam::111122223333:user/ci/CI_USER").unwrap(),
        region: Some(Region::new("eu-west-1").unwrap()),
        run: run(),
    }
}

fn key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap(),
        secret: SecretAccessKey::new(SECRET.to_owned()).unwrap(),
    }
}

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn seal(&self, spec: SealSpec) -> SpoolSeal {
        SpoolSeal::new(self.0.path().join("state/spool"), self.0.path().join("config"), spec)
    }

    fn fresh(&self) -> SpoolSeal {
        self.seal(SealSpec::default())
    }

    /// Keeps an identity as a person would, and returns its file and its recipient.
    fn identity(&self, name: &str) -> (String, String) {
        let identity = age::x25519::Identity::generate();
        let path = self.0.path().join(name);
        place::write_private(&path, identity.to_string().expose_secret().as_bytes()).unwrap();
        (path.display().to_string(), identity.to_public().to_string())
    }

    fn files(&self) -> Vec<String> {
        let listed = ["state/spool", "config"].map(|directory| std::fs::read_dir(self.0.path().join(directory)));
        let names = listed
            .into_iter()
            .flatten()
            .flatten()
            .map(|file| file.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).collect()
    }

    fn message(&self, error: &SealError) -> (String, Option<String>) {
        (
            error.message.replace(&self.0.path().display().to_string(), "HOME"),
            error.hint.clone(),
        )
    }
}

fn opened(seal: &SpoolSeal) -> Option<(String, String)> {
    let key = seal.open(&run(), &user()).unwrap()?;
    Some((key.id.as_str().to_owned(), key.secret.expose().to_owned()))
}

fn the_key() -> Option<(String, String)> {
    Some(("AKIAIOSFODNN7EXAMPLE".to_owned(), SECRET.to_owned()))
}

#[test]
fn another_process_opens_what_was_sealed() {
    let home = Home::new();
    let seal = home.fresh();
    assert_eq!(seal.reserve(&run(), &user()), Ok(None));
    assert_eq!(opened(&home.fresh()), None);
    seal.seal(&run(), &owner(), &key()).unwrap();
    drop(seal);
    assert_eq!(opened(&home.fresh()), the_key());
}

#[test]
fn spool_and_identity_are_for_their_owner_only_and_neither_shows_the_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let seal = home.fresh();
    seal.reserve(&run(), &user()).unwrap();
    seal.seal(&run(), &owner(), &key()).unwrap();
    let files = seal.files(&run(), &user());
    assert_eq!(
        home.files(),
        [
            "r-0707070707070707-ci_user.spool",
            "r-0707070707070707-ci_user.identity"
        ]
    );
    for path in [files.spool, files.identity] {
        assert_eq!(path.symlink_metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let bytes = place::read(&path).unwrap().unwrap();
        assert!(
            !bytes.windows(8).any(|window| SECRET.as_bytes().starts_with(window)),
            "{}",
            path.display()
        );
    }
}

#[test]
fn discarding_leaves_nothing_and_may_be_repeated() {
    let home = Home::new();
    let seal = home.fresh();
    seal.reserve(&run(), &user()).unwrap();
    seal.seal(&run(), &owner(), &key()).unwrap();
    seal.discard(&run(), &user()).unwrap();
    seal.discard(&run(), &user()).unwrap();
    assert_eq!(home.files(), Vec::<String>::new());
    assert_eq!(opened(&seal), None);
}

#[test]
fn a_reservation_that_a_killed_process_left_is_taken_over() {
    let home = Home::new();
    home.fresh().reserve(&run(), &user()).unwrap();
    // Killed while it made the spool, even.
    std::fs::write(home.fresh().files(&run(), &user()).spool, "").unwrap();
    let seal = home.fresh();
    seal.reserve(&run(), &user()).unwrap();
    seal.seal(&run(), &owner(), &key()).unwrap();
    assert_eq!(opened(&home.fresh()), the_key());
}

#[test]
fn a_sealed_key_is_never_overwritten() {
    let home = Home::new();
    let seal = home.fresh();
    seal.reserve(&run(), &user()).unwrap();
    seal.seal(&run(), &owner(), &key()).unwrap();
    let expected = (
        "spool `HOME/state/spool/r-0707070707070707-ci_user.spool`: it holds a sealed access key already".to_owned(),
        Some("`ciuser resume` delivers it".to_owned()),
    );
    assert_eq!(
        home.message(&home.fresh().reserve(&run(), &user()).unwrap_err()),
        expected
    );
    assert_eq!(
        home.message(&seal.seal(&run(), &owner(), &key()).unwrap_err()),
        expected
    );
    assert_eq!(opened(&home.fresh()), the_key());
}

#[test]
fn sealing_what_was_not_reserved_is_an_error() {
    let home = Home::new();
    let error = home.fresh().seal(&run(), &owner(), &key()).unwrap_err();
    let message = "spool `HOME/state/spool/r-0707070707070707-ci_user.spool`: it was not reserved";
    assert_eq!(home.message(&error), (message.to_owned(), None));
}

#[test]
fn a_configured_recipient_needs_its_identity_only_to_open() {
    let home = Home::new();
    let (path, recipient) = home.identity("me.txt");
    let seal = home.seal(SealSpec {
        recipient: Some(recipient.clone()),
        identity: None,
    });
    let note = format!("if this run is interrupted, `ciuser resume` needs the age identity of `{recipient}`");
    assert_eq!(seal.reserve(&run(), &user()), Ok(Some(note)));
    seal.seal(&run(), &owner(), &key()).unwrap();
    assert_eq!(home.files(), ["r-0707070707070707-ci_user.spool"]);

    let error = seal.open(&run(), &user()).unwrap_err();
    let message = "spool `HOME/state/spool/r-0707070707070707-ci_user.spool`: no age identity here opens it";
    let hint = "put the identity back into the file that `--seal-identity`, or `identity` in `[seal]`, named";
    assert_eq!(home.message(&error), (message.to_owned(), Some(hint.to_owned())));
    assert_eq!(
        opened(&home.seal(SealSpec {
            recipient: None,
            identity: Some(path)
        })),
        the_key()
    );
}

#[test]
fn a_configured_identity_is_its_own_recipient_and_is_never_removed() {
    let home = Home::new();
    let (path, _) = home.identity("me.txt");
    let seal = home.seal(SealSpec {
        recipient: None,
        identity: Some(path.clone()),
    });
    let note = format!("if this run is interrupted, `ciuser resume` needs the age identity in `{path}`");
    assert_eq!(seal.reserve(&run(), &user()), Ok(Some(note)));
    seal.seal(&run(), &owner(), &key()).unwrap();
    assert_eq!(opened(&seal), the_key());
    seal.discard(&run(), &user()).unwrap();
    assert!(place::exists(Path::new(&path)));
}

#[test]
fn a_recipient_whose_identity_is_kept_elsewhere_can_be_sealed_to() {
    let home = Home::new();
    let (_, recipient) = home.identity("me.txt");
    let identity = Some(home.0.path().join("not-plugged-in.txt").display().to_string());
    assert!(
        home.seal(SealSpec {
            recipient: Some(recipient),
            identity
        })
        .reserve(&run(), &user())
        .is_ok()
    );
}

#[test]
fn what_could_never_be_opened_again_is_refused_before_anything_is_made() {
    let home = Home::new();
    let ((one, _), (_, other)) = (home.identity("one.txt"), home.identity("other.txt"));
    let missing = home.0.path().join("missing.txt").display().to_string();
    let refusal = |recipient: Option<&str>, identity: Option<&str>| {
        let spec = SealSpec {
            recipient: recipient.map(str::to_owned),
            identity: identity.map(str::to_owned),
        };
        home.message(&home.seal(spec).reserve(&run(), &user()).unwrap_err()).0
    };
    assert_eq!(
        refusal(Some(&other), Some(&one)),
        "the configured age identity does not open what is sealed to the configured recipient"
    );
    assert_eq!(
        refusal(None, Some(&missing)),
        "the age identity `HOME/missing.txt` is not there"
    );
    assert_eq!(
        refusal(Some("ssh-ed25519 AAAA"), None),
        "`ssh-ed25519 AAAA` is not an age recipient"
    );
    assert_eq!(home.files(), Vec::<String>::new());
}

#[test]
fn a_damaged_spool_is_told_apart_from_an_empty_one() {
    let home = Home::new();
    let seal = home.fresh();
    seal.reserve(&run(), &user()).unwrap();
    seal.seal(&run(), &owner(), &key()).unwrap();
    let path = seal.files(&run(), &user()).spool;
    let mut bytes = place::read(&path).unwrap().unwrap();
    bytes[600] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let error = seal.open(&run(), &user()).unwrap_err();
    let message = "spool `HOME/state/spool/r-0707070707070707-ci_user.spool`: its content is damaged";
    assert_eq!(home.message(&error), (message.to_owned(), Some(REPLACE.to_owned())));
}

/// Sealing on a full disk: the child runs in a user namespace of its own, on a small tmpfs.
#[test]
fn a_reserved_key_can_be_sealed_when_the_disk_is_full() {
    const INSIDE: &str = "CIUSER_TEST_FULL_DISK";
    if let Some(disk) = std::env::var_os(INSIDE) {
        return seal_on_full_disk(Path::new(&disk));
    }
    let name = "seal::spool_seal::tests::a_reserved_key_can_be_sealed_when_the_disk_is_full";
    let home = Home::new();
    let mounted = |command: &str| {
        let mut child = std::process::Command::new("unshare");
        child.args([
            "-Urm",
            "sh",
            "-c",
            &format!("mount -t tmpfs -o size=256k none \"$1\" && {command}"),
            "sh",
        ]);
        child
            .arg(home.0.path())
            .arg(std::env::current_exe().unwrap())
            .arg(name)
            .env(INSIDE, home.0.path())
            .output()
    };
    if !mounted("true").is_ok_and(|tried| tried.status.success()) {
        // Containers may forbid namespaces; the spool's own tests cover the writing of reserved bytes.
        return;
    }
    let child = mounted("exec \"$2\" --exact \"$3\"").unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

fn seal_on_full_disk(disk: &Path) {
    let seal = SpoolSeal::new(disk.join("spool"), disk.join("config"), SealSpec::default());
    seal.reserve(&run(), &user()).unwrap();
    let mut filler = std::fs::File::create(disk.join("filler")).unwrap();
    let full = std::iter::repeat_with(|| std::io::Write::write_all(&mut filler, &[1; 512]))
        .find_map(Result::err)
        .unwrap();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    seal.seal(&run(), &owner(), &key()).unwrap();
    assert_eq!(opened(&seal), the_key());
    let second = RunId::from_entropy([8; 8]);
    assert!(seal.reserve(&second, &user()).is_err());
    assert!(!place::exists(&seal.files(&second, &user()).identity));
    seal.discard(&run(), &user()).unwrap();
}

//! The rules of the journal, on real files.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests damage files and look behind the program's back"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ciuser_core::name::{AccessKeyId, AccountId, ProjectName};
use ciuser_core::plan::Session;
use ciuser_core::port::Proof;
use ciuser_core::spec::SealSpec;
use ciuser_core::target::{CsvFormat, StoreSpec, Target};
use jiff::SignedDuration;

use super::*;

fn scope(endpoint: &str) -> Scope {
    Scope {
        endpoint: endpoint.to_owned(),
        account: AccountId::new("111122223333").unwrap(),
    }
}

fn run(n: u8) -> RunId {
    RunId::from_entropy([n; 8])
}

fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

fn key(end: char) -> AccessKeyId {
    AccessKeyId::new(format!("AKIAIOSFODNN7EXAMPL{end}")).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn plan(endpoint: &str) -> Plan {
    Plan {
        made: at(0),
        scope: scope(endpoint),
        caller: "arn:aws:sts::111122223333:assumed-role/Admin/me".to_owned(),
        session: Session::default(),
        project: ProjectName::fallback(),
        region: None,
        seal: SealSpec::default(),
        users: Vec::new(),
    }
}

fn csv(path: &str, format: CsvFormat) -> Target {
    Target::Store(StoreSpec::Csv {
        path: path.to_owned(),
        format,
    })
}

fn delivered(name: &str, end: char, target: Target, second: i64) -> Entry {
    Entry::Delivered {
        user: user(name),
        key: key(end),
        target,
        proof: Proof::Value,
        mark: None,
        at: at(second),
    }
}

fn creating() -> Entry {
    Entry::Creating {
        user: user("CI_USER"),
        seen: vec![key('A')],
        date: at(1),
        timeout: SignedDuration::from_secs(30),
        sent_by: Some(run(1)),
    }
}

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("state/ciuser/journal.sqlite")
    }

    fn journal(&self) -> SqliteJournal {
        SqliteJournal::new(self.path(), || at(7))
    }

    /// Returns a journal with one run of `aws`.
    fn begun(&self) -> SqliteJournal {
        let journal = self.journal();
        journal.begin(&scope("aws"), &run(1), at(0), &plan("aws")).unwrap();
        journal
    }
}

#[test]
fn reading_a_journal_that_is_not_there_finds_nothing_and_makes_nothing() {
    let home = Home::new();
    assert_eq!(home.journal().unfinished(&scope("aws")).unwrap(), []);
    assert_eq!(home.journal().known(&scope("aws"), &user("CI_USER")).unwrap(), []);
    assert!(!home.0.path().join("state").exists());
}

#[test]
fn another_process_finds_a_run_with_its_plan_and_all_its_entries_in_order() {
    let home = Home::new();
    let journal = home.begun();
    let entries = [
        Entry::UserCreated { user: user("CI_USER") },
        creating(),
        Entry::Done { user: user("CI_USER") },
    ];
    for entry in &entries {
        journal.record(&run(1), entry).unwrap();
    }
    let expected = RunRecord {
        run: run(1),
        begun: at(0),
        plan: plan("aws"),
        entries: entries.to_vec(),
    };
    assert_eq!(home.journal().unfinished(&scope("aws")).unwrap(), [expected]);
}

#[test]
fn finished_runs_and_those_of_other_endpoints_are_not_offered() {
    let home = Home::new();
    let journal = home.begun();
    journal
        .begin(&scope("sandbox"), &run(2), at(1), &plan("sandbox"))
        .unwrap();
    journal.begin(&scope("aws"), &run(3), at(2), &plan("aws")).unwrap();
    journal.finish(&run(1)).unwrap();
    let runs: Vec<_> = journal
        .unfinished(&scope("aws"))
        .unwrap()
        .into_iter()
        .map(|record| record.run)
        .collect();
    assert_eq!(runs, [run(3)]);
}

#[test]
fn what_a_target_holds_is_its_last_delivery_over_all_runs_of_the_user_in_any_case() {
    let home = Home::new();
    let journal = home.begun();
    journal
        .record(&run(1), &delivered("CI_USER", 'A', csv("/a.csv", CsvFormat::Import), 1))
        .unwrap();
    journal
        .record(&run(1), &delivered("CI_USER", 'A', csv("/b.csv", CsvFormat::Import), 2))
        .unwrap();
    journal
        .record(&run(1), &delivered("other", 'X', csv("/b.csv", CsvFormat::Import), 3))
        .unwrap();
    journal.finish(&run(1)).unwrap();
    journal.begin(&scope("aws"), &run(2), at(4), &plan("aws")).unwrap();
    journal
        .record(
            &run(2),
            &delivered("ci_user", 'B', csv("/a.csv", CsvFormat::Console), 5),
        )
        .unwrap();
    journal
        .begin(&scope("sandbox"), &run(3), at(6), &plan("sandbox"))
        .unwrap();
    journal
        .record(&run(3), &delivered("CI_USER", 'S', csv("/a.csv", CsvFormat::Import), 7))
        .unwrap();

    let known = |end, target, second| Known {
        target,
        key: key(end),
        proof: Some(Proof::Value),
        mark: None,
        at: at(second),
    };
    assert_eq!(
        journal.known(&scope("aws"), &user("Ci_User")).unwrap(),
        [
            known('A', csv("/b.csv", CsvFormat::Import), 2),
            known('B', csv("/a.csv", CsvFormat::Console), 5)
        ]
    );
}

#[test]
fn a_target_that_was_cleared_is_known_to_hold_nothing_until_the_next_delivery() {
    let home = Home::new();
    let journal = home.begun();
    let (a, b) = (csv("/a.csv", CsvFormat::Import), csv("/b.csv", CsvFormat::Import));
    for target in [&a, &b] {
        journal
            .record(&run(1), &delivered("CI_USER", 'A', target.clone(), 1))
            .unwrap();
    }
    let cleared = Entry::Cleared {
        user: user("CI_USER"),
        key: key('A'),
        target: a.clone(),
        at: at(2),
    };
    journal.record(&run(1), &cleared).unwrap();
    let places = || {
        let known = journal.known(&scope("aws"), &user("CI_USER")).unwrap();
        known.into_iter().map(|known| known.target).collect::<Vec<_>>()
    };
    assert_eq!(places(), std::slice::from_ref(&b));
    journal
        .record(&run(1), &delivered("CI_USER", 'B', a.clone(), 3))
        .unwrap();
    assert_eq!(places(), [b, a]);
}

#[test]
fn an_entry_for_a_run_that_was_never_begun_is_an_error() {
    let home = Home::new();
    let journal = home.begun();
    let message = format!(
        "writing journal `{}`: it knows no run `r-0909090909090909`",
        home.path().display()
    );
    let expected = JournalError { message, hint: None };
    assert_eq!(journal.record(&run(9), &creating()), Err(expected.clone()));
    assert_eq!(journal.finish(&run(9)), Err(expected));
}

#[test]
fn a_run_cannot_begin_twice() {
    let home = Home::new();
    let again = home.begun().begin(&scope("aws"), &run(1), at(9), &plan("aws"));
    let message = format!(
        "writing journal `{}`: UNIQUE constraint failed: runs.run",
        home.path().display()
    );
    assert_eq!(again, Err(JournalError { message, hint: None }));
}

#[test]
fn nothing_that_was_written_can_be_changed_and_no_unfinished_run_removed() {
    const FIXED: &str = "what the journal says does not change";
    const STAYS: &str = "a run that is not over stays";
    let home = Home::new();
    home.begun().record(&run(1), &creating()).unwrap();
    let sqlite = Connection::open(home.path()).unwrap();
    for (statement, expected) in [
        ("DELETE FROM entries", STAYS),
        ("UPDATE entries SET entry = '{}'", FIXED),
        ("UPDATE entries SET at = ''", FIXED),
        ("DELETE FROM runs", STAYS),
        ("UPDATE runs SET plan = '{}'", FIXED),
        ("UPDATE runs SET run = 'r-0000000000000000'", FIXED),
    ] {
        let refusal = sqlite.execute(statement, []).unwrap_err().to_string();
        assert_eq!(refusal, expected, "{statement}");
    }
}

#[test]
fn journal_and_its_companions_are_for_their_owner_only() {
    let home = Home::new();
    let _journal = home.begun();
    let mode = |path: &Path| path.symlink_metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.path().parent().unwrap()), 0o700);
    for ending in ["", "-wal", "-shm"] {
        assert_eq!(
            mode(&home.path().with_extension(format!("sqlite{ending}"))),
            0o600,
            "{ending}"
        );
    }
}

#[test]
fn every_write_is_synced() {
    let home = Home::new();
    let journal = home.begun();
    let connection = journal.connection.get().unwrap();
    let pragma = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(
        (pragma("synchronous"), pragma("foreign_keys"), pragma("busy_timeout")),
        (2, 1, 10_000)
    );
}

#[test]
fn several_writers_at_once_lose_nothing() {
    let home = Home::new();
    home.begun();
    std::thread::scope(|threads| {
        for n in 2..10 {
            let journal = home.journal();
            threads.spawn(move || {
                journal.begin(&scope("aws"), &run(n), at(0), &plan("aws")).unwrap();
                (0..10).for_each(|_| journal.record(&run(n), &creating()).unwrap());
            });
        }
    });
    let counts: Vec<_> = home
        .journal()
        .unfinished(&scope("aws"))
        .unwrap()
        .iter()
        .map(|r| r.entries.len())
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), 80);
    assert_eq!(counts.len(), 9);
}

#[test]
fn several_processes_may_make_the_tables_at_once() {
    let home = Home::new();
    // Made before, as `create` would: see there why the same process must not do it while SQLite has it open.
    crate::place::private_dir(home.path().parent().unwrap()).unwrap();
    drop(crate::place::open_private(&home.path()).unwrap());
    std::thread::scope(|threads| {
        for n in 0..8 {
            let journal = home.journal();
            threads.spawn(move || journal.begin(&scope("aws"), &run(n), at(0), &plan("aws")).unwrap());
        }
    });
    assert_eq!(home.journal().unfinished(&scope("aws")).unwrap().len(), 8);
}

#[test]
fn a_delivery_that_was_begun_is_known_beside_the_one_before_it_until_it_is_done() {
    let home = Home::new();
    let journal = home.journal();
    let place = || csv("/a.csv", CsvFormat::Import);
    let note = |entry: &Entry| {
        journal.record(&run(1), entry).unwrap();
        let known = journal.known(&scope("aws"), &user("CI_USER")).unwrap();
        known
            .into_iter()
            .map(|known| (known.key, known.proof))
            .collect::<Vec<_>>()
    };
    let begun = |end, second| Entry::Delivering {
        user: user("CI_USER"),
        key: key(end),
        target: place(),
        at: at(second),
    };
    journal.begin(&scope("aws"), &run(1), at(0), &plan("aws")).unwrap();
    let proven = |end| (key(end), Some(Proof::Value));
    assert_eq!(note(&begun('A', 1)), [(key('A'), None)]);
    assert_eq!(note(&delivered("CI_USER", 'A', place(), 2)), [proven('A')]);
    assert_eq!(note(&begun('B', 3)), [proven('A'), (key('B'), None)]);
    assert_eq!(note(&begun('C', 4)), [proven('A'), (key('C'), None)]);
    assert_eq!(note(&delivered("CI_USER", 'C', place(), 5)), [proven('C')]);
}

/// Reads and writes; both must fail in the same words, and the bytes must stay.
fn refusal(home: &Home) -> (String, String) {
    let before = std::fs::read(home.path()).unwrap();
    let read = home.journal().unfinished(&scope("aws")).unwrap_err();
    let written = home
        .journal()
        .begin(&scope("aws"), &run(2), at(0), &plan("aws"))
        .unwrap_err();
    assert_eq!(read, written);
    assert_eq!(std::fs::read(home.path()).unwrap(), before);
    let path = home.path().display().to_string();
    (read.message.replace(&path, "PATH"), read.hint.unwrap())
}

#[test]
fn a_journal_of_a_newer_version_is_refused_and_kept() {
    let home = Home::new();
    drop(home.begun());
    Connection::open(home.path())
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    let (message, hint) = refusal(&home);
    assert_eq!(message, "journal `PATH` was written by a newer ciuser: its format is 7");
    assert_eq!(
        hint,
        "use that version, or keep a journal elsewhere with `XDG_STATE_HOME`"
    );
}

#[test]
fn a_file_that_is_not_a_journal_is_refused_and_kept() {
    let home = Home::new();
    drop(home.begun());
    std::fs::remove_file(home.path()).unwrap();
    Connection::open(home.path())
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    let (message, hint) = refusal(&home);
    assert_eq!(message, "`PATH` is a SQLite file, but not a journal of ciuser");
    assert_eq!(
        hint,
        "move it away, or keep the journal elsewhere with `XDG_STATE_HOME`"
    );
}

#[test]
fn a_damaged_journal_is_refused_and_kept() {
    let home = Home::new();
    let journal = home.begun();
    (0..200).for_each(|_| journal.record(&run(1), &creating()).unwrap());
    drop(journal);
    let whole = std::fs::read(home.path()).unwrap();

    std::fs::write(home.path(), "this is no database, but long enough to be one".repeat(40)).unwrap();
    let (message, hint) = refusal(&home);
    assert_eq!(message, "journal `PATH` is damaged: file is not a database");
    assert!(hint.starts_with("it was left as it is; move it away"), "{hint}");

    std::fs::write(home.path(), &whole[..whole.len() / 2]).unwrap();
    assert!(
        refusal(&home).0.starts_with("journal `PATH` is damaged: "),
        "{}",
        refusal(&home).0
    );

    let torn: Vec<u8> = whole
        .iter()
        .enumerate()
        .map(|(n, byte)| if n < 4096 { *byte } else { !byte })
        .collect();
    std::fs::write(home.path(), torn).unwrap();
    assert!(
        refusal(&home).0.starts_with("journal `PATH` is damaged: "),
        "{}",
        refusal(&home).0
    );
}

#[test]
fn an_entry_that_cannot_be_read_is_damage_and_names_its_run() {
    let home = Home::new();
    drop(home.begun());
    let sqlite = Connection::open(home.path()).unwrap();
    let unknown = r#"{"entry":"something-else"}"#;
    sqlite
        .execute(
            "INSERT INTO entries (run, at, entry) VALUES (?1, ?2, ?3)",
            params![run(1).as_str(), at(7).to_string(), unknown],
        )
        .unwrap();
    let error = home.journal().unfinished(&scope("aws")).unwrap_err();
    let path = home.path().display().to_string();
    assert_eq!(
        error.message.replace(&path, "PATH"),
        "journal `PATH` is damaged: run `r-0101010101010101`: an entry cannot be read"
    );
}

#[test]
fn a_full_disk_and_a_read_only_one_are_said_with_a_hint_and_lose_nothing() {
    let home = Home::new();
    let journal = home.begun();
    journal.record(&run(1), &creating()).unwrap();
    let connection = journal.connection.get().unwrap();
    let refusal = || {
        let many = AccessKeyId::new("A".repeat(128)).unwrap();
        let seen = vec![many; 200];
        let entry = Entry::Creating {
            user: user("CI_USER"),
            seen,
            date: at(1),
            timeout: SignedDuration::from_secs(30),
            sent_by: Some(run(1)),
        };
        let JournalError { message, hint } = journal.record(&run(1), &entry).unwrap_err();
        (
            message.replace(&home.path().display().to_string(), "PATH"),
            hint.unwrap(),
        )
    };
    // The codes that SQLite gives for the real thing, without the real thing.
    connection.pragma_update(None, "max_page_count", 1).unwrap();
    assert_eq!(
        refusal(),
        (
            "writing journal `PATH`: no space left".into(),
            "free some space there, then try again".into()
        )
    );
    connection.pragma_update(None, "query_only", true).unwrap();
    assert_eq!(
        refusal(),
        (
            "writing journal `PATH`: it cannot be opened for writing".into(),
            "you must be able to write to its directory as well; `XDG_STATE_HOME` chooses another".into()
        )
    );
    assert_eq!(
        home.journal().unfinished(&scope("aws")).unwrap()[0].entries,
        [creating()]
    );
}

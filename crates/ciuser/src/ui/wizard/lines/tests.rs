//! The conversation in plain lines, as it is heard.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufReader, Read, Write};
use std::rc::Rc;

use crate::ui::wizard::{Facts, Lines, Step};
use crate::ui::{Color, Manner, Output, Ui};
use crate::wizard::{Ending, Event, Wizard, sample};

/// What is typed, one line for each time it is asked for; a terminal shows it where it is typed.
struct Typed {
    lines: VecDeque<String>,
    output: Rc<RefCell<Vec<u8>>>,
}

/// What is heard.
struct Heard(Rc<RefCell<Vec<u8>>>);

impl Read for Typed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let line = self.lines.pop_front().unwrap_or_default();
        self.output.borrow_mut().extend(line.as_bytes());
        line.as_bytes().read(buffer)
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Answers the questions with these lines; returns what was heard, typed lines behind their prompts.
fn heard(wizard: &mut Wizard, script: &[&str]) -> String {
    let ui = Ui::new(Manner {
        output: Output::Human,
        color: Color::Never,
        quiet: false,
        unicode: true,
        no_input: true,
        flags: String::new(),
    });
    let facts = Facts {
        head: "111122223333 (sandbox), assumed-role/SandboxAdmin/you".to_owned(),
        save_as: "ciuser.toml".to_owned(),
        dry_run: false,
    };
    let output = Rc::new(RefCell::new(Vec::new()));
    let typed = Typed {
        lines: script.iter().map(|line| format!("{line}\n")).collect(),
        output: output.clone(),
    };
    let mut lines = Lines::new(&ui, BufReader::new(typed), Heard(output.clone()), facts);
    while wizard.ending().is_none() {
        let Step::Events(events) = lines.next(wizard).unwrap() else {
            panic!("interrupted")
        };
        for event in events {
            let effects = wizard.on(event);
            sample::answer(wizard, effects);
        }
    }
    String::from_utf8(output.take()).unwrap()
}

#[test]
fn the_whole_way_is_one_question_a_line_and_ends_with_the_reviewed_plan() {
    let mut wizard = sample::opened(sample::blank());
    let script = [
        "CI_USER",
        "",
        "",
        "for s3,cloudfront",
        "",
        "",
        "",
        "",
        "env",
        "production",
        "",
        "",
        "",
        "",
        "gh/acme/deploy",
        "",
        "gh/acme/web",
        "",
        "1",
    ];
    insta::assert_snapshot!(heard(&mut wizard, &script), @r#"
    Create a CI user in account 111122223333 (sandbox), assumed-role/SandboxAdmin/you.
    An empty line keeps what is in brackets and goes on. < goes back, ? explains, Ctrl-C quits.

    Page 1 of 5: User
    Name [none]: CI_USER
    Good: no user of this name yet.
    Path [/]: 
    Project [default]: 

    Page 2 of 5: Permissions
    Policies [none], words to search: for s3,cloudfront
    AmazonS3FullAccess is chosen.
    CloudFrontFullAccess is chosen.
    Policies [AmazonS3FullAccess, CloudFrontFullAccess], words to search: 
    1. to the user, as the console does by "attach directly", chosen
    2. to a group made for it, ciuser-CI_USER, under the path /ciuser/
    Attach policies [1], number: 
    Groups [none], words to search: 
    Boundary [none], words to search: 

    Page 3 of 5: Tags
    Tag key [none]: env
    Tag value [none]: production
    Tag key [none]: 

    Page 4 of 5: Targets
    KeePass file [~/keys.kdbx]: 
    Good: new KeePass file with a new key file.
    CSV file [none]: 
    1Password vault [none]: 
    CircleCI context [none]: gh/acme/deploy
    Good: is there, and has no key.
    CircleCI context [none]: 
    Restrict to [none]: gh/acme/web
    Good: is there, and has no key.
    CircleCI project [none]: 

    Page 5 of 5: Review
      project   default

      Plan for user CI_USER (5 changes)
      + CreateUser        /CI_USER
      + AttachUserPolicy  AmazonS3FullAccess (AWS managed)
      + IssueKey          CI_USER
      + Deliver           csv:/home/me/CI_USER.csv
      + Deliver           circleci-context:gh/acme/deploy
    1. Apply
    2. Back
    3. Save as a file
    4. Quit
    Number: 1
    "#);
    assert!(matches!(wizard.ending(), Some(Ending::Apply(_))));
}

#[test]
fn back_returns_to_the_question_before_and_a_mistake_is_asked_again() {
    let mut wizard = sample::opened(sample::blank());
    let script = ["a b", "CI_USER", "<", "ci-new", "", "", "<"];
    insta::assert_snapshot!(heard(&mut wizard, &script), @r"
    Create a CI user in account 111122223333 (sandbox), assumed-role/SandboxAdmin/you.
    An empty line keeps what is in brackets and goes on. < goes back, ? explains, Ctrl-C quits.

    Page 1 of 5: User
    Name [none]: a b
    Problem: 1 to 64 letters, digits and `+ = , . @ _ -`.
    Name [a b]: CI_USER
    Good: no user of this name yet.
    Path [/]: <
    Name [CI_USER]: ci-new
    Good: no user of this name yet.
    Path [/]: 
    Project [default]: 

    Page 2 of 5: Permissions
    Policies [none], words to search: <

    Page 1 of 5: User
    Project [default]:
    ");
    assert_eq!(wizard.form().name, "ci-new");
    assert_eq!(
        wizard.ending(),
        Some(&Ending::Left { reviewed: false }),
        "the input has ended"
    );
}

#[test]
fn policies_are_searched_chosen_by_number_and_taken_back() {
    let mut wizard = sample::at(crate::wizard::Page::Permissions);
    insta::assert_snapshot!(heard(&mut wizard, &["s3 full", "1", "1", "10", "?"]), @r"
    Create a CI user in account 111122223333 (sandbox), assumed-role/SandboxAdmin/you.
    An empty line keeps what is in brackets and goes on. < goes back, ? explains, Ctrl-C quits.

    Page 2 of 5: Permissions
    Policies [none], words to search: s3 full
    1. AmazonS3FullAccess, AWS managed
    2. AmazonS3FilesFullAccess, AWS managed
    3. AmazonS3TablesFullAccess, AWS managed
    4. AmazonS3ExpressFullAccess, AWS managed
    5. AmazonS3OutpostsFullAccess, AWS managed
    6. AmazonS3FilesClientFullAccess, AWS managed
    7. AmazonElasticMapReduceFullAccess, s3:*
    8. AWSWAFFullAccess, s3:GetBucketPolicy
    9. AWSBackupFullAccess, s3:ListAllMyBuckets
    83 more; further words narrow it down.
    Policies [none], words to search: 1
    AmazonS3FullAccess is chosen.
    Policies [AmazonS3FullAccess], words to search: 1
    AmazonS3FullAccess is not chosen any more.
    Policies [none], words to search: 10
    Problem: there is no choice 10; words search for some.
    Policies [none], words to search: ?
    Words search name, path and actions. A number chooses what has it, or takes it back; d and a number
    reads its document out; for and services, such as for s3,cloudfront, chooses the usual ones. An
    empty line goes on.
    Policies [none], words to search:
    ");
    assert_eq!(wizard.form().policies, []);
}

#[test]
fn nothing_moves_and_nothing_is_drawn() {
    let mut wizard = sample::opened(sample::blank());
    let said = heard(&mut wizard, &["CI_USER", "", "", "s3", "1 2", "", "", "", ""]);
    let control = said.chars().find(|char| char.is_control() && *char != '\n');
    assert_eq!(control, None, "{said:?}");
    assert_eq!(wizard.on(Event::Quit), []);
}

//! What a person sees on 80 columns and 24 lines, and what the keys do.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event as Raw, KeyCode, KeyEvent, KeyModifiers};

use super::draw::draw;
use super::keys::Pressed;
use super::view::View;
use crate::ui::wizard::Facts;
use crate::ui::{Color, Manner, Output, Ui};
use crate::wizard::{Event, Field, Page, Wizard, sample};

fn ui(unicode: bool, color: Color) -> Ui {
    Ui::new(Manner {
        output: Output::Human,
        color,
        quiet: false,
        unicode,
        no_input: true,
        flags: String::new(),
    })
}

fn facts() -> Facts {
    Facts {
        head: "111122223333 (sandbox), assumed-role/SandboxAdmin/you".to_owned(),
        save_as: "ciuser.toml".to_owned(),
        dry_run: false,
    }
}

/// A screen of which a test says the size, with a wizard whose effects are answered well.
struct Rig<'a> {
    terminal: Terminal<TestBackend>,
    view: View<'a>,
    wizard: Wizard,
}

impl<'a> Rig<'a> {
    fn new(ui: &'a Ui, wizard: Wizard) -> Rig<'a> {
        Rig {
            terminal: Terminal::new(TestBackend::new(80, 24)).unwrap(),
            view: View::new(ui, facts(), &wizard),
            wizard,
        }
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) -> Vec<Event> {
        self.raw(&Raw::Key(KeyEvent::new(code, modifiers)))
    }

    fn raw(&mut self, raw: &Raw) -> Vec<Event> {
        let Pressed::Events(events) = self.view.press(raw, &self.wizard) else {
            panic!("interrupted")
        };
        for event in events.clone() {
            let effects = self.wizard.on(event);
            sample::answer(&mut self.wizard, effects);
        }
        self.view.follow(&self.wizard);
        events
    }

    fn key(&mut self, code: KeyCode) -> Vec<Event> {
        self.press(code, KeyModifiers::NONE)
    }

    fn ctrl(&mut self, letter: char) -> Vec<Event> {
        self.press(KeyCode::Char(letter), KeyModifiers::CONTROL)
    }

    fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            self.key(KeyCode::Char(letter));
        }
    }

    /// Returns the screen as lines without blanks at their ends.
    fn shown(&mut self) -> String {
        let (view, wizard) = (&self.view, &self.wizard);
        self.terminal.draw(|frame| draw(frame, view, wizard)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content().chunks(usize::from(buffer.area.width));
        let lines = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        lines
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

#[test]
fn the_user_page_says_what_is_known_of_the_name() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::opened(sample::blank()));
    rig.type_in("ci-old");
    insta::assert_snapshot!(rig.shown(), @r"
     ciuser create            111122223333 (sandbox), assumed-role/SandboxAdmin/you
     [1 User]  2 Permissions   3 Tags   4 Targets   5 Review
    ────────────────────────────────────────────────────────────────────────────────

        The IAM user that the pipeline will be. It gets an access key and no
        console password.

      ▸ Name          ci-old
                      ▲ the user exists and is not managed by ciuser
                        `ciuser create --adopt` takes it over

        Path          /
                      part of the ARN, such as /ci/

        Project       default
                      whose the user is: the value of its tag ciuser:project




    ────────────────────────────────────────────────────────────────────────────────


     Tab next · Ctrl-N next page · Esc leave · Ctrl-C quit
    ");
}

#[test]
fn the_permissions_page_shows_what_is_chosen_and_what_is_found() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::Permissions));
    rig.type_in("s3 full");
    rig.key(KeyCode::Enter);
    rig.key(KeyCode::Down);
    insta::assert_snapshot!(rig.shown(), @r"
     ciuser create            111122223333 (sandbox), assumed-role/SandboxAdmin/you
      1 User  [2 Permissions]  3 Tags   4 Targets   5 Review
    ────────────────────────────────────────────────────────────────────────────────

      ▸ Policies      1 of 10  AmazonS3FullAccess
        Attach        to the user
        Groups        none
        Boundary      none

        Search        s3 full                                           92 of 1,233
          [x] AmazonS3FullAccess                AWS managed
        ▸ [ ] AmazonS3FilesFullAccess           AWS managed
          [ ] AmazonS3TablesFullAccess          AWS managed
          [ ] AmazonS3ExpressFullAccess         AWS managed
          [ ] AmazonS3OutpostsFullAccess        AWS managed
          [ ] AmazonS3FilesClientFullAccess     AWS managed
          [ ] AmazonElasticMapReduceFullAccess  s3:*
          [ ] AWSWAFFullAccess                  s3:GetBucketPolicy
          [ ] AWSBackupFullAccess               s3:ListAllMyBuckets
          [ ] AmazonFSxFullAccess               fsx:CreateAndAttachS3AccessPoint
    ────────────────────────────────────────────────────────────────────────────────


     Enter choose · Ctrl-O document · Tab next · Ctrl-N next page · Esc back
    ");
}

#[test]
fn the_document_of_a_policy_is_shown_in_place_and_closes_by_any_key() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::Permissions));
    rig.type_in("AmazonS3ReadOnly");
    rig.ctrl('o');
    insta::assert_snapshot!(rig.shown(), @r#"
     ciuser create            111122223333 (sandbox), assumed-role/SandboxAdmin/you
      1 User  [2 Permissions]  3 Tags   4 Targets   5 Review
    ────────────────────────────────────────────────────────────────────────────────

        AmazonS3ReadOnlyAccess, 168 characters

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": [
                "s3:Get*",
                "s3:List*",
                "s3:Describe*",
                "s3-object-lambda:Get*",
                "s3-object-lambda:List*"
              ],
              "Resource": "*"
            }
    ────────────────────────────────────────────────────────────────────────────────


     Up/Down scroll · Space a page · any other key closes
    "#);
    rig.key(KeyCode::Esc);
    assert_eq!(
        rig.wizard.page(),
        Page::Permissions,
        "Esc closed the document, not the page"
    );
}

#[test]
fn the_tags_page_has_a_rule_at_the_row_that_breaks_it() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::Tags));
    rig.type_in("env");
    rig.key(KeyCode::Tab);
    rig.type_in("production");
    rig.key(KeyCode::Tab);
    rig.type_in("ENV");
    insta::assert_snapshot!(rig.shown(), @r"
     ciuser create            111122223333 (sandbox), assumed-role/SandboxAdmin/you
      1 User   2 Permissions  [3 Tags]  4 Targets   5 Review
    ────────────────────────────────────────────────────────────────────────────────

        Optional. ciuser adds two of its own, ciuser:project and ciuser:run; IAM
        allows 50.

        Key                             Value
        env                             production
      ▸ ENV
        ✗ this key is there already; IAM ignores case in the tag keys of users









    ────────────────────────────────────────────────────────────────────────────────


     Tab next · Ctrl-N next page · Esc back · Ctrl-C quit
    ");
}

#[test]
fn the_targets_page_has_the_check_of_each_target_below_it() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::Targets));
    rig.key(KeyCode::Down);
    rig.key(KeyCode::Down);
    rig.key(KeyCode::Down);
    rig.type_in("gh/acme/deploy");
    rig.key(KeyCode::Tab);
    insta::assert_snapshot!(rig.shown(), @r"
     ciuser create            111122223333 (sandbox), assumed-role/SandboxAdmin/you
      1 User   2 Permissions   3 Tags  [4 Targets]  5 Review
    ────────────────────────────────────────────────────────────────────────────────

        Stores keep the key for people and can give it back. One is needed.
        KeePass file  ~/keys.kdbx
                      ✓ new KeePass file with a new key file
        CSV file
        1Password

        CircleCI uses the key. Names are as in gh/acme/storefront.
        Context       gh/acme/deploy
                      ✓ is there, and has no key
      ▸ Context
                      such as gh/acme/storefront-deploy; empty for none
        Restrict to
        Project



    ────────────────────────────────────────────────────────────────────────────────


     Tab next · Ctrl-N next page · Esc back · Ctrl-C quit
    ");
}

#[test]
fn the_review_page_shows_the_plan_as_create_does_and_asks_before_it_applies() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::Review));
    assert_eq!(rig.key(KeyCode::Enter), []);
    insta::assert_snapshot!(rig.shown(), @r"
     ciuser create            111122223333 (sandbox), assumed-role/SandboxAdmin/you
      1 User   2 Permissions   3 Tags   4 Targets  [5 Review]
    ────────────────────────────────────────────────────────────────────────────────

      project   default

      Plan for user CI_USER (5 changes)
      + CreateUser        /CI_USER
      + AttachUserPolicy  AmazonS3FullAccess (AWS managed)
      + IssueKey          CI_USER
      + Deliver           csv:/home/me/CI_USER.csv
      + Deliver           circleci-context:gh/acme/deploy







      ▸ Apply      Back      Save as a file      Quit
    ────────────────────────────────────────────────────────────────────────────────
     ▲ Carry out these 5 changes in account 111122223333? y does, any other key
       does not
     y carry out · any other key not now
    ");
    assert_eq!(rig.key(KeyCode::Enter), [], "any other key than y does not");
    rig.key(KeyCode::Enter);
    assert_eq!(rig.key(KeyCode::Char('y')), [Event::Apply]);
}

#[test]
fn without_utf_8_signs_are_ascii_and_without_colour_there_is_no_style() {
    let ui = ui(false, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::Permissions));
    rig.key(KeyCode::Enter);
    let shown = rig.shown();
    assert!(shown.is_ascii(), "{shown}");
    assert!(shown.contains("    > [x] AWSCertificateManagerFullAccess"), "{shown}");
    let cells = rig.terminal.backend().buffer().content();
    let plain = ratatui::buffer::Cell::EMPTY;
    assert!(
        cells
            .iter()
            .all(|cell| (cell.fg, cell.bg, cell.modifier) == (plain.fg, plain.bg, plain.modifier))
    );
}

#[test]
fn with_colour_a_good_verdict_is_green_and_has_its_sign_all_the_same() {
    let ui = ui(true, Color::Always);
    let mut rig = Rig::new(&ui, sample::at(Page::User));
    assert!(rig.shown().contains("✓ no user of this name yet"));
    let cells = rig.terminal.backend().buffer().content();
    let sign = cells.iter().find(|cell| cell.symbol() == "✓").unwrap();
    assert_eq!(sign.fg, ratatui::style::Color::Green);
}

#[test]
fn a_screen_that_is_too_small_says_so_and_nothing_is_lost() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::User));
    rig.terminal = Terminal::new(TestBackend::new(60, 10)).unwrap();
    insta::assert_snapshot!(rig.shown().trim_end(), @r"
    The wizard needs 80 columns and 24 lines.
    This terminal has 60 and 10.
    Please make it larger; nothing is lost.
    Or leave with Ctrl-C and use --plain.
    ");
    rig.terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    assert!(rig.shown().contains("CI_USER"));
}

#[test]
fn a_line_is_edited_with_the_usual_keys() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::opened(sample::blank()));
    rig.type_in("user");
    rig.key(KeyCode::Home);
    rig.type_in("ci-");
    assert_eq!(rig.wizard.form().name, "ci-user");
    rig.key(KeyCode::End);
    rig.ctrl('w');
    rig.raw(&Raw::Paste("deploy\n".to_owned()));
    assert_eq!(rig.wizard.form().name, "ci-deploy", "a paste ends no line");
    rig.ctrl('u');
    assert_eq!(rig.wizard.form().name, "");
}

#[test]
fn tab_goes_round_the_page_and_enter_at_its_end_goes_on() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::User));
    assert_eq!(rig.key(KeyCode::BackTab), [Event::Left(Field::Name)]);
    rig.type_in("x");
    assert_eq!(rig.wizard.form().project, "defaultx");
    rig.key(KeyCode::Enter);
    assert_eq!(rig.wizard.page(), Page::Permissions);
    rig.key(KeyCode::Esc);
    assert_eq!(rig.wizard.page(), Page::User);
}

#[test]
fn esc_leaves_the_first_page_only_when_it_is_said_twice() {
    let ui = ui(true, Color::Never);
    let mut rig = Rig::new(&ui, sample::at(Page::User));
    assert_eq!(rig.key(KeyCode::Esc), []);
    rig.key(KeyCode::End);
    assert_eq!(rig.key(KeyCode::Esc), [], "another key came between");
    assert_eq!(rig.key(KeyCode::Esc), [Event::Back]);
    assert!(rig.wizard.ending().is_some());
}

#[test]
fn ctrl_c_interrupts_wherever_the_focus_is() {
    let ui = ui(true, Color::Never);
    for page in Page::ALL {
        let mut rig = Rig::new(&ui, sample::at(page));
        let key = Raw::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
        assert_eq!(rig.view.press(&key, &rig.wizard), Pressed::Interrupt, "{page:?}");
    }
}

"""The wizard on a real terminal: to the applied end, back and forth, out of it at every page, in plain lines.

`UPDATE_CAPTURES=1` writes the screens that `docs/wizard.md` shows anew; without it they are compared.
"""

import os
import re
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pykeepass
import pytest

from conftest import REPOSITORY
from harness.machine import Machine
from harness.terminal import Terminal

PAGES = ("[1 User]", "[2 Permissions]", "[3 Tags]", "[4 Targets]", "[5 Review]")
DOCUMENT = REPOSITORY / "docs/wizard.md"


@pytest.fixture
def machine(program):
    """Returns a machine whose paths are short and always of one length: screens are compared."""
    root = Path(tempfile.mkdtemp(prefix="ci", dir="/tmp"))
    yield Machine(root, program)
    shutil.rmtree(root)


@contextmanager
def wizard(machine, *args, env=None):
    """Runs `create` in the sandbox on a terminal, the wizard open."""
    with Terminal(machine, ["create", "--sandbox", *args], env) as terminal:
        terminal.wait_for(PAGES[0])
        yield terminal


def go_on(terminal, page):
    """Goes on to a page."""
    terminal.keys("C-n")
    return terminal.wait_for(page)


def fill_in(terminal, until=PAGES[-1]):
    """Fills the pages in for the procedure's user, up to a page; returns the screen of each page that was filled in."""
    screens = {}

    def done(name, page):
        screens[name] = terminal.steady()
        if page in until:
            return True
        go_on(terminal, PAGES[PAGES.index(page) + 1])
        return False

    terminal.type("CI_USER")
    terminal.wait_for("no user of this name yet")
    if done("user", PAGES[0]):
        return screens
    for words in ("s3 full", "cloudfront full", "elasticbeanstalk admin"):
        terminal.keys("C-u")
        terminal.type(words)
        terminal.wait_for(words)
        terminal.keys("Enter")
        terminal.wait_for("[x]")
    terminal.wait_for("3 of 10")
    if done("permissions", PAGES[1]):
        return screens
    for text in ("project", "storefront", "env", "production"):
        terminal.type(text)
        terminal.wait_for(text)
        terminal.keys("Tab")
    if done("tags", PAGES[2]):
        return screens
    terminal.keys("C-u")
    terminal.type("keys.kdbx")
    terminal.keys("Tab", "Tab", "Tab")
    terminal.wait_for("such as gh/acme/storefront-deploy")
    terminal.type("gh/acme/storefront-deploy")
    terminal.keys("Tab", "Tab")
    terminal.type("gh/acme/storefront")
    terminal.keys("Tab")
    terminal.wait_for("creates the context, restricted to gh/acme/storefront")
    terminal.wait_for("new KeePass file")
    if done("targets", PAGES[3]):
        return screens
    terminal.wait_for("Deliver")
    screens["review"] = terminal.steady()
    return screens


def users_in(machine):
    """Returns the users of the sandbox."""
    return machine.sandbox_state()["iam"]["users"]


def own_files(machine):
    """Returns every file but the sandbox's own state and what the terminal needs."""
    sandbox = machine.state / "ciuser/sandbox"
    ours = {sandbox / name for name in ("state.json", "lock")}
    places = (machine.home, machine.state, machine.data, machine.config, machine.work)
    return [path for path in machine.files() if path not in ours and any(path.is_relative_to(place) for place in places)]


def test_to_the_applied_end_with_command_and_file_printed(machine):
    with wizard(machine) as terminal:
        fill_in(terminal)
        terminal.keys("Enter")
        terminal.wait_for("Carry out these 7 changes")
        terminal.keys("y")
        assert terminal.ended() == (0, True)
        said = terminal.scrolled()
    user = users_in(machine)["ci_user"]
    tags = {tag["key"]: tag["value"] for tag in user["tags"]}
    assert (tags["project"], tags["env"]) == ("storefront", "production")
    assert (machine.work / "keys.kdbx").is_file()
    assert "CI_USER is ready" in said
    between = said[said.index("What next") : said.index("The same as a command")]
    assert "\n\n\n" not in re.sub(r"[ \r]", "", between)
    command = said[said.index("The same as a command") : said.index("The same as `ciuser.toml`")]
    assert "ciuser create CI_USER" in command and "--sandbox" in command
    assert 'name = "CI_USER"' in said


def test_the_printed_command_and_the_written_file_ask_for_the_same(machine):
    with wizard(machine, "--save", "mine.toml") as terminal:
        fill_in(terminal)
        terminal.keys("Enter")
        terminal.wait_for("Carry out these 7 changes")
        terminal.keys("y")
        assert terminal.ended() == (0, True)
        said = terminal.scrolled()
    plan = machine.run("plan", "--sandbox", "-f", "mine.toml", "--output", "json").json
    assert plan["lines"] == []
    command = re.search(r"The same as a command\n\s*\n(.*?)\n\s*\n", said, re.DOTALL).group(1)
    words = command.replace("\\\n", " ").split()
    assert words[:2] == ["ciuser", "create"]
    again = machine.run(*words[1:], "--yes", "--output", "json").json
    assert again["changed"] is False


def test_back_and_forth_keeps_what_was_typed(machine):
    with wizard(machine) as terminal:
        before = fill_in(terminal, until=PAGES[3])
        for page in reversed(PAGES[:3]):
            terminal.keys("Escape")
            terminal.wait_for(page)
        assert "CI_USER" in terminal.screen()
        for page in PAGES[1:4]:
            screen = go_on(terminal, page)
        assert "creates the context, restricted to gh/acme/storefront" in screen
        typed = ("KeePass file  keys.kdbx", "Context       gh/acme/storefront-deploy", "Restrict to   gh/acme/storefront")
        assert all(line in screen and line in before["targets"] for line in typed)


@pytest.mark.parametrize("page", PAGES)
def test_ctrl_c_at_any_page_leaves_a_sane_terminal_and_nothing_behind(machine, page):
    with wizard(machine) as terminal:
        fill_in(terminal, until=page)
        terminal.wait_for(page)
        assert terminal.is_taken()
        terminal.keys("C-c")
        assert terminal.ended() == (130, True)
    assert users_in(machine) == {}
    assert own_files(machine) == []


@pytest.mark.parametrize("ends", (signal.SIGTERM, signal.SIGHUP))
def test_a_signal_leaves_the_terminal_as_it_was(machine, ends):
    with wizard(machine) as terminal:
        os.kill(terminal.pid(), ends)
        assert terminal.ended() == (128 + ends, True)
    assert own_files(machine) == []


def test_esc_on_the_first_page_leaves_when_it_is_said_twice(machine):
    with wizard(machine) as terminal:
        terminal.keys("Escape")
        terminal.wait_for("Esc once more leaves")
        terminal.keys("Escape")
        assert terminal.ended() == (4, True)
        assert "nothing was changed" in terminal.screen()
    assert own_files(machine) == []


def test_quitting_after_the_review_prints_and_saves_what_was_asked_for(machine):
    with wizard(machine, "--save", "mine.toml") as terminal:
        fill_in(terminal)
        terminal.keys("Left", "Enter")
        assert terminal.ended() == (4, True)
        said = terminal.scrolled()
    assert "ciuser create CI_USER" in said
    assert users_in(machine) == {}
    assert own_files(machine) == [machine.work / "mine.toml"]


def test_a_passphrase_is_asked_for_outside_the_screen_which_then_comes_back(machine, sandbox):
    pykeepass.create_database(str(machine.work / "keys.kdbx"), password="open sesame")
    args = ["create", "CI_USER", "--region", "us-east-1", "--store", "kdbx:keys.kdbx"]
    with Terminal(machine, args, sandbox.env) as terminal:
        terminal.wait_for("no user of this name yet")
        for page in PAGES[1:4]:
            go_on(terminal, page)
        terminal.wait_for("is there, locked; its passphrase is asked for")
        terminal.keys("C-n")
        terminal.wait_for("assphrase")
        assert not terminal.is_taken()
        terminal.type("open sesame")
        terminal.keys("Enter")
        screen = terminal.wait_for("CreateUser")
        assert terminal.is_taken() and PAGES[4] in screen and "open sesame" not in screen
        terminal.keys("Enter")
        terminal.wait_for("Carry out these 3 changes")
        terminal.keys("y")
        assert terminal.ended() == (0, True)
        assert "open sesame" not in terminal.scrolled()


def test_a_spec_file_is_never_written_over_another(machine):
    (machine.work / "mine.toml").write_text("theirs")
    with Terminal(machine, ["create", "--sandbox", "--save", "mine.toml"]) as terminal:
        assert terminal.ended() == (4, True)
        assert "is there already" in terminal.screen()
    with wizard(machine) as terminal:
        fill_in(terminal)
        terminal.keys("Right", "Right", "Enter")
        terminal.wait_for("Write to")
        terminal.keys("C-u")
        terminal.type("mine.toml")
        terminal.keys("Enter")
        terminal.wait_for("is there already")
        terminal.keys("C-c")
        assert terminal.ended() == (130, True)
    assert (machine.work / "mine.toml").read_text() == "theirs"


def test_without_colour_there_is_no_escape_sequence_for_it(machine):
    coloured = re.compile(r"\x1b\[[0-9;]*m")
    with wizard(machine) as terminal:
        assert coloured.search(terminal.styles())
        terminal.keys("C-c")
        terminal.ended()
    with wizard(machine, env={"NO_COLOR": "1"}) as terminal:
        fill_in(terminal, until=PAGES[1])
        styles = set(coloured.findall(terminal.styles()))
        assert styles <= {"\x1b[0m", "\x1b[39m", "\x1b[49m", "\x1b[39;49m"}
        assert "▸ [x] AdministratorAccess-AWSElasticBeanstalk" in terminal.screen()


def test_another_size_is_drawn_anew_and_a_small_one_is_said(machine):
    with wizard(machine) as terminal:
        terminal.type("CI_USER")
        terminal.wait_for("no user of this name yet")
        terminal.resize(60, 20)
        terminal.wait_for("The wizard needs 80 columns and 24 lines.")
        terminal.resize(120, 40)
        assert "CI_USER" in terminal.wait_for(PAGES[0])


def test_flags_that_were_given_are_filled_in_and_a_dry_run_changes_nothing(machine):
    args = ("--dry-run", "CI_USER", "--tag", "env=test", "--store", "csv:keys.csv", "--path", "/ci/")
    with wizard(machine, *args) as terminal:
        screen = terminal.wait_for("no user of this name yet")
        assert "CI_USER" in screen and "/ci/" in screen
        for page in PAGES[1:]:
            screen = go_on(terminal, page)
            if page == PAGES[2]:
                assert "env" in screen and "test" in screen
            if page == PAGES[3]:
                assert "keys.csv" in screen
        terminal.wait_for("CreateUser")
        terminal.wait_for("End here (--dry-run)")
        terminal.keys("Enter")
        assert terminal.ended() == (0, True)
    assert users_in(machine) == {}
    assert own_files(machine) == []


def test_with_all_that_is_needed_no_wizard_opens_and_without_a_terminal_a_name_is_needed(machine):
    args = ["create", "CI_USER", "--sandbox", "--for", "s3", "--store", "csv:keys.csv"]
    with Terminal(machine, args) as terminal:
        terminal.wait_for("yes or no?")
        assert not terminal.is_taken()
        terminal.type("no")
        terminal.keys("Enter")
        assert terminal.ended() == (4, True)
    ended = machine.run("create", "--sandbox", "--for", "s3", code=2)
    assert "<NAME>" in ended.stderr


@pytest.mark.parametrize("args, env", ((["--plain"], {}), ([], {"TERM": "dumb"})))
def test_plain_lines_lead_to_the_same_end_without_moving_the_cursor(machine, args, env):
    answers = (
        ("Name [none]:", "CI_USER"), ("Path [/]:", ""), ("Project [default]:", ""),
        ("Policies [none]", "s3 read"), ("Policies [none]", "for s3"), ("Policies [AmazonS3FullAccess]", ""), ("Attach policies [1]", ""),
        ("Groups [none]", ""), ("Boundary [none]", ""), ("Tag key [none]:", ""), ("KeePass file [", "keys.kdbx"),
        ("CSV file [none]:", ""), ("1Password vault [none]:", ""), ("CircleCI context [none]:", "<"),
        ("1Password vault [none]:", "Infrastructure"), ("CircleCI context [none]:", ""), ("CircleCI project [none]:", ""), ("Number:", "1"),
    )
    with Terminal(machine, ["create", "--sandbox", *args], env, size=(80, 200)) as terminal:
        for question, answer in answers:
            terminal.wait_for_prompt(question)
            assert not terminal.is_taken()
            terminal.type(answer)
            terminal.keys("Enter")
        assert terminal.ended() == (0, True)
        screen = terminal.screen()
    [shown] = re.findall(r"<!-- plain -->\n```text\n(.*?)\n```", DOCUMENT.read_text(), re.DOTALL)
    assert shown in screen
    assert "CI_USER is ready" in screen
    assert list(users_in(machine)) == ["ci_user"]
    assert len(machine.sandbox_state()["connect"]["vaults"][0]["items"]) == 1


def normalised(machine, screen):
    """Replaces what differs from run to run by something of the same length."""
    screen = screen.replace(str(machine.work), "/home/you/storefront")
    screen = re.sub(r"\b\d{12}\b", "111122223333", screen)
    screen = re.sub(r"r-[0-9a-f]{16}", "r-0123456789abcdef", screen)
    return screen.rstrip()


def test_the_pages_of_the_document_are_as_they_are_shown(machine):
    with wizard(machine) as terminal:
        screens = fill_in(terminal)
        terminal.keys("Escape")
        terminal.wait_for(PAGES[3])
        terminal.keys("C-c")
    with wizard(machine, "CI_USER") as terminal:
        go_on(terminal, PAGES[1])
        terminal.type("AmazonS3ReadOnly")
        terminal.wait_for("AmazonS3ReadOnlyAccess")
        terminal.keys("C-o")
        terminal.wait_for("Statement")
        screens["document"] = terminal.steady()
        terminal.keys("C-c")
    text = DOCUMENT.read_text()
    shown = {name: normalised(machine, screen) for name, screen in screens.items()}
    written = dict(re.findall(r"<!-- screen: (\w+) -->\n```text\n(.*?)\n```", text, re.DOTALL))
    if os.environ.get("UPDATE_CAPTURES"):
        for name, old in written.items():
            text = text.replace(f"<!-- screen: {name} -->\n```text\n{old}\n```", f"<!-- screen: {name} -->\n```text\n{shown[name]}\n```")
        DOCUMENT.write_text(text)
        return
    assert written == shown

"""KeePassXC and pykeepass read what ciuser stored, and it is the secret that works."""

import csv
import stat

import pytest
from pykeepass import PyKeePass
from pykeepass.kdbx_parsing.kdbx4 import kdf_uuids

from harness.keepass import LETTER, Author, keepassxc, keepassxc_making, seen_by_keepassxc, seen_by_pykeepass
from harness.machine import Machine

SANDBOX = ("--sandbox", "--for", "s3", "--tag", "project=storefront")


def shown(attribute, database, *unlock, said=()):
    """Returns an attribute of the user's entry."""
    return keepassxc("show", "-s", "-a", attribute, *unlock, database, "AWS/CI_USER", said=said)


def assert_works(sandbox, key_id, secret):
    """Asks STS with the key."""
    caller = sandbox.client("sts", (key_id, secret)).get_caller_identity()
    assert caller["Arn"].endswith(":user/CI_USER")


def modes(machine: Machine):
    """Returns the permissions of the files that hold secrets."""
    held = [path for path in machine.work.iterdir() if path.suffix in (".kdbx", ".keyx", ".csv", ".bak")]
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in held}


@pytest.fixture
def password_file(machine):
    """Writes a passphrase that a person could have chosen."""
    path = machine.work / "passphrase"
    path.write_text("correct horse bätteri staple\n")
    path.chmod(0o600)
    return path


def test_both_programs_open_the_file_with_its_key_file_and_read_the_secret_that_works(machine, sandbox):
    document = machine.create(
        *SANDBOX, "--store", "kdbx:keys.kdbx", "--kdbx-key-file", "new", "--store", "csv:keys.csv"
    ).json

    database, key_file = machine.work / "keys.kdbx", machine.work / "keys.keyx"
    unlock = ("--no-password", "-k", key_file)
    secret, key_id = shown("Password", database, *unlock), shown("UserName", database, *unlock)
    assert key_id == document["key"]["id"]
    assert_works(sandbox, key_id, secret)
    entry = PyKeePass(database, keyfile=key_file).find_entries(title="CI_USER", first=True)
    assert (entry.username, entry.password, entry.group.name) == (key_id, secret, "AWS")
    assert entry.custom_properties["account"] == document["account"]
    with (machine.work / "keys.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert row == {"User Name": "CI_USER", "Access key ID": key_id, "Secret access key": secret}
    assert modes(machine) == {"keys.kdbx": 0o600, "keys.keyx": 0o600, "keys.csv": 0o600}


def test_both_programs_open_the_file_with_a_passphrase(machine, sandbox, password_file):
    machine.create(*SANDBOX, "--store", "kdbx:keys.kdbx", "--kdbx-password-file", str(password_file))

    database, password = machine.work / "keys.kdbx", password_file.read_text().rstrip("\n")
    secret = shown("Password", database, said=[password])
    entry = PyKeePass(database, password=password).find_entries(title="CI_USER", first=True)
    assert entry.password == secret
    assert_works(sandbox, entry.username, secret)


def test_the_file_is_kdbx_4_with_argon2id_and_64_mib(machine, password_file):
    machine.create(*SANDBOX, "--store", "kdbx:keys.kdbx", "--kdbx-password-file", str(password_file))

    password = password_file.read_text().rstrip("\n")
    opened = PyKeePass(machine.work / "keys.kdbx", password=password)
    assert opened.version == (4, 1)
    # `kdf_algorithm` of pykeepass 4.2.0 knows KDBX 4.0 only, so the header is looked at.
    parameters = opened.kdbx.header.value.dynamic_header.kdf_parameters.data.dict
    assert parameters["$UUID"].value == kdf_uuids["argon2id"]
    assert parameters["M"].value == 64 * 1024 * 1024


def test_a_rotation_keeps_the_old_secret_in_the_history_of_the_entry(machine, sandbox):
    store = ("--store", "kdbx:keys.kdbx", "--kdbx-key-file", "keys.keyx")
    old = machine.create(*SANDBOX, "--store", "kdbx:keys.kdbx", "--kdbx-key-file", "new").json["key"]["id"]

    new = machine.run("key", "rotate", "CI_USER", "--sandbox", *store, "--yes", "--output", "json").json["key"]["id"]

    opened = PyKeePass(machine.work / "keys.kdbx", keyfile=machine.work / "keys.keyx")
    [entry] = opened.find_entries(title="CI_USER")
    assert [version.username for version in entry.history] == [old]
    assert entry.username == new
    assert_works(sandbox, new, entry.password)
    assert modes(machine)["keys.kdbx.bak"] == 0o600


def test_entries_and_groups_that_a_person_keeps_there_survive(machine, password_file):
    database, password = machine.work / "keys.kdbx", password_file.read_text().rstrip("\n")
    machine.create(*SANDBOX, "--store", "kdbx:keys.kdbx", "--kdbx-password-file", str(password_file))
    keepassxc("mkdir", database, "Personal", said=[password])
    fields = ("-u", "me", "--url", "https://mail.example", "--notes", "kept", "-p")
    keepassxc("add", *fields, database, "Personal/mail", said=[password, "hunter2"])

    machine.run("key", "rotate", "CI_USER", "--sandbox", "--yes")

    entry = PyKeePass(database, password=password).find_entries(title="mail", first=True)
    assert (entry.group.name, entry.username, entry.password) == ("Personal", "me", "hunter2")
    assert (entry.url, entry.notes) == ("https://mail.example", "kept")
    assert keepassxc("show", "-s", "-a", "Password", database, "Personal/mail", said=[password]) == "hunter2"


def test_a_file_that_a_library_left_in_disorder_is_refused_untouched_until_keepassxc_saves_it(machine, password_file):
    """Libraries that edit the document in place put a field behind the history, where its cipher stream is not."""
    database, password = machine.work / "keys.kdbx", password_file.read_text().rstrip("\n")
    machine.create(*SANDBOX, "--store", "kdbx:keys.kdbx", "--kdbx-password-file", str(password_file))
    opened = PyKeePass(database, password=password)
    opened.find_entries(title="CI_USER", first=True).notes = "who may use this key"
    opened.save()
    before = database.read_bytes()

    refused = machine.run("key", "rotate", "CI_USER", "--sandbox", "--yes", code=1)
    assert "KeePassXC" in refused.stderr
    assert database.read_bytes() == before

    keepassxc("edit", "--url", "https://console.example", database, "AWS/CI_USER", said=[password])
    machine.run("key", "rotate", "CI_USER", "--sandbox", "--yes")
    entry = PyKeePass(database, password=password).find_entries(title="CI_USER", first=True)
    assert entry.notes == "who may use this key"


def imported(machine, document, password):
    """Makes a database of a document with KeePassXC, and returns its path and the version that KeePassXC chose."""
    database, source = machine.work / "own.kdbx", machine.work / "own.xml"
    source.write_text(document)
    keepassxc_making("import", "-p", source, database, said=[password, password])
    return database, database.read_bytes()[8:12]


def judged(database, password):
    """Returns what both programs find in a database, but for what is ours."""
    return seen_by_keepassxc(database, password), seen_by_pykeepass(database, password)


def store_of(database, password_file):
    return "--store", f"kdbx:{database}", "--kdbx-password-file", str(password_file)


SIGNATURES = {"3.1": b"\x01\x00\x03\x00", "4.0": b"\x00\x00\x04\x00", "4.1": b"\x01\x00\x04\x00"}


@pytest.mark.parametrize("version", SIGNATURES)
def test_a_persons_own_file_keeps_all_that_is_in_it(machine, sandbox, password_file, version):
    password = password_file.read_text().rstrip("\n")
    database, signature = imported(machine, Author(version).document(), password)
    assert signature == SIGNATURES[version]
    before = judged(database, password)
    entries = before[1]
    assert {path[-1] for path, _ in entries} == {"bank", "mail", "deep", "thrown away"}
    [mail] = [versions for (path, _), versions in entries.items() if path[-1] == "mail"]
    assert [version["fields"][0] for version in mail] == ["mail", "mail of before", "mail of long ago"]
    assert all(version["attachments"] == {"empty": b"", "letter.txt": LETTER} for version in mail)

    store = store_of(database, password_file)
    document = machine.create(*SANDBOX, *store).json
    assert document["targets"][0]["proof"] == "value"
    assert judged(database, password) == before
    machine.run("key", "rotate", "CI_USER", "--sandbox", *store, "--yes")
    assert judged(database, password) == before
    assert_works(sandbox, shown("UserName", database, said=[password]), shown("Password", database, said=[password]))

    machine.run("delete", "CI_USER", "--sandbox", *store, "--clear", "--confirm", "CI_USER", "--yes")
    assert judged(database, password) == before
    assert "CI_USER" in keepassxc("ls", database, "Papierkorb", said=[password])


def test_a_file_that_a_person_made_with_keepassxc_command_by_command_keeps_all_that_is_in_it(
    machine, sandbox, password_file
):
    database, password = machine.work / "own.kdbx", password_file.read_text().rstrip("\n")
    keepassxc_making("db-create", "-p", database, said=[password, password])
    letter = machine.work / "letter.txt"
    letter.write_bytes(LETTER)
    for group in ("Personal", "Personal/Deep"):
        keepassxc("mkdir", database, group, said=[password])
    for entry in ("Personal/mail", "Personal/Deep/bank", "top", "gone"):
        keepassxc("add", "-u", "me", "--url", "https://x.example", "-p", database, entry, said=[password, "hunter2"])
    keepassxc("edit", "--notes", "läßt sich <lesen> & \"schreiben\"", "-p", database, "top", said=[password, "hunter3"])
    keepassxc("attachment-import", database, "Personal/mail", "letter.txt", letter, said=[password])
    keepassxc("rm", database, "gone", said=[password])
    before = judged(database, password)

    store = store_of(database, password_file)
    machine.create(*SANDBOX, *store)
    machine.run("key", "rotate", "CI_USER", "--sandbox", *store, "--yes")

    assert judged(database, password) == before
    keepassxc("attachment-export", database, "Personal/mail", "letter.txt", letter, said=[password])
    assert letter.read_bytes() == LETTER
    assert_works(sandbox, shown("UserName", database, said=[password]), shown("Password", database, said=[password]))
    # KeePassXC goes on with the file.
    keepassxc("add", "-u", "me", "-p", database, "Personal/new", said=[password, "hunter4"])
    assert keepassxc("show", "-s", "-a", "Password", database, "Personal/new", said=[password]) == "hunter4"


def test_a_file_of_which_something_would_be_lost_is_refused_untouched(machine, sandbox, password_file):
    """A text of blanks only is not kept by the crate that writes the file."""
    password = password_file.read_text().rstrip("\n")
    address = "<Value>https://x.example/?a=1&amp;b=2</Value>"
    document = Author("3.1").document().replace(address, "<Value> </Value>", 1)
    database, _ = imported(machine, document, password)
    before = database.read_bytes()

    refused = machine.create(*SANDBOX, *store_of(database, password_file), env=sandbox.env, code=1).json

    assert refused["changed"] is False
    assert "`Root/Group/Entry/String[URL]/Value`" in refused["error"]["message"]
    assert "KeePassXC" in refused["error"]["hint"]
    assert database.read_bytes() == before
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]


def test_without_a_passphrase_and_without_a_terminal_nothing_is_begun(machine, sandbox):
    refused = machine.create("--for", "s3", "--store", "kdbx:keys.kdbx", env=sandbox.env, code=4)

    assert refused.json["changed"] is False
    assert "passphrase" in refused.json["error"]["message"]
    assert "ci_user" not in machine.sandbox_state()["iam"]["users"]
    assert not (machine.work / "keys.kdbx").exists()

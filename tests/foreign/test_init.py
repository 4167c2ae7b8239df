"""`ciuser init`: files that `plan` takes as they are, and the adoption of users that somebody made by hand."""

import json
import tomllib

import pytest

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def plan_lines(machine, *args):
    """Returns the lines of the plan for `ciuser.toml`."""
    return machine.run("plan", "--sandbox", "--output", "json", *args).json["lines"]


@pytest.fixture
def by_hand(sandbox):
    """Makes a user as somebody does in the console: policies, a group, tags, a boundary, keys, a password."""
    iam = sandbox.client("iam")
    iam.create_group(GroupName="auditors")
    iam.create_user(
        UserName="Deployer",
        Path="/old/",
        PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
        Tags=[{"Key": "team", "Value": "web"}],
    )
    iam.add_user_to_group(GroupName="auditors", UserName="Deployer")
    iam.attach_user_policy(UserName="Deployer", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    own = iam.create_policy(PolicyName="deploy", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="Deployer", PolicyArn=own)
    iam.put_user_policy(UserName="Deployer", PolicyName="logs", PolicyDocument=json.dumps(POLICY))
    iam.create_access_key(UserName="Deployer")
    iam.create_login_profile(UserName="Deployer", Password="Made-by-hand-1")
    return iam


def state(iam):
    """Returns what the user has, but for its tags."""
    users = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    [user] = [user for user in users if user["UserName"] == "Deployer"]
    del user["Tags"]
    keys = iam.list_access_keys(UserName="Deployer")["AccessKeyMetadata"]
    return user, keys


def test_a_user_made_by_hand_is_adopted_by_its_tags_alone_and_gets_no_key(machine, by_hand):
    written = machine.run("init", "--sandbox", "--from-user", "deployer")
    assert "user `deployer` is called `Deployer` in this account" in written.stderr
    assert "user `Deployer` has a console password, which no spec asks for" in " ".join(written.stderr.split())
    text = (machine.work / "ciuser.toml").read_text()
    assert "# has 1 access key (1 active), which is left alone\n# has a console password" in text
    [user] = tomllib.loads(text)["user"]
    account = tomllib.loads(text)["account"]["id"]
    assert user == {
        "name": "Deployer",
        "path": "/old/",
        "policies": [f"arn:aws:iam::{account}:policy/deploy", "AmazonS3FullAccess"],
        "attach": "direct",
        "groups": ["auditors"],
        "boundary": "arn:aws:iam::aws:policy/PowerUserAccess",
        "inline": {"logs": "logs.json"},
        "tags": {"team": "web"},
        "store": [],
    }
    assert json.loads((machine.work / "logs.json").read_text()) == POLICY
    before = state(by_hand)
    [line] = plan_lines(machine, "--adopt")
    assert line.startswith("TagUser ciuser:project=default, ciuser:run=r-")
    machine.run("apply", "--sandbox", "--adopt", "--yes")
    assert state(by_hand) == before
    assert plan_lines(machine) == []
    machine.run("key", "rotate", "Deployer", "-f", "ciuser.toml", "--sandbox", "--yes", code=4)
    assert state(by_hand) == before


def test_targets_that_are_named_later_get_the_key_of_a_rotation(machine, by_hand):
    machine.run("init", "--sandbox", "--from-user", "Deployer")
    machine.run("apply", "--sandbox", "--adopt", "--yes")
    path = machine.work / "ciuser.toml"
    text = path.read_text().replace("store = []", "")
    path.write_text(text + '\n[[user.store]]\nkind = "csv"\npath = "keys.csv"\n')
    machine.run("apply", "--sandbox", "--yes", code=5)
    machine.run("key", "rotate", "Deployer", "-f", "ciuser.toml", "--sandbox", "--yes")
    assert "Deployer,AKIA" in (machine.work / "keys.csv").read_text()
    machine.run("apply", "--sandbox", "--yes")


def test_nothing_that_exists_is_overwritten(machine, by_hand):
    for name in ("logs.json", "ciuser.toml"):
        (machine.work / name).write_text("mine")
        refused = machine.run("init", "--sandbox", "--from-user", "Deployer", code=4)
        assert f"{name}` exists, and `init` overwrites nothing" in " ".join(refused.stderr.split())
        assert (machine.work / name).read_text() == "mine"
        (machine.work / name).unlink()
        assert not list(machine.work.iterdir())


def test_a_document_does_not_take_the_name_of_the_file(machine, by_hand):
    machine.run("init", "LOGS.json", "--sandbox", "--from-user", "Deployer")
    [user] = tomllib.loads((machine.work / "LOGS.json").read_text())["user"]
    assert user["inline"] == {"logs": "Deployer.logs.json"}
    assert json.loads((machine.work / "Deployer.logs.json").read_text()) == POLICY


def test_when_the_file_cannot_be_written_no_document_stays(machine, by_hand):
    # The longest name that a file can have leaves no room for the one that it is written under first.
    failed = machine.run("init", "x" * 255, "--sandbox", "--from-user", "Deployer", code=1)
    assert "invalid filename" in failed.stderr
    assert not list(machine.work.iterdir())
    failed = machine.run("init", "missing/ciuser.toml", "--sandbox", "--from-user", "Deployer", code=1)
    assert "there is no such directory\nhint: make the directory first" in failed.stderr


def test_what_is_not_written_is_returned_and_no_command_names_it(machine, by_hand):
    printed = machine.run("init", "-", "--sandbox", "--from-user", "Deployer", "--output", "json").json
    [unwritten] = printed["unwritten"]
    assert unwritten["path"] == str(machine.work / "logs.json")
    assert json.loads(unwritten["text"]) == POLICY
    assert (printed["documents"], printed["users"][0]["command"]) == ([], None)
    written = machine.run("init", "--sandbox", "--from-user", "Deployer", "--output", "json").json
    assert (written["documents"], written["unwritten"]) == ([unwritten["path"]], [])
    assert (machine.work / "logs.json").read_text() == unwritten["text"]


def test_adoption_is_proposed_for_users_of_no_project_only(machine, by_hand):
    machine.create("--sandbox", "--project", "storefront", "--store", "csv:keys.csv")

    def proposed(name, *users):
        flags = [word for user in users for word in ("--from-user", user)]
        said = machine.run("init", f"{name}.toml", "--sandbox", *flags).stderr
        (machine.work / f"{name}.toml").unlink()
        (machine.work / "logs.json").unlink(missing_ok=True)
        document = machine.run("init", f"{name}.toml", "--sandbox", *flags, "--output", "json").json
        (machine.work / "logs.json").unlink(missing_ok=True)
        return "--adopt" in said, ["--adopt" in user["command"].split() for user in document["users"]]

    assert proposed("managed", "CI_USER") == (False, [False])
    assert proposed("by_hand", "Deployer") == (True, [True])
    assert proposed("both", "CI_USER", "Deployer") == (True, [False, True])


def test_the_project_that_manages_a_user_is_kept_and_no_other_taken(machine):
    machine.create("--sandbox", "--project", "storefront", "--store", "csv:keys.csv")
    refused = machine.run("init", "--sandbox", "--from-user", "CI_USER", "--project", "backend", code=4)
    assert "user `CI_USER` belongs to project `storefront`, not to `backend`" in refused.stderr
    machine.run("init", "--sandbox", "--from-user", "CI_USER")
    assert plan_lines(machine) == []


def test_a_file_from_flags_asks_for_what_the_flags_ask_for(machine):
    flags = ("--for", "s3", "--tag", "env=test", "--store", "csv:keys.csv", "--attach", "group")
    machine.create("--sandbox", *flags)
    machine.run("init", "conf.toml", "--sandbox", "--user", "CI_USER", *flags)
    assert machine.run("plan", "-f", "conf.toml", "--sandbox", "--output", "json").json["lines"] == []
    printed = machine.run("init", "-", "--sandbox", "--user", "CI_USER", *flags)
    assert printed.stdout == (machine.work / "conf.toml").read_text()


def test_the_template_is_a_file_that_plan_takes(machine):
    machine.run("init", "--sandbox")
    assert "CreateUser /CI_USER" in plan_lines(machine)[0]
    assert "version = 1" in machine.run("init", "--sandbox", "--stdout").stdout


def test_users_that_are_not_there_are_refused_with_the_nearest_name(machine, by_hand):
    failed = machine.run("init", "--sandbox", "--from-user", "Deploier", code=1)
    assert "there is no user `Deploier` in this account\nhint: did you mean `Deployer`?" in failed.stderr
    assert not list(machine.work.iterdir())

"""Every listing of the sandbox, page by page through the clients' own paginators, against the whole in one answer."""

import json
import threading
import time

import pytest

from conversations.credentials import PEM, PUBLIC_KEY
from conversations.groups import DOCUMENT
from harness.machine import Machine
from harness.players import Boto3, player
from harness.servers import sandbox_server
from test_conversations import CLIENTS, served

NUMBERS = ("1", "2", "3")
TEXT = json.dumps(DOCUMENT)
TAGS = [{"Key": f"key{number}", "Value": number} for number in NUMBERS]

# How each listing is asked, and how many items it has here.
LISTINGS = {
    "GetAccountAuthorizationDetails": ({"Filter": ["User", "Group", "LocalManagedPolicy"]}, 4 + 3 + 3),
    "GetGroup": ({"GroupName": "group1"}, 3),
    "ListAccessKeys": ({"UserName": "user1"}, 2),
    "ListAttachedGroupPolicies": ({"GroupName": "group1"}, 3),
    "ListAttachedUserPolicies": ({"UserName": "user1"}, 3),
    "ListEntitiesForPolicy": ({"PolicyArn": "$policy1"}, 2),
    "ListGroupPolicies": ({"GroupName": "group1"}, 3),
    "ListGroups": ({}, 3),
    "ListGroupsForUser": ({"UserName": "user1"}, 3),
    "ListMFADevices": ({"UserName": "user1"}, 3),
    "ListPolicies": ({"Scope": "Local"}, 3),
    "ListPolicyTags": ({"PolicyArn": "$policy1"}, 3),
    "ListPolicyVersions": ({"PolicyArn": "$policy1"}, 4),
    "ListSSHPublicKeys": ({"UserName": "user1"}, 3),
    "ListServiceSpecificCredentials": ({"UserName": "user1"}, 2),
    "ListSigningCertificates": ({"UserName": "user1"}, 2),
    "ListUserPolicies": ({"UserName": "user1"}, 3),
    "ListUserTags": ({"UserName": "user1"}, 3),
    "ListUsers": ({}, 4),
}
# No client has a paginator for this one: it is paged by hand.
WITHOUT_PAGINATOR = {"ListServiceSpecificCredentials"}


@pytest.fixture(scope="module")
def populated(tmp_path_factory, program):
    """Runs a sandbox with two or more of everything, and returns it with the ARN of a policy."""
    with sandbox_server(Machine(tmp_path_factory.mktemp("paging") / "machine", program)) as server:
        iam = server.client("iam")
        for number in NUMBERS:
            iam.create_user(UserName=f"user{number}")
            iam.create_group(GroupName=f"group{number}")
            policy = iam.create_policy(PolicyName=f"policy{number}", PolicyDocument=TEXT)["Policy"]["Arn"]
            populate(iam, number, policy)
        for number in NUMBERS:
            iam.add_user_to_group(GroupName="group1", UserName=f"user{number}")
            iam.add_user_to_group(GroupName=f"group{number}", UserName="user1")
        first = policy.replace("policy3", "policy1")
        iam.tag_policy(PolicyArn=first, Tags=TAGS)
        iam.tag_user(UserName="user1", Tags=TAGS)
        for _ in NUMBERS:
            iam.create_policy_version(PolicyArn=first, PolicyDocument=TEXT)
        yield server, first


def populate(iam, number, policy):
    """Gives the first user and the first group one more of everything, as far as the quotas go."""
    for kind, name in (("user", "UserName"), ("group", "GroupName")):
        holder = {name: f"{kind}1"}
        getattr(iam, f"attach_{kind}_policy")(**holder, PolicyArn=policy)
        getattr(iam, f"put_{kind}_policy")(**holder, PolicyName=f"inline{number}", PolicyDocument=TEXT)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"phone{number}")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="user1", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    iam.upload_ssh_public_key(UserName="user1", SSHPublicKeyBody=f"{PUBLIC_KEY}{number}")
    if number != "3":
        iam.create_access_key(UserName="user1")
        iam.upload_signing_certificate(UserName="user1", CertificateBody=PEM.replace("MII", f"MII{number}"))
        iam.create_service_specific_credential(UserName="user1", ServiceName="codecommit.amazonaws.com")


@pytest.fixture(scope="module", params=CLIENTS)
def client(request, populated, tmp_path_factory):
    """Runs a client for the populated sandbox, and returns it with its name and the ARN."""
    server, policy = populated
    with player(request.param, server, tmp_path_factory.mktemp("client")) as asking:
        yield request.param, asking, policy


def parameters_of(operation, policy):
    """Returns the parameters of a listing."""
    parameters, _ = LISTINGS[operation]
    return {name: policy if value == "$policy1" else value for name, value in parameters.items()}


def lists_of(answer):
    """Returns the lists of an answer: a listing's items."""
    return {name: value for name, value in answer.items() if isinstance(value, list)}


def merged(pages):
    """Returns the items of all pages."""
    items = {}
    for page in pages:
        for name, values in lists_of(page).items():
            items.setdefault(name, []).extend(values)
    return items


def count(answer):
    """Returns how many items an answer has."""
    return sum(len(values) for values in lists_of(answer).values())


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("operation", LISTINGS)
def test_the_pages_together_are_the_whole(operation, size, client):
    name, asking, policy = client
    parameters = parameters_of(operation, policy)
    items = LISTINGS[operation][1]
    if operation in WITHOUT_PAGINATOR:
        pages = by_hand(asking, operation, parameters, size)
    else:
        pages = asking.pages(operation, parameters, size)

    whole = asking.ask("iam", operation, parameters)

    assert count(whole) == items
    assert merged(pages) == lists_of(whole)
    if name != "AWS CLI":
        assert [count(page) for page in pages] == [size] * (items // size) + [items % size] * (items % size > 0)


def by_hand(asking, operation, parameters, size):
    """Returns all pages, asked one after the other by `Marker`."""
    pages = [asking.ask("iam", operation, parameters | {"MaxItems": size})]
    while pages[-1]["IsTruncated"]:
        pages.append(asking.ask("iam", operation, parameters | {"MaxItems": size, "Marker": pages[-1]["Marker"]}))
    return pages


def test_every_listing_that_has_pages_is_listed_here(populated):
    model = populated[0].client("iam").meta.service_model
    shapes = {name: model.operation_model(name).input_shape for service, name in served() if service == "iam"}

    assert sorted(name for name, shape in shapes.items() if shape and "Marker" in shape.members) == sorted(LISTINGS)


@pytest.mark.parametrize("name", ["boto3", "JavaScript"])
def test_what_is_paged_by_hand_has_no_paginator(name, populated, tmp_path):
    server, policy = populated
    with player(name, server, tmp_path) as asking:
        paged = {operation: asking.pages(operation, parameters_of(operation, policy), 100) for operation in LISTINGS}

    assert {operation for operation, pages in paged.items() if pages is None} == WITHOUT_PAGINATOR


def test_what_is_deleted_between_two_pages_makes_nothing_else_vanish(populated):
    iam = populated[0].client("iam")
    names = [f"passing{number}" for number in range(6)]
    for name in names:
        iam.create_user(UserName=name, Path="/passing/")
    pages = iter(iam.get_paginator("list_users").paginate(PathPrefix="/passing/", PaginationConfig={"PageSize": 2}))

    seen = [user["UserName"] for user in next(pages)["Users"]]
    for name in ("passing0", "passing1"):
        iam.delete_user(UserName=name)
    seen += [user["UserName"] for page in pages for user in page["Users"]]

    assert seen == names
    for name in names[2:]:
        iam.delete_user(UserName=name)


def test_waiters_wait_until_it_is_there(populated, tmp_path):
    server, policy = populated
    iam = server.client("iam")

    def later():
        time.sleep(1.5)
        iam.create_user(UserName="latecomer")

    thread = threading.Thread(target=later)
    thread.start()
    begun = time.monotonic()
    iam.get_waiter("user_exists").wait(UserName="latecomer", WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    waited = time.monotonic() - begun
    thread.join()

    assert waited >= 1
    iam.get_waiter("policy_exists").wait(PolicyArn=policy, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    with player("AWS CLI", server, tmp_path) as cli:
        assert cli.run("iam", "wait", "user-exists", "--user-name", "latecomer") == ""
    with player("JavaScript", server, tmp_path) as javascript:
        asked = {"waiter": "waitUntilUserExists", "parameters": {"UserName": "latecomer"}, "seconds": 10}
        assert javascript.request("wait", **asked) == "SUCCESS"
    iam.delete_user(UserName="latecomer")


def test_a_waiter_gives_up_on_a_user_that_never_comes(populated):
    waiter = populated[0].client("iam").get_waiter("user_exists")
    with pytest.raises(Exception, match="Max attempts exceeded"):
        waiter.wait(UserName="nobody", WaiterConfig={"Delay": 0, "MaxAttempts": 3})


def test_the_aws_cli_goes_on_from_where_it_stopped(populated, tmp_path):
    server, _ = populated
    with player("AWS CLI", server, tmp_path) as cli:
        listing = ("iam", "list-users", "--page-size", "1", "--max-items", "3", "--output", "json")
        first = json.loads(cli.run(*listing))
        rest = json.loads(cli.run(*listing, "--starting-token", first["NextToken"]))

    names = [user["UserName"] for page in (first, rest) for user in page["Users"]]
    assert names == ["sandbox-admin", "user1", "user2", "user3"]
    assert "NextToken" not in rest


def test_the_aws_cli_writes_the_same_in_each_of_its_formats(populated, tmp_path):
    server, _ = populated
    users = Boto3(server).ask("iam", "ListUsers", {})["Users"]
    query = ("iam", "list-users", "--query", "Users[].[UserName,Arn]")
    with player("AWS CLI", server, tmp_path) as cli:
        text = cli.run(*query, "--output", "text")
        table = cli.run(*query, "--output", "table")
        as_json = cli.run(*query, "--output", "json")

    rows = [[user["UserName"], user["Arn"]] for user in users]
    assert [line.split("\t") for line in text.splitlines()] == rows
    assert json.loads(as_json) == rows
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|  ")
    ]
    assert [row for row in cells if len(row) == 2] == rows

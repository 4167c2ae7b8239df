"""`ciuser export`: the tools take what is written, and make what ciuser itself would make."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml

PROVIDER = """provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
"""

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Home",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::ho%{me}/${aws:username}/*",
            "Condition": {"StringLike": {"aws:UserAgent": ["*\"quoted\\\"*", "*"]}},
        }
    ],
}

SPEC = """
version = 1
project = "storefront"

[[user]]
name = "CI_USER"
path = "/ci/"
policies = ["AmazonS3FullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
groups = ["auditors"]
boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
inline = { "home.dir" = "home.json" }
tags = { env = "production", "cost center" = "7" }
store = []

[[user]]
name = "ci.user+2"
policies = ["CloudFrontFullAccess"]
attach = "group"
store = []
"""


@pytest.fixture
def spec(machine):
    """Writes the spec file that is exported."""
    (machine.work / "home.json").write_text(json.dumps(POLICY))
    (machine.work / "ciuser.toml").write_text(SPEC)


def state(iam):
    """Returns users and groups as IAM has them, without ids, dates and ciuser's own tags."""
    details = iam.get_account_authorization_details(Filter=["User", "Group"])
    users = [user for user in details["UserDetailList"] if user["UserName"] != "sandbox-admin"]
    groups = details["GroupDetailList"]
    for entry in users + groups:
        for key in ("UserId", "GroupId", "CreateDate"):
            entry.pop(key, None)
        entry["AttachedManagedPolicies"].sort(key=lambda policy: policy["PolicyArn"])
    for user in users:
        user["Tags"] = sorted(
            (tag["Key"], tag["Value"]) for tag in user.get("Tags", []) if not tag["Key"].startswith("ciuser:")
        )
    return sorted(users, key=lambda user: user["UserName"]), sorted(groups, key=lambda group: group["GroupName"])


def made_by_ciuser(machine, server):
    """Returns what ciuser makes of the spec, and takes it away again."""
    iam = server.client("iam")
    machine.run("apply", "--endpoint-url", server.url, "--yes", env=server.env)
    made = state(iam)
    for name in ("CI_USER", "ci.user+2"):
        delete = ("delete", name, "--project", "storefront", "--confirm", name)
        machine.run(*delete, "--endpoint-url", server.url, "--yes", env=server.env)
    return made


def test_terraform_makes_what_ciuser_makes_and_adoption_is_all_that_is_left(machine, sandbox, spec, terraform):
    iam = sandbox.client("iam")
    iam.create_group(GroupName="auditors")
    expected = made_by_ciuser(machine, sandbox)
    project = terraform(machine.run("export", "terraform").stdout, sandbox.env)
    project.configure(PROVIDER, "provider.tf")
    project.run("fmt", "-check", "-diff")
    assert project.validate() == []
    project.apply()
    assert state(iam) == expected
    ciuser = ("--endpoint-url", sandbox.url, "--adopt")
    lines = machine.run("plan", *ciuser, "--output", "json", env=sandbox.env).json["lines"]
    assert [line.split(" ")[0] for line in lines] == ["TagUser", "TagUser"]
    assert all("ciuser:project=storefront" in line for line in lines)
    machine.run("apply", *ciuser, "--yes", env=sandbox.env)
    # Terraform leaves ciuser's tags alone, and takes away what somebody attached beside it.
    assert project.plan_is_empty()
    iam.attach_user_policy(UserName="CI_USER", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    project.apply()
    assert state(iam) == expected
    assert machine.run("plan", *ciuser, "--output", "json", env=sandbox.env).json["lines"] == []
    project.destroy()
    assert state(iam)[0] == []


def test_cfn_lint_finds_nothing_in_the_template(machine, spec):
    machine.run("export", "cloudformation", "--out", "users.yaml")
    lint = [Path(sys.executable).parent / "cfn-lint", "--include-checks", "I", "--", "users.yaml"]
    done = subprocess.run(lint, cwd=machine.work, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def deploy(template, iam):
    """Does what CloudFormation documents for the resources of a template: a stack without CloudFormation."""
    account = boto_account(iam)

    def value(part):
        match part:
            case {"Fn::Sub": text}:
                text = text.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", account)
                return text.replace("${!", "${")
            case {"Ref": label}:
                return resources[label]["Properties"]["GroupName"]
            case dict():
                return {key: value(inner) for key, inner in part.items()}
            case list():
                return [value(inner) for inner in part]
        return part

    resources = cfn_yaml.loads(template)["Resources"]
    for resource in sorted(resources.values(), key=lambda resource: resource["Type"]):
        kind = resource["Type"].rpartition("::")[2]
        properties = value(resource["Properties"])
        name = {f"{kind}Name": properties.pop(f"{kind}Name")}
        arns, groups = properties.pop("ManagedPolicyArns", []), properties.pop("Groups", [])
        inline = properties.pop("Policies", [])
        getattr(iam, f"create_{kind.lower()}")(**name, **properties)
        for arn in arns:
            getattr(iam, f"attach_{kind.lower()}_policy")(**name, PolicyArn=arn)
        for group in groups:
            iam.add_user_to_group(**name, GroupName=group)
        for policy in inline:
            document = json.dumps(policy["PolicyDocument"])
            iam.put_user_policy(**name, PolicyName=policy["PolicyName"], PolicyDocument=document)


def boto_account(iam):
    """Returns the account of a client."""
    return iam.get_user(UserName="sandbox-admin")["User"]["Arn"].split(":")[4]


def test_the_template_asks_for_what_ciuser_makes(machine, sandbox, spec):
    iam = sandbox.client("iam")
    iam.create_group(GroupName="auditors")
    expected = made_by_ciuser(machine, sandbox)
    deploy(machine.run("export", "cloudformation").stdout, iam)
    assert state(iam) == expected


def test_moto_makes_a_stack_of_the_template(machine, moto, spec):
    """moto knows users with name and path, and nothing else of them; the whole template is judged above."""
    iam, cloudformation = moto.client("iam"), moto.client("cloudformation")
    template = machine.run("export", "cloudformation").stdout
    cloudformation.create_stack(StackName="users", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    [stack] = cloudformation.describe_stacks(StackName="users")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    users = {(user["UserName"], user["Path"]) for user in iam.list_users()["Users"]}
    assert users == {("CI_USER", "/ci/"), ("ci.user+2", "/")}


def test_one_user_of_the_file_is_exported_alone_and_an_unknown_one_refused(machine, spec):
    text = machine.run("export", "terraform", "--user", "CI_USER").stdout
    assert 'name                 = "CI_USER"' in text
    assert "ci.user+2" not in text
    machine.run("export", "terraform", "--user", "nobody", code=2)


def test_a_file_that_export_did_not_write_is_left_alone(machine, spec):
    (machine.work / "main.tf").write_text("# mine\n")
    refused = machine.run("export", "terraform", "--out", "main.tf", code=4)
    assert "`main.tf` exists, and `export terraform` did not write it" in refused.stderr
    for _ in range(2):
        machine.run("export", "terraform", "--out", "users.tf")
    machine.run("export", "cloudformation", "--out", "users.tf", code=4)
    assert (machine.work / "main.tf").read_text() == "# mine\n"
    assert (machine.work / "users.tf").read_text() == machine.run("export", "terraform").stdout


def test_a_pipe_is_refused_and_not_waited_for(machine, spec):
    os.mkfifo(machine.work / "pipe")
    refused = machine.run("export", "terraform", "--out", "pipe", code=1)
    assert "it is not a file" in refused.stderr
    refused = machine.run("export", "terraform", "--out", "/dev/stdout", code=1)
    assert "it is a symbolic link" in refused.stderr


@pytest.mark.parametrize("printing", [("--out", "-"), ("--out", "users.tf", "--dry-run")])
def test_a_dash_and_a_dry_run_print_instead_of_writing(machine, spec, printing):
    expected = machine.run("export", "terraform").stdout
    assert machine.run("export", "terraform", *printing).stdout == expected
    document = machine.run("export", "terraform", *printing, "--output", "json").json
    assert (document["file"], document["text"]) == (None, expected)
    assert sorted(path.name for path in machine.work.iterdir()) == ["ciuser.toml", "home.json"]


def test_a_template_reads_back_every_character(machine):
    tag, document = "a\u2028b", "\x7f\x80\x85\x9f\xa0\xff"
    policy = {"Version": "2012-10-17", "Statement": [dict(POLICY["Statement"][0], Sid="A", Resource=f"arn:aws:s3:::{document}")]}
    (machine.work / "odd.json").write_text(json.dumps(policy, ensure_ascii=False))
    (machine.work / "ciuser.toml").write_text(
        f'version = 1\n[[user]]\nname = "odd"\ninline = {{ odd = "odd.json" }}\ntags = {{ k = "{tag}" }}\n'
    )
    [user] = cfn_yaml.loads(machine.run("export", "cloudformation").stdout)["Resources"].values()
    assert user["Properties"]["Tags"] == [{"Key": "k", "Value": tag}]
    assert user["Properties"]["Policies"] == [{"PolicyName": "odd", "PolicyDocument": policy}]


def test_a_policy_of_the_account_is_named_with_the_account_of_the_spec(machine):
    spec = 'version = 1\n[account]\nid = "111122223333"\n[[user]]\nname = "CI_USER"\npolicies = ["ours", "{}"]\n'
    (machine.work / "ciuser.toml").write_text(spec.format("arn:aws:iam::111122223333:policy/ci/deploy"))
    [user] = cfn_yaml.loads(machine.run("export", "cloudformation").stdout)["Resources"].values()
    assert user["Properties"]["ManagedPolicyArns"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::111122223333:policy/ours"},
        {"Fn::Sub": "arn:${AWS::Partition}:iam::111122223333:policy/ci/deploy"},
    ]


@pytest.mark.parametrize("tool", ["terraform", "cloudformation"])
def test_no_access_key_is_exported(machine, spec, tool):
    text = machine.run("export", tool).stdout
    assert "aws_iam_access_key" not in text
    assert "AWS::IAM::AccessKey" not in text

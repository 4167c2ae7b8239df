"""Terraform's IAM resources against the sandbox: apply, a plan without changes, a change, destroy."""

import json

PROVIDER = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
}
"""

CONFIGURATION = (
    PROVIDER
    + """
locals {
  read = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Read4ENVIRONMENT", Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::storefront/*" }]
  })
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy" "s3" {
  name = "AmazonS3FullAccess"
}

resource "aws_iam_user" "ci" {
  name                 = "CI_USER"
  path                 = "/ci/"
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = { project = "storefront", env = "ENVIRONMENT" }
}

resource "aws_iam_policy" "boundary" {
  name        = "ci-boundary"
  path        = "/ci/"
  description = "What a CI user may do at most"
  policy      = local.read
  tags        = { project = "storefront" }
}

resource "aws_iam_user_policy" "read" {
  name   = "read-artifacts"
  user   = aws_iam_user.ci.name
  policy = local.read
}

resource "aws_iam_user_policy_attachment" "s3" {
  user       = aws_iam_user.ci.name
  policy_arn = data.aws_iam_policy.s3.arn
}

resource "aws_iam_group" "deployers" {
  name = "deployers"
  path = "/ci/"
}

resource "aws_iam_group_membership" "deployers" {
  name  = "deployers"
  group = aws_iam_group.deployers.name
  users = [aws_iam_user.ci.name]
}

resource "aws_iam_group_policy_attachment" "boundary" {
  group      = aws_iam_group.deployers.name
  policy_arn = aws_iam_policy.boundary.arn
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}

output "account" {
  value = data.aws_caller_identity.me.account_id
}

output "key" {
  value = aws_iam_access_key.ci.id
}

output "secret" {
  value     = aws_iam_access_key.ci.secret
  sensitive = true
}
"""
)


def configuration(environment):
    """Returns the configuration with a value for what changes: a tag, and the documents."""
    return CONFIGURATION.replace("ENVIRONMENT", environment)


def test_terraform_applies_sees_no_drift_changes_and_destroys(terraform, sandbox):
    project = terraform(configuration("test"), sandbox.env)

    project.apply()

    outputs = project.outputs()
    caller = sandbox.client("sts", (outputs["key"], outputs["secret"])).get_caller_identity()
    assert caller["Arn"] == f"arn:aws:iam::{outputs['account']}:user/ci/CI_USER"
    iam = sandbox.client("iam")
    inline = iam.get_user_policy(UserName="CI_USER", PolicyName="read-artifacts")["PolicyDocument"]
    assert inline["Statement"][0]["Sid"] == "Read4test"
    [group] = iam.list_groups_for_user(UserName="CI_USER")["Groups"]
    assert group["GroupName"] == "deployers"
    assert project.plan_is_empty()

    project.configure(configuration("production"))
    project.apply()

    tags = {tag["Key"]: tag["Value"] for tag in iam.list_user_tags(UserName="CI_USER")["Tags"]}
    assert tags == {"project": "storefront", "env": "production"}
    policy = iam.get_policy(PolicyArn=f"arn:aws:iam::{outputs['account']}:policy/ci/ci-boundary")["Policy"]
    version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert (version["VersionId"], version["Document"]["Statement"][0]["Sid"]) == ("v2", "Read4production")

    project.destroy()

    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["sandbox-admin"]
    assert (iam.list_groups()["Groups"], iam.list_policies(Scope="Local")["Policies"]) == ([], [])


def test_terraform_sees_what_ciuser_made_and_takes_it_over_without_a_change(terraform, machine, sandbox):
    machine.create("--sandbox", "--for", "s3", "--tag", "env=test", "--store", "csv:keys.csv")
    user = sandbox.client("iam").get_user(UserName="CI_USER")["User"]
    tags = json.dumps({tag["Key"]: tag["Value"] for tag in user["Tags"]})
    project = terraform(
        PROVIDER
        + f"""
import {{
  to = aws_iam_user.ci
  id = "CI_USER"
}}

resource "aws_iam_user" "ci" {{
  name = "CI_USER"
  tags = {tags}
}}

import {{
  to = aws_iam_user_policy_attachment.s3
  id = "CI_USER/arn:aws:iam::aws:policy/AmazonS3FullAccess"
}}

resource "aws_iam_user_policy_attachment" "s3" {{
  user       = aws_iam_user.ci.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
}}
""",
        sandbox.env,
    )

    project.apply()

    assert project.plan_is_empty()
    assert sandbox.client("iam").get_user(UserName="CI_USER")["User"] == user

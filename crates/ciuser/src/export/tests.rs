//! The whole texts; whether the tools take them is asked in `tests/foreign/test_export.py`.

use ciuser_core::name::UserName;
use ciuser_core::spec::{Places, Spec, SpecFile};

use super::{Format, export};

struct Disk;

impl Places for Disk {
    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn default_store(&self, kind: &str, _: &UserName) -> Option<String> {
        Some(kind.to_owned())
    }

    fn document(&self, _: &str) -> Result<String, String> {
        let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::home/${aws:username}/*"}]}"#;
        Ok(document.to_owned())
    }
}

fn spec() -> Spec {
    let text = r#"
version = 1
project = "storefront"
[account]
id = "111122223333"
[[user]]
name = "CI_USER"
path = "/ci/"
policies = ["AmazonS3FullAccess", "AdministratorAccess-AWSElasticBeanstalk", "our-deploy"]
groups = ["auditors"]
boundary = "arn:aws:iam::111122223333:policy/ci/ci-boundary"
inline = { "home.dir" = "home.json" }
tags = { env = "production", "cost center" = "7" }
[[user]]
name = "ci.user+2"
policies = ["arn:aws-cn:iam::aws:policy/job-function/Billing", "arn:aws:iam::999988887777:policy/theirs"]
attach = "group"
"#;
    read(text)
}

#[test]
fn terraform_makes_what_the_spec_says_and_no_key() {
    insta::assert_snapshot!(export(Format::Terraform, &spec()), @r##"
    # Written by `ciuser export terraform`; needs Terraform 1.2 and version 5.72.1 of the AWS provider, or later.
    #
    # No access key is in here, on purpose: Terraform would keep its secret in its state.
    # When the users are made, `ciuser apply --adopt` adopts them, and the next `ciuser apply` issues the keys of those that
    # have targets and delivers them.
    # IAM deletes no user that has a key: before `terraform destroy`, `ciuser delete NAME --keep-user` deletes it.
    # ciuser tags its users. The `lifecycle` blocks leave these tags alone; so does, for all resources at once, `ignore_tags
    # { key_prefixes = ["ciuser:"] }` in the provider. Other tags that are not in here are removed, as are policies;
    # memberships in other groups stay.
    # Terraform finds a policy by its name only in the case that the account has it in.

    data "aws_partition" "current" {}

    data "aws_caller_identity" "current" {}

    data "aws_iam_policy" "policy_our_deploy" {
      name = "our-deploy"
    }

    resource "aws_iam_user" "CI_USER" {
      name                 = "CI_USER"
      path                 = "/ci/"
      permissions_boundary = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/ci/ci-boundary"
      tags = {
        "cost center" = "7"
        env           = "production"
      }

      lifecycle {
        ignore_changes = [tags["ciuser:project"], tags["ciuser:run"]]

        precondition {
          condition     = data.aws_caller_identity.current.account_id == "111122223333"
          error_message = "This configuration is for account 111122223333."
        }
      }
    }

    resource "aws_iam_user_policy_attachment" "CI_USER" {
      for_each = {
        AmazonS3FullAccess                      = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonS3FullAccess"
        AdministratorAccess-AWSElasticBeanstalk = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk"
        our-deploy                              = data.aws_iam_policy.policy_our_deploy.arn
      }
      user       = aws_iam_user.CI_USER.name
      policy_arn = each.value
    }

    resource "aws_iam_user_policy_attachments_exclusive" "CI_USER" {
      user_name   = aws_iam_user.CI_USER.name
      policy_arns = [for attachment in aws_iam_user_policy_attachment.CI_USER : attachment.policy_arn]
    }

    resource "aws_iam_user_group_membership" "CI_USER" {
      user   = aws_iam_user.CI_USER.name
      groups = ["auditors"]
    }

    resource "aws_iam_user_policy" "CI_USER_home_dir" {
      name = "home.dir"
      user = aws_iam_user.CI_USER.name
      policy = jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Effect   = "Allow"
            Action   = ["s3:GetObject", "s3:PutObject"]
            Resource = "arn:aws:s3:::home/$${aws:username}/*"
          },
        ]
      })
    }

    resource "aws_iam_user_policies_exclusive" "CI_USER" {
      user_name    = aws_iam_user.CI_USER.name
      policy_names = [aws_iam_user_policy.CI_USER_home_dir.name]
    }

    resource "aws_iam_user" "ci_user_2" {
      name = "ci.user+2"

      lifecycle {
        ignore_changes = [tags["ciuser:project"], tags["ciuser:run"]]

        precondition {
          condition     = data.aws_caller_identity.current.account_id == "111122223333"
          error_message = "This configuration is for account 111122223333."
        }
      }
    }

    resource "aws_iam_user_policy_attachments_exclusive" "ci_user_2" {
      user_name   = aws_iam_user.ci_user_2.name
      policy_arns = []
    }

    resource "aws_iam_group" "ci_user_2" {
      name = "ciuser-ci.user+2"
      path = "/ciuser/"
    }

    resource "aws_iam_group_policy_attachment" "ci_user_2" {
      for_each = {
        "arn:aws-cn:iam::aws:policy/job-function/Billing" = "arn:${data.aws_partition.current.partition}:iam::aws:policy/job-function/Billing"
        "arn:aws:iam::999988887777:policy/theirs"         = "arn:aws:iam::999988887777:policy/theirs"
      }
      group      = aws_iam_group.ci_user_2.name
      policy_arn = each.value
    }

    resource "aws_iam_group_policy_attachments_exclusive" "ci_user_2" {
      group_name  = aws_iam_group.ci_user_2.name
      policy_arns = [for attachment in aws_iam_group_policy_attachment.ci_user_2 : attachment.policy_arn]
    }

    resource "aws_iam_user_group_membership" "ci_user_2" {
      user   = aws_iam_user.ci_user_2.name
      groups = [aws_iam_group.ci_user_2.name]
    }

    resource "aws_iam_user_policies_exclusive" "ci_user_2" {
      user_name    = aws_iam_user.ci_user_2.name
      policy_names = []
    }
    "##);
}

#[test]
fn cloudformation_makes_what_the_spec_says_and_no_key() {
    insta::assert_snapshot!(export(Format::Cloudformation, &spec()), @r##"
    # Written by `ciuser export cloudformation`.
    #
    # Stacks of this template need the capability CAPABILITY_NAMED_IAM.
    # No access key is in here, on purpose: CloudFormation would show its secret to everybody who may read the stack.
    # When the users are made, `ciuser apply --adopt` adopts them, and the next `ciuser apply` issues the keys of those that
    # have targets and delivers them.
    # IAM deletes no user that has a key: before the stack is deleted, `ciuser delete NAME --keep-user` deletes it.
    # It is for account 111122223333; the policies of that account are attached in no other.
    # A template cannot look up a policy by its name: those of the account are taken to have the path `/`.

    AWSTemplateFormatVersion: "2010-09-09"
    Description: "CI users of project storefront"

    Resources:
      UserCIUSER:
        Type: AWS::IAM::User
        Properties:
          UserName: "CI_USER"
          Path: "/ci/"
          PermissionsBoundary: !Sub "arn:${AWS::Partition}:iam::111122223333:policy/ci/ci-boundary"
          ManagedPolicyArns:
            - !Sub "arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess"
            - !Sub "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk"
            - !Sub "arn:${AWS::Partition}:iam::111122223333:policy/our-deploy"
          Groups:
            - "auditors"
          Policies:
            - PolicyName: "home.dir"
              PolicyDocument: {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Effect": "Allow",
                      "Action": [
                        "s3:GetObject",
                        "s3:PutObject"
                      ],
                      "Resource": "arn:aws:s3:::home/${aws:username}/*"
                    }
                  ]
                }
          Tags:
            - Key: "cost center"
              Value: "7"
            - Key: "env"
              Value: "production"

      Groupciuser2:
        Type: AWS::IAM::Group
        Properties:
          GroupName: "ciuser-ci.user+2"
          Path: "/ciuser/"
          ManagedPolicyArns:
            - !Sub "arn:${AWS::Partition}:iam::aws:policy/job-function/Billing"
            - "arn:aws:iam::999988887777:policy/theirs"

      Userciuser2:
        Type: AWS::IAM::User
        Properties:
          UserName: "ci.user+2"
          Groups:
            - !Ref Groupciuser2
    "##);
}

fn read(text: &str) -> Spec {
    SpecFile::parse(text).and_then(|file| file.into_spec(&Disk)).unwrap()
}

#[test]
fn a_policy_that_is_named_twice_in_two_cases_is_attached_once() {
    let policies = r#"["AmazonS3FullAccess", "amazons3fullaccess", "our-deploy", "Our-Deploy"]"#;
    let text = format!("version = 1\n[[user]]\nname = \"CI_USER\"\npolicies = {policies}");
    let template = export(Format::Cloudformation, &read(&text));
    let arns: Vec<&str> = template
        .lines()
        .filter(|line| line.contains("- !Sub"))
        .map(str::trim)
        .collect();
    assert_eq!(
        arns,
        [
            r#"- !Sub "arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess""#,
            r#"- !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/our-deploy""#
        ]
    );
    let terraform = export(Format::Terraform, &read(&text));
    assert_eq!(terraform.matches("data \"aws_iam_policy\"").count(), 1);
    assert_eq!(terraform.matches("policy/AmazonS3FullAccess").count(), 1);
}

#[test]
fn keys_are_promised_only_where_a_user_has_a_target() {
    let promise = "the next `ciuser apply` issues the keys";
    for format in [Format::Terraform, Format::Cloudformation] {
        assert!(export(format, &read("version = 1\n[[user]]\nname = \"a\"")).contains(promise));
        let without = export(format, &read("version = 1\n[[user]]\nname = \"a\"\nstore = []"));
        assert!(!without.contains(promise));
        assert!(without.contains("No user has a target: ciuser issues no key."));
        assert!(without.contains("`ciuser delete NAME --keep-user`"));
    }
}

"""What there is to ask about: who asks, actions with the resources that they take, condition keys with their values.

Actions, resource types and keys are AWS's own, for iam-simulate takes no others. Values are few, so that those of policies
and of requests meet, and odd: they have in them what a pattern, a regular expression or a reader of numbers trips over.
"""

from dataclasses import dataclass, field

OWN, OTHER = "111111111111", "222222222222"

USER = f"arn:aws:iam::{OWN}:user/ci/deploy"
ROLE = f"arn:aws:iam::{OWN}:role/Deployer"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/Deployer/run-1"
FEDERATED = f"arn:aws:sts::{OWN}:federated-user/Bob"
ROOT = f"arn:aws:iam::{OWN}:root"
SERVICE = "ec2.amazonaws.com"

# Who asks, with the condition keys that follow from it.
PRINCIPALS = {
    USER: {"aws:PrincipalArn": USER, "aws:PrincipalType": "User", "aws:username": "deploy", "aws:userid": "AIDAEXAMPLE"},
    SESSION: {"aws:PrincipalArn": ROLE, "aws:PrincipalType": "AssumedRole", "aws:userid": "AROAEXAMPLE:run-1"},
    FEDERATED: {"aws:PrincipalArn": FEDERATED, "aws:PrincipalType": "FederatedUser", "aws:userid": f"{OWN}:Bob"},
    ROOT: {"aws:PrincipalArn": ROOT, "aws:PrincipalType": "Account", "aws:userid": OWN},
}

# Whom the policy of a resource may name.
NAMED = [
    "*",
    {"AWS": "*"},
    {"AWS": OWN},
    {"AWS": ROOT},
    {"AWS": OTHER},
    {"AWS": USER},
    {"AWS": [USER.replace("deploy", "Deploy"), ROLE]},
    {"AWS": [ROLE, f"{ROLE}2"]},
    {"AWS": SESSION},
    {"AWS": [FEDERATED, SESSION + "2"]},
    {"Service": SERVICE},
]
# Whom it may except: with everybody the account is named, as AWS says one must.
EXCEPTED = [
    {"AWS": [USER, OWN]},
    {"AWS": [ROLE, SESSION, ROOT]},
    {"AWS": [FEDERATED, OWN]},
    {"AWS": OTHER},
    {"AWS": [OTHER, USER.replace("deploy", "other")]},
]

TEXTS = ["blue", "Blue", "", "bl*e", "bl?e", "a.b", "a-b", "[a-z]", "x\ny", "$", "deploy", "a b", "(blue|red)", "\\d", "bl\u00fce", "^blue"]


@dataclass(frozen=True)
class Key:
    """A condition key: what it is compared as, its values, and whether it may have several."""

    sort: str
    values: list = field(repr=False)
    several: bool = False


KEYS = {
    "aws:PrincipalTag/Team": Key("text", TEXTS),
    "aws:RequestedRegion": Key("text", ["eu-west-1", "us-east-1", "EU-WEST-1"]),
    "aws:UserAgent": Key("text", TEXTS),
    "aws:PrincipalOrgID": Key("text", ["o-abc", "o-abd", "O-ABC"]),
    "aws:CalledVia": Key("text", ["cloudformation.amazonaws.com", "athena.amazonaws.com", ""], several=True),
    "aws:PrincipalOrgPaths": Key("text", ["o-abc/r-1/ou-1/", "o-abc/r-1/", "o-abd/r-2/"], several=True),
    "aws:SourceIp": Key("address", ["10.0.0.1", "10.1.2.3", "10.1.255.255", "192.0.2.7", "2001:db8::1", "2001:0DB8:0:0::2", "::ffff:10.0.0.1"]),
    "aws:CurrentTime": Key("date", ["2026-11-29T13:36:00Z", "2026-11-29T00:00:00Z", "2026-11-29T14:36:00+01:00", "2026-01-01T00:00:00Z"]),
    "aws:TokenIssueTime": Key("date", ["2026-11-29T13:36:00.5Z", "2026-11-29T13:36:00Z", "2025-12-31T23:59:59Z"]),
    "aws:EpochTime": Key("epoch", ["1795959360", "1795910400", "0", "1767225600"]),
    "aws:SecureTransport": Key("boolean", ["true", "false", "TRUE"]),
    "aws:MultiFactorAuthPresent": Key("boolean", ["true", "false", "False"]),
    "aws:MultiFactorAuthAge": Key("number", ["0", "10", "10.0", "9.5", "-1", "3600", "007"]),
    "aws:SourceArn": Key("arn", ["arn:aws:sns:eu-west-1:111111111111:topic", "arn:aws:s3:::bucket", "arn:aws:logs:eu-west-1:111111111111:log-group:/x:*"]),
    "aws:PrincipalArn": Key("arn", []),
    "aws:PrincipalType": Key("text", ["User", "AssumedRole"]),
    "aws:username": Key("text", ["deploy", "Deploy", "other"]),
    "aws:userid": Key("text", ["AIDAEXAMPLE", "AROAEXAMPLE:run-1"]),
    "aws:TagKeys": Key("text", ["Team", "team", "Cost", ""], several=True),
    "aws:RequestTag/Team": Key("text", TEXTS),
    "s3:prefix": Key("text", ["", "home/deploy/", "home/", "public/x"]),
    "s3:max-keys": Key("number", ["0", "10", "1000"]),
    "s3:x-amz-acl": Key("text", ["private", "public-read"]),
    "ec2:InstanceType": Key("text", ["t3.micro", "t3.large", "m5.large"]),
    "iam:PassedToService": Key("text", ["lambda.amazonaws.com", "ec2.amazonaws.com"]),
    "iam:PolicyARN": Key("arn", ["arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/job-function/Billing"]),
    "kms:ViaService": Key("text", ["s3.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"]),
    "kms:EncryptionContextKeys": Key("text", ["a", "b", "A"], several=True),
    "sns:Protocol": Key("text", ["https", "email", "HTTPS"]),
    "lambda:Layer": Key("text", ["arn:aws:lambda:eu-west-1:111111111111:layer:a:1", "arn:aws:lambda:eu-west-1:111111111111:layer:b:2"], several=True),
    "lambda:SubnetIds": Key("text", ["subnet-1", "subnet-2"], several=True),
    "sts:ExternalId": Key("text", TEXTS),
    "sts:TransitiveTagKeys": Key("text", ["Team", "Cost"], several=True),
    "dynamodb:LeadingKeys": Key("text", ["deploy", "Bob", ""], several=True),
    "dynamodb:Attributes": Key("text", ["id", "name", "secret"], several=True),
}

# Keys that every action may have.
GLOBAL = [key for key in KEYS if key.startswith("aws:") and key not in ("aws:TagKeys", "aws:RequestTag/Team")]
TAGS = ["aws:TagKeys", "aws:RequestTag/Team"]


@dataclass(frozen=True)
class Action:
    """An action: its resources, with `ACCOUNT` for the account that they are in, and its own condition keys."""

    name: str
    resources: list
    keys: list = field(default_factory=list)


_OBJECTS = ["arn:aws:s3:::bucket/home/deploy/x", "arn:aws:s3:::bucket/a:b/c", "arn:aws:s3:::bucket2/Home", "arn:aws:s3:::bucket/a.b"]
_BUCKETS = ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket2"]
_INSTANCES = ["arn:aws:ec2:eu-west-1:ACCOUNT:instance/i-1", "arn:aws:ec2:us-east-1:ACCOUNT:instance/i-1"]
_USERS = ["arn:aws:iam::ACCOUNT:user/ci/deploy", "arn:aws:iam::ACCOUNT:user/Deploy"]
_ROLES = ["arn:aws:iam::ACCOUNT:role/Deployer", "arn:aws:iam::ACCOUNT:role/service-role/x"]
_QUEUES = ["arn:aws:sqs:eu-west-1:ACCOUNT:jobs", "arn:aws:sqs:us-east-1:ACCOUNT:jobs-2"]
_CRYPT = ["arn:aws:kms:eu-west-1:ACCOUNT:key/1234", "arn:aws:kms:eu-west-1:ACCOUNT:key/mrk-5"]
_TOPICS = ["arn:aws:sns:eu-west-1:ACCOUNT:topic"]
_FUNCTIONS = ["arn:aws:lambda:eu-west-1:ACCOUNT:function:deploy", "arn:aws:lambda:eu-west-1:ACCOUNT:function:other"]
_TABLES = ["arn:aws:dynamodb:eu-west-1:ACCOUNT:table/Books"]

ACTIONS = [
    Action("s3:GetObject", _OBJECTS),
    Action("s3:PutObject", _OBJECTS, ["s3:x-amz-acl"]),
    Action("s3:DeleteObject", _OBJECTS),
    Action("s3:ListBucket", _BUCKETS, ["s3:prefix", "s3:max-keys"]),
    Action("s3:GetBucketPolicy", _BUCKETS),
    Action("s3:ListAllMyBuckets", ["*"]),
    Action("ec2:StartInstances", _INSTANCES, ["ec2:InstanceType", *TAGS]),
    Action("ec2:TerminateInstances", _INSTANCES, ["ec2:InstanceType"]),
    Action("ec2:DescribeInstances", ["*"]),
    Action("iam:PassRole", _ROLES, ["iam:PassedToService"]),
    Action("iam:CreateUser", _USERS, TAGS),
    Action("iam:AttachUserPolicy", _USERS, ["iam:PolicyARN"]),
    Action("iam:ListUsers", ["*"]),
    Action("sqs:SendMessage", _QUEUES),
    Action("sqs:ReceiveMessage", _QUEUES),
    Action("kms:Decrypt", _CRYPT, ["kms:ViaService", "kms:EncryptionContextKeys"]),
    Action("kms:Encrypt", _CRYPT, ["kms:ViaService", "kms:EncryptionContextKeys"]),
    Action("kms:ListKeys", ["*"]),
    Action("sns:Publish", _TOPICS),
    Action("sns:Subscribe", _TOPICS, ["sns:Protocol"]),
    Action("lambda:InvokeFunction", _FUNCTIONS),
    Action("lambda:CreateFunction", _FUNCTIONS, ["lambda:Layer", "lambda:SubnetIds", *TAGS]),
    Action("lambda:ListFunctions", ["*"]),
    Action("sts:AssumeRole", _ROLES, ["sts:ExternalId", "sts:TransitiveTagKeys", *TAGS]),
    Action("sts:GetCallerIdentity", ["*"]),
    Action("dynamodb:GetItem", _TABLES, ["dynamodb:LeadingKeys", "dynamodb:Attributes"]),
    Action("logs:PutLogEvents", ["arn:aws:logs:eu-west-1:ACCOUNT:log-group:/x:log-stream:y"]),
    Action("cloudfront:CreateInvalidation", ["arn:aws:cloudfront::ACCOUNT:distribution/E1"]),
]

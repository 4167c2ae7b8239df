//! Ways through IAM itself: to policies, keys and passwords of somebody else, or to more policies of its own.

use crate::lint::risk::need::action;
use crate::lint::risk::way::Way;

pub(in crate::lint::risk) static THROUGH_IAM: &[Way] = &[
    Way::new(
        "escalate-policy-version",
        "iam-001",
        "rewrite a managed policy that it has itself",
        &[action("iam:CreatePolicyVersion")],
    ),
    Way::new(
        "escalate-access-key",
        "iam-002",
        "get an access key of another user",
        &[action("iam:CreateAccessKey")],
    ),
    Way::new(
        "escalate-replaced-access-key",
        "iam-003",
        "get an access key of another user, even of one who has two already",
        &[
            action("iam:DeleteAccessKey"),
            action("iam:CreateAccessKey").with(&["iam:DeleteAccessKey"]),
        ],
    ),
    Way::new(
        "escalate-new-password",
        "iam-004",
        "give another user a password and sign in as that user",
        &[action("iam:CreateLoginProfile")],
    ),
    Way::new(
        "escalate-role-inline-policy",
        "iam-005",
        "write a policy into the role that it has itself",
        &[action("iam:PutRolePolicy")],
    ),
    Way::new(
        "escalate-changed-password",
        "iam-006",
        "change the password of another user and sign in as that user",
        &[action("iam:UpdateLoginProfile")],
    ),
    Way::new(
        "escalate-user-inline-policy",
        "iam-007",
        "write a policy into its own user",
        &[action("iam:PutUserPolicy")],
    ),
    Way::new(
        "escalate-user-managed-policy",
        "iam-008",
        "attach any policy to its own user",
        &[action("iam:AttachUserPolicy")],
    ),
    Way::new(
        "escalate-role-managed-policy",
        "iam-009",
        "attach any policy to the role that it has itself",
        &[action("iam:AttachRolePolicy")],
    ),
    Way::new(
        "escalate-group-managed-policy",
        "iam-010",
        "attach any policy to a group that it is in",
        &[action("iam:AttachGroupPolicy")],
    ),
    Way::new(
        "escalate-group-inline-policy",
        "iam-011",
        "write a policy into a group that it is in",
        &[action("iam:PutGroupPolicy")],
    ),
    Way::new(
        "escalate-trust-policy",
        "iam-012",
        "make another role trust it, and act with that role",
        &[action("iam:UpdateAssumeRolePolicy")],
    ),
    Way::new(
        "escalate-group-membership",
        "iam-013",
        "join a group that may do more",
        &[action("iam:AddUserToGroup")],
    ),
    Way::new(
        "escalate-assumed-role-managed-policy",
        "iam-014",
        "attach any policy to a role that it can assume",
        &[
            action("iam:AttachRolePolicy"),
            action("sts:AssumeRole").with(&["iam:AttachRolePolicy"]),
        ],
    ),
    Way::new(
        "escalate-user-managed-policy-access-key",
        "iam-015",
        "attach any policy to another user and get an access key of that user",
        &[
            action("iam:AttachUserPolicy"),
            action("iam:CreateAccessKey").with(&["iam:AttachUserPolicy"]),
        ],
    ),
    Way::new(
        "escalate-assumed-role-policy-version",
        "iam-016",
        "rewrite a managed policy of a role that it can assume",
        &[action("iam:CreatePolicyVersion"), action("sts:AssumeRole")],
    ),
    Way::new(
        "escalate-assumed-role-inline-policy",
        "iam-017",
        "write a policy into a role that it can assume",
        &[
            action("iam:PutRolePolicy"),
            action("sts:AssumeRole").with(&["iam:PutRolePolicy"]),
        ],
    ),
    Way::new(
        "escalate-user-inline-policy-access-key",
        "iam-018",
        "write a policy into another user and get an access key of that user",
        &[
            action("iam:PutUserPolicy"),
            action("iam:CreateAccessKey").with(&["iam:PutUserPolicy"]),
        ],
    ),
    Way::new(
        "escalate-trusting-role-managed-policy",
        "iam-019",
        "attach any policy to a role and make that role trust it",
        &[
            action("iam:AttachRolePolicy"),
            action("iam:UpdateAssumeRolePolicy").with(&["iam:AttachRolePolicy"]),
        ],
    ),
    Way::new(
        "escalate-trusting-role-policy-version",
        "iam-020",
        "rewrite a managed policy of a role and make that role trust it",
        &[action("iam:CreatePolicyVersion"), action("iam:UpdateAssumeRolePolicy")],
    ),
    Way::new(
        "escalate-trusting-role-inline-policy",
        "iam-021",
        "write a policy into a role and make that role trust it",
        &[
            action("iam:PutRolePolicy"),
            action("iam:UpdateAssumeRolePolicy").with(&["iam:PutRolePolicy"]),
        ],
    ),
];

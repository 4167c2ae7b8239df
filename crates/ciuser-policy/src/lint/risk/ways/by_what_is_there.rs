//! Ways by something that has a role already, or that trusts whoever asks.

use crate::lint::risk::need::action;
use crate::lint::risk::way::Way;

const ON_AN_INSTANCE: &[&[&str]] = &[&["instance"]];
const ON_A_MACHINE: &[&[&str]] = &[&["instance", "managed-instance"]];
const BY_A_DOCUMENT: &[&[&str]] = &[&["document"], &["instance", "managed-instance"]];

pub(in crate::lint::risk) static BY_WHAT_IS_THERE: &[Way] = &[
    Way::given(
        "a service with such a role is there",
        "escalate-changed-apprunner-service",
        "apprunner-002",
        "run a container of its own in App Runner with the role of a service",
        &[action("apprunner:UpdateService")],
    ),
    Way::given(
        "an interpreter with such a role is there",
        "escalate-code-interpreter-session",
        "bedrock-002",
        "run code of its own in a Bedrock code interpreter with its role",
        &[
            action("bedrock-agentcore:StartCodeInterpreterSession"),
            action("bedrock-agentcore:InvokeCodeInterpreter").with(&["bedrock-agentcore:StartCodeInterpreterSession"]),
        ],
    ),
    Way::given(
        "a stack with such a role is there",
        "escalate-changed-stack",
        "cloudformation-002",
        "make anything with the role of a CloudFormation stack",
        &[action("cloudformation:UpdateStack")],
    ),
    Way::given(
        "a stack with such a role is there",
        "escalate-change-set",
        "cloudformation-005",
        "make anything by a change set with the role of a CloudFormation stack",
        &[
            action("cloudformation:CreateChangeSet"),
            action("cloudformation:ExecuteChangeSet").with(&["cloudformation:CreateChangeSet"]),
        ],
    ),
    Way::given(
        "a project with such a role is there",
        "escalate-started-build",
        "codebuild-002",
        "run commands of its own in CodeBuild with the role of a project",
        &[action("codebuild:StartBuild")],
    ),
    Way::given(
        "a project with such a role is there",
        "escalate-started-build-batch",
        "codebuild-003",
        "run commands of its own in a batch of CodeBuild with the role of a project",
        &[action("codebuild:StartBuildBatch")],
    ),
    Way::given(
        "an instance with such a role is there and can be reached",
        "escalate-instance-connect",
        "ec2instanceconnect-003",
        "log in to an instance and act with its role",
        &[
            action("ec2-instance-connect:SendSSHPublicKey"),
            action("ec2:DescribeInstances"),
        ],
    ),
    Way::given(
        "an instance with such a role is there",
        "escalate-instance-user-data",
        "ec2-002",
        "run commands of its own at the start of an instance and act with its role",
        &[
            action("ec2:ModifyInstanceAttribute")
                .on(ON_AN_INSTANCE)
                .with(&["ec2:StopInstances", "ec2:StartInstances"]),
            action("ec2:StopInstances"),
            action("ec2:StartInstances"),
        ],
    ),
    Way::given(
        "something starts instances with such a role from it",
        "escalate-launch-template",
        "ec2-004",
        "change what instances from a launch template run, and act with their role",
        &[
            action("ec2:CreateLaunchTemplateVersion"),
            action("ec2:ModifyLaunchTemplate").with(&["ec2:CreateLaunchTemplateVersion"]),
        ],
    ),
    Way::given(
        "an endpoint with such a role is there",
        "escalate-changed-glue-endpoint",
        "glue-002",
        "log in to a Glue development endpoint and act with its role",
        &[action("glue:UpdateDevEndpoint")],
    ),
    Way::given(
        "a function with such a role is there and is run",
        "escalate-function-code",
        "lambda-003",
        "change the code of a function, which then acts with its role",
        &[action("lambda:UpdateFunctionCode")],
    ),
    Way::given(
        "a function with such a role is there",
        "escalate-function-code-invoked",
        "lambda-004",
        "change the code of a function and run it with its role",
        &[
            action("lambda:UpdateFunctionCode"),
            action("lambda:InvokeFunction").with(&["lambda:UpdateFunctionCode"]),
        ],
    ),
    Way::given(
        "a function with such a role is there",
        "escalate-function-code-permission",
        "lambda-005",
        "change the code of a function and let another account run it with its role",
        &[
            action("lambda:UpdateFunctionCode"),
            action("lambda:AddPermission").with(&["lambda:UpdateFunctionCode"]),
        ],
    ),
    Way::given(
        "a notebook with such a role is there and runs",
        "escalate-notebook-url",
        "sagemaker-004",
        "work in a SageMaker notebook and act with its role",
        &[action("sagemaker:CreatePresignedNotebookInstanceUrl")],
    ),
    Way::given(
        "a notebook with such a role is there",
        "escalate-notebook-lifecycle",
        "sagemaker-005",
        "run commands of its own at the start of a SageMaker notebook and act with its role",
        &[
            action("sagemaker:CreateNotebookInstanceLifecycleConfig"),
            action("sagemaker:StopNotebookInstance"),
            action("sagemaker:UpdateNotebookInstance")
                .with(&["sagemaker:StopNotebookInstance", "sagemaker:StartNotebookInstance"]),
            action("sagemaker:StartNotebookInstance"),
        ],
    ),
    Way::given(
        "an instance with such a role is there and has the agent",
        "escalate-session",
        "ssm-001",
        "open a shell on an instance and act with its role",
        &[action("ssm:StartSession").on(ON_A_MACHINE)],
    ),
    Way::given(
        "an instance with such a role is there and has the agent",
        "escalate-command",
        "ssm-002",
        "run commands on an instance and act with its role",
        &[action("ssm:SendCommand").on(BY_A_DOCUMENT)],
    ),
    Way::given(
        "such a role trusts it",
        "escalate-assumed-role",
        "sts-001",
        "act with another role",
        &[action("sts:AssumeRole")],
    ),
];

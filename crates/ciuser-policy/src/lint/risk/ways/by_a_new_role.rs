//! Ways by a role that is passed to a service.

use crate::lint::risk::need::{action, pass_role};
use crate::lint::risk::way::Way;

/// What `ec2:RunInstances` is asked for, each time ("Service Authorization Reference: Amazon EC2").
const FOR_AN_INSTANCE: &[&[&str]] = &[
    &["image"],
    &["instance"],
    &["network-interface"],
    &["security-group"],
    &["subnet"],
    &["volume"],
];

pub(in crate::lint::risk) static BY_A_NEW_ROLE: &[Way] = &[
    Way::new(
        "escalate-apprunner-service",
        "apprunner-001",
        "run a container of its own in App Runner with any role that can be passed to it",
        &[
            pass_role("tasks.apprunner.amazonaws.com"),
            action("apprunner:CreateService"),
        ],
    ),
    Way::new(
        "escalate-code-interpreter",
        "bedrock-001",
        "run code of its own in a Bedrock code interpreter with any role that can be passed to it",
        &[
            pass_role("bedrock-agentcore.amazonaws.com"),
            action("bedrock-agentcore:CreateCodeInterpreter"),
            action("bedrock-agentcore:StartCodeInterpreterSession"),
            action("bedrock-agentcore:InvokeCodeInterpreter").with(&["bedrock-agentcore:StartCodeInterpreterSession"]),
        ],
    ),
    Way::new(
        "escalate-stack",
        "cloudformation-001",
        "make anything by a CloudFormation stack with any role that can be passed to it",
        &[
            pass_role("cloudformation.amazonaws.com"),
            action("cloudformation:CreateStack"),
        ],
    ),
    Way::new(
        "escalate-new-stack-set",
        "cloudformation-003",
        "make anything by a new CloudFormation stack set with any role that can be passed to it",
        &[
            pass_role("cloudformation.amazonaws.com"),
            action("cloudformation:CreateStackSet"),
            action("cloudformation:CreateStackInstances"),
        ],
    ),
    Way::new(
        "escalate-stack-set",
        "cloudformation-004",
        "make anything by a CloudFormation stack set that there is, with any role that can be passed to it",
        &[
            pass_role("cloudformation.amazonaws.com"),
            action("cloudformation:UpdateStackSet"),
        ],
    ),
    Way::new(
        "escalate-build",
        "codebuild-001",
        "run a build of its own in CodeBuild with any role that can be passed to it",
        &[
            pass_role("codebuild.amazonaws.com"),
            action("codebuild:CreateProject"),
            action("codebuild:StartBuild").with(&["codebuild:CreateProject"]),
        ],
    ),
    Way::new(
        "escalate-build-batch",
        "codebuild-004",
        "run a batch of builds of its own in CodeBuild with any role that can be passed to it",
        &[
            pass_role("codebuild.amazonaws.com"),
            action("codebuild:CreateProject"),
            action("codebuild:StartBuildBatch").with(&["codebuild:CreateProject"]),
        ],
    ),
    Way::new(
        "escalate-data-pipeline",
        "datapipeline-001",
        "run commands of its own in a data pipeline with any role that can be passed to it",
        &[
            pass_role("datapipeline.amazonaws.com"),
            action("datapipeline:CreatePipeline"),
            action("datapipeline:PutPipelineDefinition"),
            action("datapipeline:ActivatePipeline").with(&["datapipeline:PutPipelineDefinition"]),
        ],
    ),
    Way::new(
        "escalate-instance",
        "ec2-001",
        "run an instance of its own with any role that can be passed to EC2",
        &[
            pass_role("ec2.amazonaws.com"),
            action("ec2:RunInstances").on(FOR_AN_INSTANCE),
        ],
    ),
    Way::new(
        "escalate-spot-instance",
        "ec2-003",
        "run a spot instance of its own with any role that can be passed to EC2",
        &[pass_role("ec2.amazonaws.com"), action("ec2:RequestSpotInstances")],
    ),
    Way::new(
        "escalate-ecs-service-new-cluster",
        "ecs-001",
        "run containers of its own as a service in a new ECS cluster with any role that can be passed to tasks",
        &[
            pass_role("ecs-tasks.amazonaws.com"),
            action("ecs:CreateCluster"),
            action("ecs:RegisterTaskDefinition"),
            action("ecs:CreateService"),
        ],
    ),
    Way::new(
        "escalate-ecs-task-new-cluster",
        "ecs-002",
        "run containers of its own as a task in a new ECS cluster with any role that can be passed to tasks",
        &[
            pass_role("ecs-tasks.amazonaws.com"),
            action("ecs:CreateCluster"),
            action("ecs:RegisterTaskDefinition"),
            action("ecs:RunTask").with(&["ecs:RegisterTaskDefinition"]),
        ],
    ),
    Way::new(
        "escalate-ecs-service",
        "ecs-003",
        "run containers of its own as an ECS service with any role that can be passed to tasks",
        &[
            pass_role("ecs-tasks.amazonaws.com"),
            action("ecs:RegisterTaskDefinition"),
            action("ecs:CreateService"),
        ],
    ),
    Way::new(
        "escalate-ecs-task",
        "ecs-004",
        "run containers of its own as an ECS task with any role that can be passed to tasks",
        &[
            pass_role("ecs-tasks.amazonaws.com"),
            action("ecs:RegisterTaskDefinition"),
            action("ecs:RunTask").with(&["ecs:RegisterTaskDefinition"]),
        ],
    ),
    Way::new(
        "escalate-ecs-task-on-instance",
        "ecs-005",
        "run containers of its own on an instance of an ECS cluster with any role that can be passed to tasks",
        &[
            pass_role("ecs-tasks.amazonaws.com"),
            action("ecs:RegisterTaskDefinition"),
            action("ecs:StartTask").with(&["ecs:RegisterTaskDefinition"]),
        ],
    ),
    Way::new(
        "escalate-glue-endpoint",
        "glue-001",
        "work in a Glue development endpoint of its own with any role that can be passed to Glue",
        &[pass_role("glue.amazonaws.com"), action("glue:CreateDevEndpoint")],
    ),
    Way::new(
        "escalate-glue-job",
        "glue-003",
        "run a Glue job of its own with any role that can be passed to Glue",
        &[
            pass_role("glue.amazonaws.com"),
            action("glue:CreateJob"),
            action("glue:StartJobRun").with(&["glue:CreateJob"]),
        ],
    ),
    Way::new(
        "escalate-glue-job-trigger",
        "glue-004",
        "run a Glue job of its own by a trigger, with any role that can be passed to Glue",
        &[
            pass_role("glue.amazonaws.com"),
            action("glue:CreateJob"),
            action("glue:CreateTrigger"),
        ],
    ),
    Way::new(
        "escalate-changed-glue-job",
        "glue-005",
        "change a Glue job that there is and run it with any role that can be passed to Glue",
        &[
            pass_role("glue.amazonaws.com"),
            action("glue:UpdateJob"),
            action("glue:StartJobRun").with(&["glue:UpdateJob"]),
        ],
    ),
    Way::new(
        "escalate-changed-glue-job-trigger",
        "glue-006",
        "change a Glue job that there is and run it by a trigger, with any role that can be passed to Glue",
        &[
            pass_role("glue.amazonaws.com"),
            action("glue:UpdateJob"),
            action("glue:CreateTrigger"),
        ],
    ),
    Way::new(
        "escalate-function",
        "lambda-001",
        "run a function of its own with any role that can be passed to Lambda",
        &[
            pass_role("lambda.amazonaws.com"),
            action("lambda:CreateFunction"),
            action("lambda:InvokeFunction").with(&["lambda:CreateFunction"]),
        ],
    ),
    Way::new(
        "escalate-function-event",
        "lambda-002",
        "run a function of its own by an event, with any role that can be passed to Lambda",
        &[
            pass_role("lambda.amazonaws.com"),
            action("lambda:CreateFunction"),
            action("lambda:CreateEventSourceMapping"),
        ],
    ),
    Way::new(
        "escalate-function-permission",
        "lambda-006",
        "let another account run a function of its own, with any role that can be passed to Lambda",
        &[
            pass_role("lambda.amazonaws.com"),
            action("lambda:CreateFunction"),
            action("lambda:AddPermission").with(&["lambda:CreateFunction"]),
        ],
    ),
    Way::new(
        "escalate-notebook",
        "sagemaker-001",
        "work in a SageMaker notebook of its own with any role that can be passed to SageMaker",
        &[
            pass_role("sagemaker.amazonaws.com"),
            action("sagemaker:CreateNotebookInstance"),
        ],
    ),
    Way::new(
        "escalate-training-job",
        "sagemaker-002",
        "run a SageMaker training job of its own with any role that can be passed to SageMaker",
        &[
            pass_role("sagemaker.amazonaws.com"),
            action("sagemaker:CreateTrainingJob"),
        ],
    ),
    Way::new(
        "escalate-processing-job",
        "sagemaker-003",
        "run a SageMaker processing job of its own with any role that can be passed to SageMaker",
        &[
            pass_role("sagemaker.amazonaws.com"),
            action("sagemaker:CreateProcessingJob"),
        ],
    ),
];

//! How IAM words its refusals. Every message of an IAM operation is in this file.

use http::StatusCode;

use crate::wire::AwsError;

fn no_such_entity(message: String) -> AwsError {
    AwsError::new(StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

fn already_exists(message: String) -> AwsError {
    AwsError::new(StatusCode::CONFLICT, "EntityAlreadyExists", message)
}

fn limit_exceeded(message: String) -> AwsError {
    AwsError::new(StatusCode::CONFLICT, "LimitExceeded", message)
}

pub(super) fn validation(message: impl Into<String>) -> AwsError {
    AwsError::bad_request("ValidationError", message)
}

/// The refusal of one parameter; `field` is its path in the request, as in `tags.1.member.key`.
pub(super) fn constraint(field: &str, rule: &str) -> AwsError {
    validation(format!(
        "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must {rule}"
    ))
}

pub(super) fn missing(field: &str) -> AwsError {
    constraint(field, "not be null")
}

pub(super) fn missing_member(parameter: &str) -> AwsError {
    AwsError::bad_request(
        "MissingParameter",
        format!("The request must contain the parameter {parameter}."),
    )
}

pub(super) fn invalid_name(field: &str) -> AwsError {
    validation(format!(
        "The specified value for {field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    ))
}

pub(super) fn invalid_path(field: &str) -> AwsError {
    validation(format!(
        "The specified value for {field} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."
    ))
}

pub(super) fn invalid_path_prefix(field: &str) -> AwsError {
    validation(format!(
        "The specified value for {field} is invalid. It must begin with / and contain only alphanumeric characters and/or / characters."
    ))
}

pub(super) fn unparsable_arn() -> AwsError {
    validation("Invalid ARN:  Could not be parsed!")
}

pub(super) fn not_a_policy_arn(arn: &str) -> AwsError {
    validation(format!("ARN {arn} is not valid."))
}

pub(super) fn invalid_marker() -> AwsError {
    validation("Invalid Marker.")
}

pub(super) fn user_name_needed() -> AwsError {
    validation("Must specify userName when calling with non-User credentials")
}

pub(super) fn no_such_user(name: &str) -> AwsError {
    no_such_entity(format!("The user with name {name} cannot be found."))
}

pub(super) fn no_such_group(name: &str) -> AwsError {
    no_such_entity(format!("The group with name {name} cannot be found."))
}

pub(super) fn no_such_policy(arn: &str) -> AwsError {
    no_such_entity(format!("Policy {arn} was not found."))
}

pub(super) fn policy_not_there_to_attach(arn: &str) -> AwsError {
    no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

pub(super) fn no_such_boundary_policy(arn: &str) -> AwsError {
    no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable."))
}

pub(super) fn no_boundary(name: &str) -> AwsError {
    no_such_entity(format!(
        "The user with name {name} does not have a permissions boundary."
    ))
}

pub(super) fn no_such_policy_version(arn: &str, version: &str) -> AwsError {
    no_such_entity(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

pub(super) fn no_such_inline_policy(holder: &str, name: &str) -> AwsError {
    no_such_entity(format!("The {holder} policy with name {name} cannot be found."))
}

pub(super) fn no_such_access_key(id: &str) -> AwsError {
    no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

pub(super) fn no_such_login_profile(user: &str) -> AwsError {
    no_such_entity(format!("Login Profile for User {user} cannot be found."))
}

pub(super) fn no_such_mfa_device(serial: &str) -> AwsError {
    no_such_entity(format!("MFA Device with serial number {serial} does not exist."))
}

pub(super) fn no_such_ssh_key(id: &str) -> AwsError {
    no_such_entity(format!("The Public Key with id {id} cannot be found."))
}

pub(super) fn no_such_certificate(id: &str) -> AwsError {
    no_such_entity(format!("The Certificate with id {id} cannot be found."))
}

pub(super) fn no_such_service(name: &str) -> AwsError {
    no_such_entity(format!(
        "No such service {name} is supported for Service Specific Credentials"
    ))
}

pub(super) fn no_such_service_credential(id: &str) -> AwsError {
    no_such_entity(format!("No such credential {id} exists"))
}

pub(super) fn user_exists(name: &str) -> AwsError {
    already_exists(format!("User with name {name} already exists."))
}

pub(super) fn group_exists(name: &str) -> AwsError {
    already_exists(format!("Group with name {name} already exists."))
}

pub(super) fn policy_exists(name: &str) -> AwsError {
    already_exists(format!(
        "A policy called {name} already exists. Duplicate names are not allowed."
    ))
}

pub(super) fn login_profile_exists(user: &str) -> AwsError {
    already_exists(format!("Login Profile for user {user} already exists."))
}

pub(super) fn mfa_device_exists() -> AwsError {
    already_exists("MFA device already exists.".to_owned())
}

pub(super) fn mfa_device_in_use() -> AwsError {
    already_exists("MFA Device is already in use.".to_owned())
}

pub(super) fn quota(name: &str, limit: usize) -> AwsError {
    limit_exceeded(format!("Cannot exceed quota for {name}: {limit}"))
}

pub(super) fn too_many_tags() -> AwsError {
    limit_exceeded("The number of tags has reached the maximum limit.".to_owned())
}

pub(super) fn too_many_versions() -> AwsError {
    limit_exceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."
            .to_owned(),
    )
}

pub(super) fn inline_too_large(limit: usize, holder: &str, name: &str) -> AwsError {
    limit_exceeded(format!(
        "Maximum policy size of {limit} bytes exceeded for {holder} {name}"
    ))
}

/// The refusal to delete something that something else still hangs on.
pub(super) fn delete_conflict(message: &str) -> AwsError {
    AwsError::new(StatusCode::CONFLICT, "DeleteConflict", message)
}

pub(super) fn malformed_document(message: impl Into<String>) -> AwsError {
    AwsError::bad_request("MalformedPolicyDocument", message)
}

/// AWS's words for roles; what it says for users and groups is not recorded.
pub(super) fn not_attachable() -> AwsError {
    AwsError::bad_request(
        "PolicyNotAttachable",
        "Cannot attach a Service Role Policy to a Customer Role.",
    )
}

pub(super) fn duplicate_tag_keys() -> AwsError {
    AwsError::bad_request(
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
}

pub(super) fn reserved_tag() -> AwsError {
    AwsError::bad_request(
        "InvalidInput",
        "Caller is an end user and not allowed to mutate system tags",
    )
}

pub(super) fn aws_managed(arn: &str) -> AwsError {
    AwsError::forbidden(
        "AccessDenied",
        format!("Policy {arn} is managed by AWS and cannot be changed"),
    )
}

pub(super) fn unknown_key_last_used(caller: &str, id: &str) -> AwsError {
    AwsError::forbidden(
        "AccessDenied",
        format!("User: {caller} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}"),
    )
}

pub(super) fn weak_password() -> AwsError {
    AwsError::bad_request(
        "PasswordPolicyViolation",
        "Password does not conform to the account password policy.",
    )
}

pub(super) fn wrong_authentication_code() -> AwsError {
    AwsError::forbidden(
        "InvalidAuthenticationCode",
        "Authentication code for device is not valid.",
    )
}

pub(super) fn malformed_certificate(body: &str) -> AwsError {
    AwsError::bad_request("MalformedCertificate", format!("Certificate {body} is malformed."))
}

pub(super) fn duplicate_certificate() -> AwsError {
    AwsError::new(
        StatusCode::CONFLICT,
        "DuplicateCertificate",
        "The certificate already exists.",
    )
}

pub(super) fn invalid_public_key() -> AwsError {
    AwsError::bad_request("InvalidPublicKey", "The provided SSH public key is invalid.")
}

pub(super) fn duplicate_public_key() -> AwsError {
    AwsError::bad_request(
        "DuplicateSSHPublicKey",
        "The provided SSH public key already exists for the user.",
    )
}

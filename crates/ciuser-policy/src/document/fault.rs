//! What can be wrong with a document, in our words.

/// What is wrong with a document or with one of its statements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// IAM takes U+0009, U+000A, U+000D and U+0020 to U+00FF (pattern of `policyDocumentType` in IAM's model).
    #[error("the document has the character U+{:04X}, which IAM does not take", u32::from(*.0))]
    Character(char),
    /// It is not JSON.
    #[error("the document is not valid JSON: {0}")]
    Json(String),
    /// An object has a key twice.
    #[error("the key `{0}` is repeated: readers of JSON differ in which of the two counts")]
    RepeatedKey(String),
    /// White space comes before the brace.
    #[error("the document begins with white space")]
    LeadingSpace,
    /// It is JSON, but not an object.
    #[error("the document is not a JSON object")]
    NotAnObject,
    /// The document has an element that policies do not have.
    #[error("unknown element `{0}` in the document")]
    DocumentElement(String),
    /// The version is not one of the policy language.
    #[error("`Version` is `{0}`, not `2012-10-17` (or the old `2008-10-17`)")]
    Version(String),
    /// The old version, or none, where IAM takes the new one only.
    #[error("`Version` must be `2012-10-17` in this kind of policy")]
    OldVersion,
    /// The version follows a single statement.
    #[error("`Version` comes after a `Statement` that is not a list")]
    LateVersion,
    /// There is no statement.
    #[error("the document has no `Statement`")]
    NoStatement,
    /// A statement is not a JSON object.
    #[error("it is not a JSON object")]
    NotAStatement,
    /// A statement has an element that statements do not have.
    #[error("unknown element `{0}`")]
    Element(String),
    /// An element has a value of another form than it may have.
    #[error("`{element}` must be {wanted}")]
    Form {
        /// The element.
        element: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
    /// A statement has two elements of which there can be one.
    #[error("`{0}` and `{1}` exclude each other")]
    Both(&'static str, &'static str),
    /// There is no effect.
    #[error("it has no `Effect`: `Allow` or `Deny`")]
    NoEffect,
    /// The effect is none.
    #[error("`Effect` must be `Allow` or `Deny`, not `{0}`")]
    Effect(String),
    /// The `Sid` has other characters than letters and digits.
    #[error("`Sid` has other characters than letters and digits")]
    SidCharacters(String),
    /// Two statements have the same `Sid`.
    #[error("the `Sid` `{0}` is there twice")]
    RepeatedSid(String),
    /// It says nothing of actions.
    #[error("neither `Action` nor `NotAction` names an action")]
    NoActions,
    /// An action is written as actions are not.
    #[error("`{action}` is no action: {wrong}")]
    Action {
        /// `Action` or `NotAction`.
        element: &'static str,
        /// The action as it is written.
        action: String,
        /// What is wrong with it.
        wrong: ActionFault,
    },
    /// It says nothing of resources.
    #[error("neither `Resource` nor `NotResource` names a resource")]
    NoResources,
    /// It says something of resources where the resource is the one that has the policy.
    #[error("`{0}` is not allowed in a trust policy: the resource is the role")]
    ResourceElement(&'static str),
    /// A resource is written as resources are not.
    #[error("`{resource}` is no resource: {wrong}")]
    Resource {
        /// `Resource` or `NotResource`.
        element: &'static str,
        /// The resource as it is written.
        resource: String,
        /// What is wrong with it.
        wrong: ResourceFault,
    },
    /// Who is meant is wrong.
    #[error(transparent)]
    Principal(#[from] PrincipalFault),
    /// A condition has an operator that there is not.
    #[error("unknown condition operator `{0}`")]
    Operator(String),
    /// What a date is compared with is none.
    #[error("`{0}` is neither a date nor a number of seconds")]
    Date(String),
    /// Only AWS's own `RCPFullAWSAccess` allows.
    #[error("a resource control policy only denies")]
    AllowInResourceControl,
    /// Nor does such a policy have this element.
    #[error("a resource control policy has no `{0}`")]
    NotInResourceControl(&'static str),
}

/// What is wrong with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionFault {
    /// There is no colon.
    #[error("it does not begin with a service and a colon")]
    NoService,
    /// There are several colons.
    #[error("it has more than one colon")]
    Colons,
    /// The service is a pattern.
    #[error("its service has a wildcard")]
    ServicePattern,
    /// The service has characters that services do not have.
    #[error("its service is empty or has characters that services do not have")]
    Service,
    /// A role is assumed with actions of STS only.
    #[error("a trust policy has actions of `sts` only")]
    NotSts,
}

/// What is wrong with a resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourceFault {
    /// It is not an ARN at all.
    #[error("it is neither an ARN nor `*`")]
    NotAnArn,
    /// The partition does not exist.
    #[error("there is no partition `{partition}`")]
    Partition {
        /// What stands in its place.
        partition: String,
    },
    /// The service is missing or a pattern.
    #[error("its service is missing or has a wildcard")]
    Service,
    /// The ARN names a region where there is none.
    #[error("ARNs of `{0}` have no region")]
    Region(&'static str),
    /// It is nothing that IAM has.
    #[error("IAM has no such kind of resource")]
    IamPath,
    /// An ARN that IAM's parser does not take.
    #[error("{0}")]
    Arn(&'static str),
}

/// What is wrong with whom a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalFault {
    /// An identity-based policy speaks of whoever has it, a service control policy of everybody in the account, and a
    /// trust policy says who, not who not.
    #[error("`{0}` is not allowed in this kind of policy")]
    NotAllowed(&'static str),
    /// It says nothing of whom it is about.
    #[error("it has no `Principal`")]
    Missing,
    /// It names nobody.
    #[error("`{0}` names nobody")]
    Nobody(&'static str),
    /// There is no such kind of principal.
    #[error("there is no kind of principal `{0}`")]
    Kind(String),
    /// There is no such principal.
    #[error("`{principal}` is no principal of the kind `{kind}`")]
    Unknown {
        /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
        kind: String,
        /// The principal as it is written.
        principal: String,
    },
    /// In a trust policy, everybody is `{"AWS": "*"}`.
    #[error("a trust policy names principals by their kind")]
    Everyone,
    /// A resource control policy is about everybody.
    #[error("a resource control policy has the `Principal` `*` only")]
    NotEveryone,
    /// `NotPrincipal` can only deny ("AWS JSON policy elements: NotPrincipal").
    #[error("`NotPrincipal` is not allowed in a statement that allows")]
    AllowAllBut,
}

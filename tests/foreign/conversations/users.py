"""Users, their tags and their permissions boundaries."""

from conversations.words import DATE, Form, conflict, iam, invalid, listing, no, no_user, tags, unique

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def user(name, path="/", **more):
    """Stands for a user."""
    arn = f"arn:aws:iam::$account:user{path}{name}"
    return {"Path": path, "UserName": name, "UserId": unique("AIDA"), "Arn": arn, "CreateDate": DATE} | more


ADA = {"User": user("ada", "/team/", Tags=tags(project="storefront", env="test"))}
NAME_RULE = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
PATH_RULE = "It must begin and end with / and contain only alphanumeric characters and/or / characters."

MADE_AND_RENAMED = [
    iam("CreateUser", ADA, UserName="ada", Path="/team/", Tags=tags(project="storefront", env="test")),
    iam("CreateUser", no("EntityAlreadyExists", "User with name ADA already exists."), UserName="ADA"),
    iam(
        "CreateUser", no("ValidationError", f"The specified value for userName is invalid. {NAME_RULE}"), UserName="a b"
    ),
    iam("CreateUser", invalid("userName", "have length less than or equal to 64"), UserName="a" * 65),
    iam(
        "CreateUser",
        no("ValidationError", f"The specified value for path is invalid. {PATH_RULE}"),
        UserName="b",
        Path="b",
    ),
    iam("CreateUser", invalid("userName", "not be null")),
    iam("GetUser", ADA, UserName="ada"),
    iam("GetUser", ADA, UserName="Ada"),
    iam("GetUser", no_user("nobody"), UserName="nobody"),
    # Without a name: the caller, who is the sandbox's administrator.
    iam("GetUser", {"User": user("sandbox-admin")}),
    iam("ListUsers", listing("Users", [user("ada", "/team/")]), PathPrefix="/team/"),
    iam("ListUsers", listing("Users", []), PathPrefix="/nowhere/"),
    iam("ListUsers", invalid("maxItems", "have value greater than or equal to 1"), MaxItems=0),
    iam("ListUsers", no("ValidationError", "Invalid Marker."), Marker="not one"),
    iam("UpdateUser", UserName="ada", NewUserName="grace", NewPath="/"),
    iam("UpdateUser", no_user("ada"), UserName="ada", NewPath="/"),
    iam(
        "UpdateUser",
        no("EntityAlreadyExists", "User with name sandbox-admin already exists."),
        UserName="grace",
        NewUserName="sandbox-admin",
    ),
    iam("GetUser", {"User": user("grace", Tags=tags(project="storefront", env="test"))}, UserName="grace"),
    iam("DeleteUser", UserName="grace"),
    iam("DeleteUser", no_user("grace"), UserName="grace"),
]

TAGGED = [
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("ListUserTags", listing("Tags", []), UserName="ada"),
    iam("TagUser", UserName="ada", Tags=tags(project="storefront", env="test")),
    iam("TagUser", UserName="ada", Tags=tags(env="production", Owner="")),
    iam("ListUserTags", listing("Tags", tags(Owner="", env="production", project="storefront")), UserName="ada"),
    # Given with the user in the order in which they were made; listed by key.
    iam("GetUser", {"User": user("ada", Tags=tags(project="storefront", env="production", Owner=""))}, UserName="ada"),
    iam(
        "TagUser",
        no("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
        UserName="ada",
        Tags=tags(a="1", A="2"),
    ),
    iam("TagUser", no_user("nobody"), UserName="nobody", Tags=tags(a="1")),
    iam("TagUser", invalid("tags", "not be null"), UserName="ada"),
    iam("UntagUser", UserName="ada", TagKeys=["ENV", "owner", "not-there"]),
    iam("UntagUser", no_user("nobody"), UserName="nobody", TagKeys=["a"]),
    iam("ListUserTags", listing("Tags", tags(project="storefront")), UserName="ada"),
    iam("ListUserTags", no_user("nobody"), UserName="nobody"),
    iam("DeleteUser", UserName="ada"),
]

BOUND = [
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("PutUserPermissionsBoundary", UserName="ada", PermissionsBoundary=READ_ONLY),
    iam(
        "GetUser",
        {
            "User": user(
                "ada", PermissionsBoundary={"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}
            )
        },
        UserName="ada",
    ),
    iam("PutUserPermissionsBoundary", no_user("nobody"), UserName="nobody", PermissionsBoundary=READ_ONLY),
    iam(
        "PutUserPermissionsBoundary",
        no("NoSuchEntity", "Scope ARN: arn:aws:iam::aws:policy/Nothing does not exist or is not attachable."),
        UserName="ada",
        PermissionsBoundary="arn:aws:iam::aws:policy/Nothing",
    ),
    iam("DeleteUserPermissionsBoundary", UserName="ada"),
    iam(
        "DeleteUserPermissionsBoundary",
        no("NoSuchEntity", "The user with name ada does not have a permissions boundary."),
        UserName="ada",
    ),
    iam("GetUser", {"User": user("ada")}, UserName="ada"),
    iam("DeleteUser", UserName="ada"),
]

DELETED_LAST = [
    iam("CreateUser", {"User": user("ada")}, UserName="ada"),
    iam("AttachUserPolicy", UserName="ada", PolicyArn=READ_ONLY),
    iam("DeleteUser", conflict("Cannot delete entity, must detach all policies first."), UserName="ada"),
    iam("DetachUserPolicy", UserName="ada", PolicyArn=READ_ONLY),
    iam(
        "CreateAccessKey",
        {
            "AccessKey": {
                "UserName": "ada",
                "AccessKeyId": unique("AKIA", 16, "key"),
                "Status": "Active",
                "SecretAccessKey": Form(r"[A-Za-z0-9+/]{40}"),
                "CreateDate": DATE,
            }
        },
        UserName="ada",
    ),
    iam("DeleteUser", conflict("Cannot delete entity, must delete access keys first."), UserName="ada"),
    iam("DeleteAccessKey", UserName="ada", AccessKeyId="$key"),
    iam("DeleteUser", UserName="ada"),
]

CONVERSATIONS = {
    "a_user_is_made_and_renamed": MADE_AND_RENAMED,
    "a_user_is_tagged": TAGGED,
    "a_user_has_a_boundary": BOUND,
    "a_user_is_deleted_last": DELETED_LAST,
}

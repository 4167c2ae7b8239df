//! Users.

use crate::client::{Client, refused};

#[test]
fn a_fresh_account_has_no_users_groups_or_policies() {
    let mut client = Client::new();
    assert!(client.ok("ListUsers", &[]).texts("Users/member").is_empty());
    assert!(client.ok("ListGroups", &[]).texts("Groups/member").is_empty());
    assert!(
        client
            .ok("ListPolicies", &[("Scope", "Local")])
            .texts("Policies/member")
            .is_empty()
    );
}

#[test]
fn tags_given_to_create_user_come_back_in_get_user() {
    let mut client = Client::new();
    let tags = [
        ("UserName", "CI_USER"),
        ("Path", "/ci/"),
        ("Tags.member.1.Key", "project"),
        ("Tags.member.1.Value", "store+front=é / @home"),
        ("Tags.member.2.Key", "empty"),
        ("Tags.member.2.Value", ""),
    ];
    let created = client.ok("CreateUser", &tags);
    let account = client.engine.state().account_id().to_owned();
    for user in [created, client.ok("GetUser", &[("UserName", "CI_USER")])] {
        assert_eq!(
            user.names("User"),
            ["Path", "UserName", "UserId", "Arn", "CreateDate", "Tags"]
        );
        assert_eq!(user.text("User/Arn"), format!("arn:aws:iam::{account}:user/ci/CI_USER"));
        assert_eq!(user.text("User/CreateDate"), "2026-11-23T10:00:00Z");
        assert_eq!(user.texts("User/Tags/member/Key"), ["project", "empty"]);
        assert_eq!(user.texts("User/Tags/member/Value"), ["store+front=é / @home", ""]);
    }
}

#[test]
fn a_user_without_tags_and_boundary_has_neither_element() {
    let mut client = Client::new();
    client.user("ci");
    let user = client.ok("GetUser", &[("UserName", "ci")]);
    assert_eq!(user.names("User"), ["Path", "UserName", "UserId", "Arn", "CreateDate"]);
}

#[test]
fn list_users_leaves_tags_and_boundary_out() {
    let mut client = Client::new();
    client.ok(
        "CreateUser",
        &[
            ("UserName", "ci"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "b"),
        ],
    );
    let users = client.ok("ListUsers", &[]);
    assert_eq!(
        users.names("Users/member"),
        ["Path", "UserName", "UserId", "Arn", "CreateDate"]
    );
}

#[test]
fn a_user_id_is_aida_and_17_upper_case_base32_characters() {
    let mut client = Client::new();
    let id = client.ok("CreateUser", &[("UserName", "ci")]).text("User/UserId");
    let (prefix, rest) = id.split_at(4);
    assert_eq!((prefix, rest.len()), ("AIDA", 17));
    assert!(
        rest.chars().all(|c| c.is_ascii_uppercase() || ('2'..='7').contains(&c)),
        "{id}"
    );
}

#[test]
fn a_second_user_of_the_same_name_is_refused() {
    let mut client = Client::new();
    client.user("ci");
    let expected = refused(409, "EntityAlreadyExists", "User with name ci already exists.");
    assert_eq!(client.refused("CreateUser", &[("UserName", "ci")]), expected);
}

#[test]
fn an_unknown_user_is_not_found() {
    let mut client = Client::new();
    let expected = refused(404, "NoSuchEntity", "The user with name nobody cannot be found.");
    assert_eq!(client.refused("GetUser", &[("UserName", "nobody")]), expected);
    assert_eq!(client.refused("DeleteUser", &[("UserName", "nobody")]), expected);
    assert_eq!(client.refused("UpdateUser", &[("UserName", "nobody")]), expected);
}

#[test]
fn user_names_are_unique_and_found_ignoring_case_and_keep_theirs() {
    let mut client = Client::new();
    client.user("ci_user");
    let expected = refused(409, "EntityAlreadyExists", "User with name CI_USER already exists.");
    assert_eq!(client.refused("CreateUser", &[("UserName", "CI_USER")]), expected);
    assert_eq!(
        client.ok("GetUser", &[("UserName", "Ci_User")]).text("User/UserName"),
        "ci_user"
    );
}

#[test]
fn a_name_with_other_characters_is_refused() {
    let mut client = Client::new();
    let message = "The specified value for userName is invalid. It must contain only alphanumeric characters and/or \
                   the following: +=,.@_-";
    for name in ["bad name!", "a/b", "é", ""] {
        let expected = refused(400, "ValidationError", message);
        assert_eq!(client.refused("CreateUser", &[("UserName", name)]), expected, "{name}");
    }
}

#[test]
fn a_name_of_65_characters_is_refused_and_one_of_64_is_not() {
    let mut client = Client::new();
    let message = "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have \
                   length less than or equal to 64";
    let expected = refused(400, "ValidationError", message);
    assert_eq!(client.refused("CreateUser", &[("UserName", &"a".repeat(65))]), expected);
    client.ok("CreateUser", &[("UserName", &"a".repeat(64))]);
}

#[test]
fn a_missing_name_is_refused() {
    let mut client = Client::new();
    let message = "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be \
                   null";
    assert_eq!(
        client.refused("CreateUser", &[]),
        refused(400, "ValidationError", message)
    );
}

#[test]
fn a_path_must_begin_and_end_with_a_slash() {
    let mut client = Client::new();
    let message = "The specified value for path is invalid. It must begin and end with / and contain only \
                   alphanumeric characters and/or / characters.";
    for path in ["ci", "/ci", "ci/", "/c i/"] {
        let expected = refused(400, "ValidationError", message);
        assert_eq!(
            client.refused("CreateUser", &[("UserName", "ci"), ("Path", path)]),
            expected,
            "{path}"
        );
    }
}

#[test]
fn list_users_takes_only_those_under_the_path_prefix() {
    let mut client = Client::new();
    client.ok("CreateUser", &[("UserName", "b"), ("Path", "/ci/web/")]);
    client.ok("CreateUser", &[("UserName", "a"), ("Path", "/ci/")]);
    client.user("c");
    assert_eq!(
        client
            .ok("ListUsers", &[("PathPrefix", "/ci")])
            .texts("Users/member/UserName"),
        ["a", "b"]
    );
    let message = "The specified value for pathPrefix is invalid. It must begin with / and contain only alphanumeric \
                   characters and/or / characters.";
    assert_eq!(
        client.refused("ListUsers", &[("PathPrefix", "ci")]),
        refused(400, "ValidationError", message)
    );
}

#[test]
fn a_renamed_user_keeps_id_keys_login_profile_groups_and_policies() {
    let mut client = Client::new();
    client.user("old");
    let id = client.ok("GetUser", &[("UserName", "old")]).text("User/UserId");
    let key = client.key_of("old");
    client.ok(
        "CreateLoginProfile",
        &[("UserName", "old"), ("Password", "Correct-Horse-1")],
    );
    client.ok("CreateGroup", &[("GroupName", "deployers")]);
    client.ok("AddUserToGroup", &[("GroupName", "deployers"), ("UserName", "old")]);
    client.ok(
        "TagUser",
        &[
            ("UserName", "old"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "b"),
        ],
    );

    client.ok(
        "UpdateUser",
        &[("UserName", "old"), ("NewUserName", "new"), ("NewPath", "/ci/")],
    );

    let user = client.ok("GetUser", &[("UserName", "new")]);
    assert_eq!(
        (user.text("User/UserId"), user.text("User/Path")),
        (id, "/ci/".to_owned())
    );
    assert_eq!(user.text("User/Tags/member/Key"), "a");
    assert_eq!(
        client
            .ok("GetLoginProfile", &[("UserName", "new")])
            .text("LoginProfile/UserName"),
        "new"
    );
    assert_eq!(
        client
            .ok("GetGroup", &[("GroupName", "deployers")])
            .texts("Users/member/UserName"),
        ["new"]
    );
    assert_eq!(
        client
            .ok("ListGroupsForUser", &[("UserName", "new")])
            .texts("Groups/member/GroupName"),
        ["deployers"]
    );
    assert_eq!(client.refused("GetUser", &[("UserName", "old")]).code, "NoSuchEntity");
    client.credentials = key;
    assert!(client.caller().unwrap().text("Arn").ends_with(":user/ci/new"));
}

#[test]
fn renaming_to_another_users_name_is_refused_and_to_another_case_is_not() {
    let mut client = Client::new();
    client.user("a");
    client.user("b");
    let expected = refused(409, "EntityAlreadyExists", "User with name B already exists.");
    assert_eq!(
        client.refused("UpdateUser", &[("UserName", "a"), ("NewUserName", "B")]),
        expected
    );
    client.ok("UpdateUser", &[("UserName", "a"), ("NewUserName", "A")]);
    assert_eq!(client.ok("ListUsers", &[]).texts("Users/member/UserName"), ["A", "b"]);
}

#[test]
fn get_user_without_a_name_is_the_caller_if_that_is_a_user() {
    let mut client = Client::new();
    client.user("ci");
    let expected = refused(
        400,
        "ValidationError",
        "Must specify userName when calling with non-User credentials",
    );
    assert_eq!(client.refused("GetUser", &[]), expected);
    client.allow("ci", "iam:GetUser");
    client.credentials = client.key_of("ci");
    assert_eq!(client.ok("GetUser", &[]).text("User/UserName"), "ci");
}

#[test]
fn a_user_is_deleted_only_when_nothing_hangs_on_it() {
    let mut client = Client::new();
    client.user("ci");
    client.ok(
        "CreateLoginProfile",
        &[("UserName", "ci"), ("Password", "Correct-Horse-1")],
    );
    let key = client.key_of("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    client.ok("AddUserToGroup", &[("GroupName", "g"), ("UserName", "ci")]);
    let conflict = |message| refused(409, "DeleteConflict", message);
    let ci = ("UserName", "ci");

    let expected = conflict("Cannot delete entity, must delete login profile first.");
    assert_eq!(client.refused("DeleteUser", &[ci]), expected);
    client.ok("DeleteLoginProfile", &[ci]);
    assert_eq!(
        client.refused("DeleteUser", &[ci]),
        conflict("Cannot delete entity, must delete access keys first.")
    );
    client.ok("DeleteAccessKey", &[ci, ("AccessKeyId", &key.access_key_id)]);
    let expected = conflict("Cannot delete entity, must remove users from group first.");
    assert_eq!(client.refused("DeleteUser", &[ci]), expected);
    client.ok("RemoveUserFromGroup", &[("GroupName", "g"), ci]);
    client.ok("DeleteUser", &[ci]);
    assert_eq!(client.refused("GetUser", &[ci]).code, "NoSuchEntity");
}

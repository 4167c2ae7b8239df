//! Groups and memberships.

use crate::client::{Client, refused};

#[test]
fn group_names_are_unique_ignoring_case() {
    let mut client = Client::new();
    let group = client.ok("CreateGroup", &[("GroupName", "Deployers"), ("Path", "/ciuser/")]);
    assert_eq!(
        group.names("Group"),
        ["Path", "GroupName", "GroupId", "Arn", "CreateDate"]
    );
    assert!(group.text("Group/GroupId").starts_with("AGPA"));
    assert!(group.text("Group/Arn").ends_with(":group/ciuser/Deployers"));
    let expected = refused(409, "EntityAlreadyExists", "Group with name deployers already exists.");
    assert_eq!(client.refused("CreateGroup", &[("GroupName", "deployers")]), expected);
}

#[test]
fn an_unknown_group_is_not_found() {
    let mut client = Client::new();
    client.user("ci");
    let expected = refused(404, "NoSuchEntity", "The group with name none cannot be found.");
    let (group, user) = (("GroupName", "none"), ("UserName", "ci"));
    assert_eq!(client.refused("GetGroup", &[group]), expected);
    assert_eq!(client.refused("DeleteGroup", &[group]), expected);
    assert_eq!(client.refused("UpdateGroup", &[group]), expected);
    assert_eq!(client.refused("AddUserToGroup", &[group, user]), expected);
    let expected = refused(404, "NoSuchEntity", "The user with name nobody cannot be found.");
    assert_eq!(
        client.refused("RemoveUserFromGroup", &[group, ("UserName", "nobody")]),
        expected
    );
}

#[test]
fn adding_and_removing_a_member_are_idempotent() {
    let mut client = Client::new();
    client.user("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let both = [("GroupName", "G"), ("UserName", "CI")];
    client.ok("AddUserToGroup", &both);
    client.ok("AddUserToGroup", &both);
    assert_eq!(client.ok("GetGroup", &[both[0]]).texts("Users/member/UserName"), ["ci"]);
    client.ok("RemoveUserFromGroup", &both);
    client.ok("RemoveUserFromGroup", &both);
    assert!(
        client
            .ok("ListGroupsForUser", &[both[1]])
            .texts("Groups/member")
            .is_empty()
    );
}

#[test]
fn a_user_is_in_ten_groups_at_most() {
    let mut client = Client::new();
    client.user("ci");
    for number in 0..11 {
        client.ok("CreateGroup", &[("GroupName", &format!("g{number}"))]);
    }
    for number in 0..10 {
        client.ok(
            "AddUserToGroup",
            &[("GroupName", &format!("g{number}")), ("UserName", "ci")],
        );
    }
    let expected = refused(409, "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10");
    assert_eq!(
        client.refused("AddUserToGroup", &[("GroupName", "g10"), ("UserName", "ci")]),
        expected
    );
    client.ok("AddUserToGroup", &[("GroupName", "g0"), ("UserName", "ci")]);
}

#[test]
fn a_group_with_a_member_is_not_deleted() {
    let mut client = Client::new();
    client.user("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    client.ok("AddUserToGroup", &[("GroupName", "g"), ("UserName", "ci")]);
    let expected = refused(
        409,
        "DeleteConflict",
        "Cannot delete entity, must remove users from group first.",
    );
    assert_eq!(client.refused("DeleteGroup", &[("GroupName", "g")]), expected);
    client.ok("RemoveUserFromGroup", &[("GroupName", "g"), ("UserName", "ci")]);
    client.ok("DeleteGroup", &[("GroupName", "g")]);
}

#[test]
fn a_renamed_group_keeps_id_and_members() {
    let mut client = Client::new();
    client.user("ci");
    let id = client.ok("CreateGroup", &[("GroupName", "old")]).text("Group/GroupId");
    client.ok("CreateGroup", &[("GroupName", "taken")]);
    client.ok("AddUserToGroup", &[("GroupName", "old"), ("UserName", "ci")]);
    let expected = refused(409, "EntityAlreadyExists", "Group with name taken already exists.");
    assert_eq!(
        client.refused("UpdateGroup", &[("GroupName", "old"), ("NewGroupName", "taken")]),
        expected
    );
    client.ok(
        "UpdateGroup",
        &[("GroupName", "old"), ("NewGroupName", "new"), ("NewPath", "/x/")],
    );
    let group = client.ok("GetGroup", &[("GroupName", "new")]);
    assert_eq!(
        (group.text("Group/GroupId"), group.text("Group/Path")),
        (id, "/x/".to_owned())
    );
    assert_eq!(group.texts("Users/member/UserName"), ["ci"]);
}

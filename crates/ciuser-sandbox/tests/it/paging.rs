//! Paging, which is the same for every listing.

use crate::client::{Client, refused};

fn with_users(count: usize) -> Client {
    let mut client = Client::new();
    for number in 0..count {
        client.user(&format!("user-{number:03}"));
    }
    client
}

#[test]
fn a_page_has_100_items_unless_asked_for_otherwise() {
    let mut client = with_users(101);
    let page = client.ok("ListUsers", &[]);
    assert_eq!(page.texts("Users/member").len(), 100);
    assert_eq!(page.text("IsTruncated"), "true");
    let rest = client.ok("ListUsers", &[("Marker", &page.text("Marker"))]);
    assert_eq!(rest.texts("Users/member/UserName"), ["user-100"]);
    assert_eq!(rest.text("IsTruncated"), "false");
    assert!(rest.texts("Marker").is_empty());
}

#[test]
fn max_items_is_heeded_and_pages_are_sorted_and_complete() {
    let mut client = with_users(7);
    let mut names = Vec::new();
    let mut marker = String::new();
    for expected in [3, 3, 1] {
        let mut params = vec![("MaxItems", "3")];
        if !marker.is_empty() {
            params.push(("Marker", &marker));
        }
        let page = client.ok("ListUsers", &params);
        let found = page.texts("Users/member/UserName");
        assert_eq!(found.len(), expected);
        names.extend(found);
        marker = page.texts("Marker").into_iter().next().unwrap_or_default();
    }
    assert_eq!(
        names,
        (0..7).map(|number| format!("user-{number:03}")).collect::<Vec<_>>()
    );
    assert_eq!(marker, "");
}

#[test]
fn deleting_an_item_between_two_pages_makes_no_other_vanish() {
    let mut client = with_users(4);
    let page = client.ok("ListUsers", &[("MaxItems", "2")]);
    client.ok("DeleteUser", &[("UserName", "user-001")]);
    let rest = client.ok("ListUsers", &[("Marker", &page.text("Marker"))]);
    assert_eq!(rest.texts("Users/member/UserName"), ["user-002", "user-003"]);
}

#[test]
fn max_items_outside_1_to_1000_is_refused() {
    let mut client = Client::new();
    let message = |rule: &str| {
        format!(
            "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value {rule}"
        )
    };
    let too_many = refused(400, "ValidationError", &message("less than or equal to 1000"));
    assert_eq!(client.refused("ListUsers", &[("MaxItems", "1001")]), too_many);
    let too_few = refused(400, "ValidationError", &message("greater than or equal to 1"));
    assert_eq!(client.refused("ListUsers", &[("MaxItems", "0")]), too_few);
}

#[test]
fn a_marker_of_nobodys_making_is_refused() {
    let mut client = Client::new();
    let expected = refused(400, "ValidationError", "Invalid Marker.");
    assert_eq!(client.refused("ListUsers", &[("Marker", "next please")]), expected);
}

/// An action, its parameters, and where in the answer its items are.
type Listing<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a str);

#[test]
fn every_listing_takes_max_items() {
    let mut client = with_users(2);
    let user = ("UserName", "user-000");
    for name in ["g1", "g2"] {
        client.ok("CreateGroup", &[("GroupName", name)]);
        client.ok("AddUserToGroup", &[("GroupName", name), user]);
        client.ok("AddUserToGroup", &[("GroupName", name), ("UserName", "user-001")]);
    }
    client.key_of("user-000");
    client.key_of("user-000");
    client.ok(
        "TagUser",
        &[user, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "")],
    );
    client.ok(
        "TagUser",
        &[user, ("Tags.member.1.Key", "b"), ("Tags.member.1.Value", "")],
    );
    let listings: [Listing; 5] = [
        ("ListGroups", vec![], "Groups/member"),
        ("GetGroup", vec![("GroupName", "g1")], "Users/member"),
        ("ListGroupsForUser", vec![user], "Groups/member"),
        ("ListAccessKeys", vec![user], "AccessKeyMetadata/member"),
        ("ListUserTags", vec![user], "Tags/member"),
    ];
    for (action, mut params, list) in listings {
        params.push(("MaxItems", "1"));
        let page = client.ok(action, &params);
        assert_eq!(
            (page.at(list).len(), page.text("IsTruncated").as_str()),
            (1, "true"),
            "{action}"
        );
        let marker = page.text("Marker");
        params.push(("Marker", &marker));
        let rest = client.ok(action, &params);
        assert_eq!(
            (rest.at(list).len(), rest.text("IsTruncated").as_str()),
            (1, "false"),
            "{action}"
        );
    }
}

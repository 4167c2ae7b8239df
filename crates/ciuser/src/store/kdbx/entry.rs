//! The entry of a user: which one it is, what it holds, and how a key gets into it.

use ciuser_core::name::{AccessKeyId, Partition, UserArn};
use ciuser_core::port::{Holdings, KeyOwner};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use keepass::Database;
use keepass::db::{Entry, EntryRef, GroupId, History, Times, fields};

/// The group that new entries go to.
const GROUP: &str = "AWS";

const ACCOUNT: &str = "account";
const ARN: &str = "arn";
const REGION: &str = "region";
const RUN: &str = "run id";

/// Says what the file holds for this user.
pub(super) fn holdings(database: &Database, owner: &KeyOwner) -> Holdings {
    let Some(entry) = find(database, owner) else {
        return Holdings::Nothing;
    };
    match entry.get_username().and_then(|id| AccessKeyId::new(id).ok()) {
        Some(id) => Holdings::Key(id),
        None => Holdings::Foreign {
            what: "an entry of this user without an access key id".to_owned(),
        },
    }
}

/// Returns the secret of this key, be it the user's present key or one of before.
pub(super) fn secret(database: &Database, owner: &KeyOwner, id: &AccessKeyId) -> Option<SecretAccessKey> {
    let entry = find(database, owner)?;
    let before = entry.history.iter().flat_map(|history| history.get_entries());
    let kept = std::iter::once(&*entry)
        .chain(before)
        .find(|version| version.get_username() == Some(id.as_str()))?;
    SecretAccessKey::new(kept.get_password()?.to_owned()).ok()
}

/// Puts the key into the user's entry, making one if there is none; what was there goes into its history. Returns
/// whether anything changed.
pub(super) fn put(database: &mut Database, owner: &KeyOwner, key: &AccessKey) -> bool {
    let Some(found) = find(database, owner).map(|entry| entry.id()) else {
        add(database, owner, key);
        return true;
    };
    let Some(mut entry) = database.entry_mut(found) else {
        return false;
    };
    if holds(&entry, key) {
        return false;
    }
    let history = with_version_before(&entry);
    entry.history = Some(history);
    entry.times.last_modification = Some(Times::now());
    fill(&mut entry, owner, key);
    true
}

/// Throws all entries of the user away, as KeePass programs do: into the recycle bin, with their histories, unless the
/// file is set to have none.
pub(super) fn throw_away(database: &mut Database, owner: &KeyOwner) {
    let bin = database.recycle_bin().map(|bin| bin.id());
    let own = database.iter_all_entries();
    let own = own.filter(|entry| is_of(entry, owner) && !is_inside(database, entry, bin));
    let own: Vec<_> = own.map(|entry| entry.id()).collect();
    let bin = (database.meta.recyclebin_enabled != Some(false)).then(|| bin.unwrap_or_else(|| make_bin(database)));
    for id in own {
        let Some(mut entry) = database.entry_mut(id) else {
            continue;
        };
        match bin {
            Some(bin) if entry.move_to(bin).is_ok() => entry.times.location_changed = Some(Times::now()),
            _ => entry.track_changes().remove(),
        }
    }
}

/// Makes the recycle bin under the name and icon that KeePass programs give it.
fn make_bin(database: &mut Database) -> GroupId {
    const TRASH: usize = 43;
    let mut root = database.root_mut();
    let mut bin = root.add_group();
    bin.name = "Recycle Bin".to_owned();
    bin.set_icon_builtin(TRASH);
    bin.enable_autotype = Some(false);
    bin.enable_searching = Some(false);
    let id = bin.id();
    database.meta.recyclebin_enabled = Some(true);
    database.meta.recyclebin_uuid = Some(id.uuid());
    database.meta.recyclebin_changed = Some(Times::now());
    id
}

/// Finds the user's entry by account and user name, which IAM compares ignoring case. Should a person have made
/// copies of it, the one that was changed last counts.
fn find<'d>(database: &'d Database, owner: &KeyOwner) -> Option<EntryRef<'d>> {
    let bin = database.recycle_bin().map(|bin| bin.id());
    let own = database
        .iter_all_entries()
        .filter(|entry| is_of(entry, owner) && !is_inside(database, entry, bin));
    own.max_by_key(|entry| (entry.times.last_modification, entry.id().uuid()))
}

fn is_of(entry: &Entry, owner: &KeyOwner) -> bool {
    let same_account = entry.get(ACCOUNT) == Some(owner.account.as_str());
    let arn = entry.get(ARN).and_then(|arn| UserArn::new(arn).ok());
    // The path in the ARN may change; the name is unique in the account without it.
    same_account && arn.is_some_and(|arn| arn.user_name().eq_ignore_ascii_case(owner.arn.user_name()))
}

fn is_inside(database: &Database, entry: &EntryRef<'_>, bin: Option<GroupId>) -> bool {
    let mut group = Some(entry.parent().id());
    while let Some(id) = group {
        if Some(id) == bin {
            return true;
        }
        group = database
            .group(id)
            .and_then(|group| group.parent().map(|parent| parent.id()));
    }
    false
}

fn holds(entry: &Entry, key: &AccessKey) -> bool {
    let kept = entry
        .get_password()
        .and_then(|secret| SecretAccessKey::new(secret.to_owned()).ok());
    entry.get_username() == Some(key.id.as_str()) && kept.is_some_and(|kept| kept.same_as(&key.secret))
}

/// Returns the entry's history with the present version as the last: KeePass programs cut it at the front.
fn with_version_before(entry: &Entry) -> History {
    let before = entry.history.iter().flat_map(|history| history.get_entries());
    let mut history = History::default();
    history.add_entry(entry.clone());
    for version in before.rev() {
        // The crate adds at the front.
        history.add_entry(version.clone());
    }
    history
}

fn add(database: &mut Database, owner: &KeyOwner, key: &AccessKey) {
    let group = group(database);
    let Some(mut group) = database.group_mut(group) else {
        return;
    };
    let mut entry = group.add_entry();
    entry.set_unprotected(fields::TITLE, owner.user.as_str());
    entry.set_unprotected(fields::URL, console(&owner.arn));
    fill(&mut entry, owner, key);
}

/// Finds the group, or makes it.
fn group(database: &mut Database) -> GroupId {
    if let Some(group) = database.root().group_by_name(GROUP) {
        return group.id();
    }
    let mut root = database.root_mut();
    let mut group = root.add_group();
    group.name = GROUP.to_owned();
    group.id()
}

fn fill(entry: &mut Entry, owner: &KeyOwner, key: &AccessKey) {
    entry.set_unprotected(fields::USERNAME, key.id.as_str());
    entry.set_protected(fields::PASSWORD, key.secret.expose());
    entry.set_unprotected(ACCOUNT, owner.account.as_str());
    entry.set_unprotected(ARN, owner.arn.as_str());
    entry.set_unprotected(RUN, owner.run.as_str());
    match &owner.region {
        Some(region) => entry.set_unprotected(REGION, region.as_str()),
        None => drop(entry.fields.remove(REGION)),
    }
}

/// Returns where a person signs in, in the user's partition.
fn console(arn: &UserArn) -> &'static str {
    let partition = Partition::of_arn(arn.as_str()).ok();
    match partition.as_ref().map(Partition::as_str) {
        Some("aws-cn") => "https://console.amazonaws.cn/",
        Some("aws-us-gov") => "https://console.amazonaws-us-gov.com/",
        _ => "https://console.aws.amazon.com/",
    }
}

//! Whether two databases hold the same: everything a person put into them, whatever the crate calls it inside.

use keepass::Database;
use keepass::db::{Entry, EntryRef, GroupRef};

/// Tells whether both hold the same groups, entries, histories, attachments, icons and settings.
///
/// Not the crate's own equality: that compares the numbers of attachments too, which change on every save.
pub(super) fn same_content(one: &Database, other: &Database) -> bool {
    one.meta == other.meta
        && one.deleted_objects == other.deleted_objects
        && one.num_groups() == other.num_groups()
        && one.num_entries() == other.num_entries()
        && one.num_custom_icons() == other.num_custom_icons()
        && one
            .iter_all_groups()
            .all(|group| other.group(group.id()).is_some_and(|found| same_group(&group, &found)))
        && one
            .iter_all_entries()
            .all(|entry| other.entry(entry.id()).is_some_and(|found| same_entry(&entry, &found)))
        && one.iter_all_custom_icons().all(|icon| {
            other
                .custom_icon(icon.id())
                .is_some_and(|found| icon.data == found.data && icon.name == found.name)
        })
}

fn same_group(one: &GroupRef<'_>, other: &GroupRef<'_>) -> bool {
    one.name == other.name
        && one.notes == other.notes
        && one.tags == other.tags
        && one.times == other.times
        && one.custom_data == other.custom_data
        && one.enable_autotype == other.enable_autotype
        && one.enable_searching == other.enable_searching
        && one.default_autotype_sequence == other.default_autotype_sequence
        && one.icon() == other.icon()
        && one.group_ids().eq(other.group_ids())
        && one.entry_ids().eq(other.entry_ids())
}

fn same_entry(one: &EntryRef<'_>, other: &EntryRef<'_>) -> bool {
    same_version(one, other) && same_attachments(one, other) && {
        let (before, after) = (versions(one), versions(other));
        before.len() == after.len()
            && before
                .iter()
                .zip(&after)
                .all(|(one, other)| same_version(one, other) && same_attachments(one, other))
    }
}

fn versions<'d>(entry: &'d EntryRef<'d>) -> Vec<EntryRef<'d>> {
    (0..).map_while(|at| entry.historical(at)).collect()
}

fn same_version(one: &Entry, other: &Entry) -> bool {
    one.fields == other.fields
        && one.autotype == other.autotype
        && one.tags == other.tags
        && one.times == other.times
        && one.custom_data == other.custom_data
        && one.foreground_color == other.foreground_color
        && one.background_color == other.background_color
        && one.override_url == other.override_url
        && one.quality_check == other.quality_check
        && one.icon() == other.icon()
}

fn same_attachments(one: &EntryRef<'_>, other: &EntryRef<'_>) -> bool {
    one.attachments_named().count() == other.attachments_named().count()
        && one.attachments_named().all(|(name, attachment)| {
            other
                .attachment_by_name(name)
                .is_some_and(|found| found.data == attachment.data)
        })
}

//! The managed policies' versions before the default ones.
//!
//! They are 29 MB of text, so they are packed in volumes: zstd frames, one behind the other, each with all versions of some
//! policies. The program unpacks the volume that it needs.

use super::managed_policies::{ManagedPolicies, Policy, Version, whole_seconds};
use super::package::MANAGED_POLICIES;
use super::{Error, Made, blob};
use crate::generated::Generated;

const BLOB: &str = "crates/ciuser-policy/data/managed-policy-versions.tsv.zst";
const RECORD: &str = "crates/ciuser-policy/data/managed-policy-versions.toml";

/// A volume is closed once its text is longer than this. One volume for all would be 50 KB shorter, and every question
/// would cost 29 MB of memory.
const VOLUME_BYTES: usize = 1 << 20;

/// Makes the blob and its record.
///
/// Its first frame has a line for each volume: the name of its first policy and the length of its frame. A volume has a line
/// for each version, sorted by policy and number: policy, id, when it was made (empty if that is not known), document.
pub(super) fn make(policies: &ManagedPolicies<'_>) -> Result<Made, Error> {
    let mut shelf = Shelf::default();
    let mut versions = 0;
    for (name, policy) in &policies.0 {
        let lines = policy
            .older_lines(name)
            .map_err(|what| Error::unexpected(*name, what))?;
        versions += lines.len();
        shelf.put(name, &lines.concat())?;
    }
    shelf.close_volume()?;
    let packed = [blob::compress(&shelf.contents)?, shelf.frames].concat();
    let record = [
        blob::record_head("managed-policy-versions.tsv.zst"),
        blob::record_source(&MANAGED_POLICIES, policies.as_of()),
        format!("versions = {versions} # without the default ones\n"),
        blob::record_blob(&packed, shelf.contents.len() + shelf.unpacked),
    ];
    Ok(Made {
        summary: format!("{versions} older versions of them, {} bytes", packed.len()),
        blob: Generated::new(BLOB, packed),
        record: Generated::new(RECORD, record.concat()),
    })
}

/// Volumes as they are filled.
#[derive(Default)]
struct Shelf {
    contents: String,
    frames: Vec<u8>,
    unpacked: usize,
    /// The open volume: its first policy and its text.
    open: Option<(String, String)>,
}

impl Shelf {
    /// Puts the lines of a policy, which may be none, into the open volume.
    fn put(&mut self, policy: &str, lines: &str) -> Result<(), Error> {
        if lines.is_empty() {
            return Ok(());
        }
        let (_, text) = self.open.get_or_insert_with(|| (policy.to_owned(), String::new()));
        text.push_str(lines);
        if text.len() > VOLUME_BYTES {
            self.close_volume()?;
        }
        Ok(())
    }

    fn close_volume(&mut self) -> Result<(), Error> {
        let Some((first, text)) = self.open.take() else {
            return Ok(());
        };
        let frame = blob::compress(&text)?;
        self.contents += &format!("{first}\t{}\n", frame.len());
        self.frames.extend(frame);
        self.unpacked += text.len();
        Ok(())
    }
}

impl Policy<'_> {
    /// Returns a line for each version but the default one, oldest first.
    fn older_lines(&self, name: &str) -> Result<Vec<String>, &'static str> {
        let mut older = Vec::new();
        for (id, version) in &self.versions {
            let number = id.strip_prefix('v').and_then(|number| number.parse::<u32>().ok());
            let number = number.ok_or("a version's id has another form")?;
            if *id != self.latest_version_id {
                older.push((number, *id, version));
            }
        }
        older.sort_unstable_by_key(|(number, ..)| *number);
        older
            .into_iter()
            .map(|(_, id, version)| {
                let created = self.created(id, version)?;
                Ok(format!("{name}\t{id}\t{created}\t{}\n", version.minified()?))
            })
            .collect()
    }

    /// Returns when a version was made, or nothing if that is not known.
    ///
    /// Of versions made since August 2023 the package gives the date at which their policy was made, which can only be
    /// true of the first one.
    fn created(&self, id: &str, version: &Version<'_>) -> Result<String, &'static str> {
        if id != "v1" && version.created_date == self.created_date {
            return Ok(String::new());
        }
        whole_seconds(version.created_date).ok_or("a version's date has another form")
    }
}

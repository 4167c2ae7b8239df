//! A spec as the `ciuser create` command that asks for the same.

use std::collections::BTreeMap;

use ciuser_core::name::{Path, ProjectName};
use ciuser_core::spec::{Attach, Spec, UserSpec, read_provider};
use ciuser_core::target::{CsvFormat, ProviderSpec, Spelling, StoreSpec, Target};

use super::View;
use super::shell::{quoted, wrapped};

/// Why no command says the same as the spec: a file does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsayable {
    /// A flag that is given once, for targets that want it different.
    #[error("the targets differ in `{0}`, and a command says it once for all of them")]
    Differs(&'static str),
    /// A name that a flag would split elsewhere.
    #[error("`{0}` has a `=`, where `{1}` would split it")]
    EqualsSign(String, &'static str),
    /// A place that is not made of the parts that the flag names.
    #[error("`{0}` is not a place that `--deliver` can name")]
    Place(String),
    /// `--seal-identity` without a recipient.
    #[error("flags name an identity of the seal only together with its recipient")]
    Seal,
}

/// Returns the command for one user of the spec. `session` is what the spec does not say: the flags that every command on
/// this account needs, such as `--sandbox`, or `--adopt`.
///
/// # Errors
/// What flags cannot say.
pub(crate) fn command(spec: &Spec, user: &UserSpec, session: &[String], view: &View<'_>) -> Result<String, Unsayable> {
    let mut words = Words::default();
    let name = user.name.as_str();
    let looks_like_a_flag = name.starts_with('-');
    words.group(["ciuser", "create"]);
    if !looks_like_a_flag {
        words.group([name]);
    }
    for word in session.chunk_by(|_, next| !next.starts_with('-')) {
        words.group(word.iter().map(String::as_str));
    }
    words.optional("--expect-account", spec.account.as_ref());
    words.optional("--region", spec.region.as_ref());
    words.optional(
        "--project",
        Some(&spec.project).filter(|project| **project != ProjectName::fallback()),
    );
    permissions(&mut words, user, view)?;
    stores(&mut words, user, view)?;
    deliver(&mut words, user)?;
    match (&spec.seal.recipient, &spec.seal.identity) {
        (Some(recipient), Some(identity)) => {
            words.flag("--seal-recipient", recipient);
            words.flag("--seal-identity", &view.path(identity));
        }
        (None, None) => {}
        _ => return Err(Unsayable::Seal),
    }
    if looks_like_a_flag {
        words.group(["--", name]);
    }
    Ok(wrapped(&words.0))
}

fn permissions(words: &mut Words, user: &UserSpec, view: &View<'_>) -> Result<(), Unsayable> {
    words.optional("--path", Some(&user.path).filter(|path| **path != Path::root()));
    for policy in &user.policies {
        words.flag("--policy", &policy.to_string());
    }
    if user.attach == Attach::Group {
        words.flag("--attach", "group");
    }
    for group in &user.groups {
        words.flag("--group", group.as_str());
    }
    for policy in user.inline.keys() {
        let path = view.document(&user.name, policy);
        words.pair("--inline", policy.as_str(), &path)?;
    }
    words.optional("--boundary", user.boundary.as_ref());
    for tag in &user.tags {
        words.pair("--tag", tag.key.as_str(), tag.value.as_str())?;
    }
    for key in &user.untag {
        words.flag("--untag", key.as_str());
    }
    Ok(())
}

fn stores(words: &mut Words, user: &UserSpec, view: &View<'_>) -> Result<(), Unsayable> {
    if user.stores.is_empty() {
        words.flag("--store", "none");
    }
    let (mut password_files, mut key_files, mut formats) = (Vec::new(), Vec::new(), Vec::new());
    for store in &user.stores {
        let (kind, path) = match store {
            StoreSpec::Kdbx {
                path,
                password_file,
                key_file,
            } => {
                password_files.push(password_file.as_deref());
                key_files.push(key_file.as_deref());
                ("kdbx", path)
            }
            StoreSpec::Csv { path, format } => {
                formats.push(*format);
                ("csv", path)
            }
            other => {
                words.flag("--store", &Target::Store(other.clone()).spelt(|path| view.path(path)));
                continue;
            }
        };
        if view.is_default_store(kind, &user.name, path) {
            words.flag("--store", kind);
        } else {
            words.flag("--store", &format!("{kind}:{}", view.path(path)));
        }
    }
    if let Some(file) = same("--kdbx-password-file", &password_files)?.flatten() {
        words.flag("--kdbx-password-file", &view.path(file));
    }
    if let Some(file) = same("--kdbx-key-file", &key_files)?.flatten() {
        // `new` is a word of its own there.
        let written = Some(view.path(file)).filter(|path| path != "new");
        words.flag("--kdbx-key-file", &written.unwrap_or_else(|| "./new".to_owned()));
    }
    if same("--csv-format", &formats)? == Some(CsvFormat::Console) {
        words.flag("--csv-format", "console");
    }
    Ok(())
}

fn deliver(words: &mut Words, user: &UserSpec) -> Result<(), Unsayable> {
    let (mut restrictions, mut open, mut names, mut urls) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for place in &user.deliver {
        let target = Target::Provider(place.clone());
        names.push(place.names());
        let said = match place {
            ProviderSpec::CircleciContext {
                org,
                context,
                restrict_to,
                expression,
                open: is_open,
                url,
                names,
            } => {
                restrictions.push(restrict_to.as_slice());
                open.push(*is_open);
                urls.push(url.as_deref());
                let alone = ProviderSpec::CircleciContext {
                    org: org.clone(),
                    context: context.clone(),
                    restrict_to: Vec::new(),
                    expression: expression.clone(),
                    open: false,
                    url: None,
                    names: names.clone(),
                };
                Target::Provider(alone).spelt(str::to_owned)
            }
            ProviderSpec::CircleciProject { url, .. } => {
                urls.push(url.as_deref());
                target.to_string()
            }
            _ => target.spelt(str::to_owned),
        };
        if !reads_back(&said, place) {
            return Err(Unsayable::Place(said));
        }
        words.flag("--deliver", &said);
    }
    for project in same("--restrict-to", &restrictions)?.unwrap_or_default() {
        words.flag("--restrict-to", project);
    }
    if same("--open-context", &open)? == Some(true) {
        words.group(["--open-context"]);
    }
    let renamed: BTreeMap<String, String> = same("--variable", &names)?.cloned().unwrap_or_default().into();
    for (variable, name) in &renamed {
        words.pair("--variable", variable, name)?;
    }
    words.optional("--circleci-url", same("--circleci-url", &urls)?.flatten().as_ref());
    Ok(())
}

/// Tells whether a spelling names the same place: a slash or a comma in a name may part it elsewhere.
fn reads_back(said: &str, place: &ProviderSpec) -> bool {
    let read = Spelling::of_provider(said).ok();
    let read = read.and_then(|spelling| read_provider(spelling.into_entry()).ok());
    match (&read, place) {
        (
            Some(ProviderSpec::CircleciContext {
                org,
                context,
                expression,
                ..
            }),
            ProviderSpec::CircleciContext {
                org: our_org,
                context: our_context,
                expression: our_expression,
                ..
            },
        ) => (org, context, expression) == (our_org, our_context, our_expression),
        (Some(read), place) => read.place() == place.place(),
        (None, _) => false,
    }
}

/// Returns what all have in common, `None` of none.
fn same<T: Copy + PartialEq>(flag: &'static str, of: &[T]) -> Result<Option<T>, Unsayable> {
    match of.split_first() {
        None => Ok(None),
        Some((first, others)) if others.iter().all(|other| other == first) => Ok(Some(*first)),
        Some(_) => Err(Unsayable::Differs(flag)),
    }
}

/// The words of a command, quoted; those that belong together in one text.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn group<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        let words: Vec<String> = words.into_iter().map(quoted).collect();
        self.0.push(words.join(" "));
    }

    fn flag(&mut self, flag: &str, value: &str) {
        if value.starts_with('-') {
            self.group([format!("{flag}={value}").as_str()]);
        } else {
            self.group([flag, value]);
        }
    }

    fn optional(&mut self, flag: &str, value: Option<&impl std::fmt::Display>) {
        if let Some(value) = value {
            self.flag(flag, &value.to_string());
        }
    }

    /// `NAME=VALUE` is split at the first `=`.
    fn pair(&mut self, flag: &'static str, name: &str, value: &str) -> Result<(), Unsayable> {
        if name.contains('=') {
            return Err(Unsayable::EqualsSign(name.to_owned(), flag));
        }
        self.flag(flag, &format!("{name}={value}"));
        Ok(())
    }
}

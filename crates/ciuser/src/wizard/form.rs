//! The form: what was typed and chosen, on every page, right or wrong.
//!
//! Texts stay texts until the form becomes flags, so that a page can be left and found again as it was.

use ciuser_core::name::{GroupName, NameError, Path, PolicyArn, ProjectName, TagKey, TagValue, UserName};
use ciuser_core::spec::{Attach, PolicyRef};

/// What was typed and chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// The user's name.
    pub(crate) name: String,
    /// The user's path.
    pub(crate) path: String,
    /// The project that owns the user.
    pub(crate) project: String,
    /// The managed policies, in the order they were chosen.
    pub(crate) policies: Vec<PolicyRef>,
    /// How the policies reach the user.
    pub(crate) attach: Attach,
    /// The groups to be in.
    pub(crate) groups: Vec<GroupName>,
    /// The permissions boundary.
    pub(crate) boundary: Option<PolicyArn>,
    /// The tags; the last row is empty, to type the next one in.
    pub(crate) tags: Vec<TagRow>,
    /// The targets, by kind; an empty row is no target.
    pub(crate) places: Vec<PlaceRow>,
    /// Who may use a context that is made: slugs, or `*` for every project.
    pub(crate) restrict_to: String,
    /// Flags that no page asks for and that stay as they were given, as a person reads them.
    pub(crate) kept: Vec<String>,
}

/// A tag as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TagRow {
    /// The key.
    pub(crate) key: String,
    /// The value.
    pub(crate) value: String,
}

/// A target as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PlaceRow {
    /// Its kind.
    pub(crate) kind: PlaceKind,
    /// Where it is; of another kind, all of it as a flag spells it.
    pub(crate) place: String,
}

impl PlaceRow {
    /// Returns the target as a flag spells it.
    pub(crate) fn spelt(&self) -> String {
        let place = self.place.trim();
        match self.kind.word() {
            Some(word) => format!("{word}:{place}"),
            None => place.to_owned(),
        }
    }
}

/// A kind of target, in the order they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PlaceKind {
    /// A KeePass file.
    Kdbx,
    /// A CSV file.
    Csv,
    /// A vault of 1Password.
    OnePassword,
    /// A store of another kind. There is a row for each that a flag names.
    OtherStore,
    /// A CircleCI context.
    CircleciContext,
    /// The variables of a CircleCI project.
    CircleciProject,
    /// A place of another CI system. There is a row for each that a flag names.
    OtherPlace,
}

/// A text that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The user's name.
    Name,
    /// The user's path.
    Path,
    /// The project.
    Project,
    /// The key of a tag.
    TagKey(usize),
    /// The value of a tag.
    TagValue(usize),
    /// Where a target is.
    Place(usize),
    /// Who may use a new context.
    RestrictTo,
}

impl PlaceKind {
    /// Those that are asked for.
    pub(crate) const ALL: [PlaceKind; 5] = [
        PlaceKind::Kdbx,
        PlaceKind::Csv,
        PlaceKind::OnePassword,
        PlaceKind::CircleciContext,
        PlaceKind::CircleciProject,
    ];

    /// Returns the kind as `--store` and `--deliver` spell it; `None` when the place itself says it.
    pub(crate) fn word(self) -> Option<&'static str> {
        match self {
            PlaceKind::Kdbx => Some("kdbx"),
            PlaceKind::Csv => Some("csv"),
            PlaceKind::OnePassword => Some("1password"),
            PlaceKind::CircleciContext => Some("circleci-context"),
            PlaceKind::CircleciProject => Some("circleci-project"),
            PlaceKind::OtherStore | PlaceKind::OtherPlace => None,
        }
    }

    /// Returns what people call it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            PlaceKind::Kdbx => "KeePass file",
            PlaceKind::Csv => "CSV file",
            PlaceKind::OnePassword => "1Password",
            PlaceKind::CircleciContext => "Context",
            PlaceKind::CircleciProject => "Project",
            PlaceKind::OtherStore => "Other store",
            PlaceKind::OtherPlace => "Other CI",
        }
    }

    /// Tells whether it keeps the key for people.
    pub(crate) fn is_store(self) -> bool {
        matches!(
            self,
            PlaceKind::Kdbx | PlaceKind::Csv | PlaceKind::OnePassword | PlaceKind::OtherStore
        )
    }
}

impl Form {
    /// Returns a text.
    pub(crate) fn text(&self, field: Field) -> &str {
        let text = match field {
            Field::Name => Some(&self.name),
            Field::Path => Some(&self.path),
            Field::Project => Some(&self.project),
            Field::TagKey(row) => self.tags.get(row).map(|tag| &tag.key),
            Field::TagValue(row) => self.tags.get(row).map(|tag| &tag.value),
            Field::Place(row) => self.places.get(row).map(|target| &target.place),
            Field::RestrictTo => Some(&self.restrict_to),
        };
        text.map(String::as_str).unwrap_or_default()
    }

    /// Puts a text in, and makes room for the next row.
    pub(super) fn set(&mut self, field: Field, text: String) {
        let place = match field {
            Field::Name => Some(&mut self.name),
            Field::Path => Some(&mut self.path),
            Field::Project => Some(&mut self.project),
            Field::TagKey(row) => self.tags.get_mut(row).map(|tag| &mut tag.key),
            Field::TagValue(row) => self.tags.get_mut(row).map(|tag| &mut tag.value),
            Field::Place(row) => self.places.get_mut(row).map(|target| &mut target.place),
            Field::RestrictTo => Some(&mut self.restrict_to),
        };
        if let Some(place) = place {
            *place = text;
        }
        self.make_room();
    }

    /// Sees to it that there is an empty row wherever one more can be typed.
    pub(crate) fn make_room(&mut self) {
        if self.tags.last().is_none_or(|tag| !tag.is_empty()) && self.tags.len() < 48 {
            self.tags.push(TagRow::default());
        }
        for kind in PlaceKind::ALL {
            let mut of_kind = self.places.iter().filter(|row| row.kind == kind);
            let enough = if kind.is_store() {
                of_kind.next().is_some()
            } else {
                of_kind.any(|row| row.place.is_empty())
            };
            if !enough {
                let after = self.places.iter().filter(|row| row.kind <= kind).count();
                let place = String::new();
                self.places.insert(after, PlaceRow { kind, place });
            }
        }
    }

    /// Takes empty rows away, except where one more can be typed.
    pub(super) fn close_ranks(&mut self) {
        self.tags.retain(|tag| !tag.is_empty());
        self.places.retain(|row| !row.place.trim().is_empty());
        self.make_room();
    }

    /// Returns the targets that are named.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &PlaceRow> + Clone {
        self.places.iter().filter(|row| !row.place.trim().is_empty())
    }

    /// Returns what is wrong with a text, if anything is.
    pub(crate) fn problem(&self, field: Field) -> Option<String> {
        match field {
            Field::Name => rule(UserName::new(&self.name)),
            Field::Path => rule(Path::new(&self.path)),
            Field::Project => rule(ProjectName::new(&self.project)),
            Field::TagKey(row) => self.key_problem(row),
            Field::TagValue(row) => rule(TagValue::new(&self.tags.get(row)?.value)),
            Field::RestrictTo => {
                let (slugs, open) = restriction(&self.restrict_to);
                (open && !slugs.is_empty()).then(|| "either projects, or `*` for all of them".to_owned())
            }
            Field::Place(_) => None,
        }
    }

    fn key_problem(&self, row: usize) -> Option<String> {
        let tag = self.tags.get(row).filter(|tag| !tag.is_empty())?;
        let key = match TagKey::new(&tag.key) {
            Ok(key) => key,
            Err(error) => return Some(error.rule.to_owned()),
        };
        if key.is_own() {
            return Some("keys that begin with `ciuser:` are ciuser's own".to_owned());
        }
        let mut earlier = self.tags.iter().take(row);
        let twice = earlier.any(|other| TagKey::new(&other.key).is_ok_and(|other| other.same_as(&key)));
        twice.then(|| "this key is there already; IAM ignores case in the tag keys of users".to_owned())
    }
}

/// Returns the projects that a context is restricted to, and whether it is left open on purpose.
pub(crate) fn restriction(text: &str) -> (Vec<String>, bool) {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let slugs = words.clone().filter(|word| *word != "*").map(str::to_owned);
    (slugs.collect(), words.clone().any(|word| word == "*"))
}

fn rule<T>(checked: Result<T, NameError>) -> Option<String> {
    checked.err().map(|error| error.rule.to_owned())
}

impl TagRow {
    /// Tells whether nothing is typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.key.is_empty() && self.value.is_empty()
    }
}

//! The forms that ARNs of resource types have, and whether a pattern may match such an ARN.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::arn;
use crate::catalogue::reference::{Action, AuthorizationReference};
use crate::contain::may_match_alike;
use crate::document::Version;
use crate::pattern::Pattern;

/// One form of a resource type's ARNs: `arn:${Partition}:s3:::${BucketName}`.
pub(super) struct Form {
    /// The form as AWS writes it.
    pub(super) text: &'static str,
    /// What stands for the region: empty, or something.
    pub(super) region: &'static str,
    /// What stands for the account.
    pub(super) account: &'static str,
    /// The characters of the resource before its first variable.
    start: &'static str,
    /// One such ARN.
    sample: String,
    pattern: Pattern,
    /// The same form for what is no name of this kind: the name of a bucket has no slash.
    beyond: Vec<Pattern>,
}

/// The forms that name one service, read when they are first asked for.
struct OfService {
    /// Each with the service whose resource type has it.
    texts: Vec<(&'static str, &'static str)>,
    forms: OnceLock<Vec<Form>>,
}

/// Returns the forms of the ARNs that name a service, as `s3`.
pub(super) fn forms_of(service: &str) -> &'static [Form] {
    let Some(of_service) = by_service().get(service) else {
        return &[];
    };
    of_service.forms.get_or_init(|| {
        let texts = of_service.texts.iter();
        texts.filter_map(|(text, own)| Form::read(text, own)).collect()
    })
}

/// Returns the services that ARNs name.
pub(super) fn services() -> impl Iterator<Item = &'static str> {
    by_service().keys().copied()
}

/// Returns the forms of the resources that an action takes; none if it takes none.
pub(super) fn forms_for(action: Action) -> impl Iterator<Item = &'static Form> {
    let own = action.service().prefix();
    let types = action.resources().map(|resource| resource.resource_type());
    types.flat_map(|of_type| of_type.arn_formats()).filter_map(move |text| {
        let mut forms = forms_of(service_of(text, own)).iter();
        forms.find(|form| form.text == text)
    })
}

/// All forms by the service that they name.
fn by_service() -> &'static HashMap<&'static str, OfService> {
    static FORMS: OnceLock<HashMap<&'static str, OfService>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut all: HashMap<&'static str, OfService> = HashMap::new();
        for service in AuthorizationReference::embedded().services() {
            let own = service.prefix();
            for text in service.resource_types().flat_map(|of_type| of_type.arn_formats()) {
                let of_service = all.entry(service_of(text, own)).or_insert_with(|| OfService {
                    texts: Vec::new(),
                    forms: OnceLock::new(),
                });
                if !of_service.texts.iter().any(|(known, _)| *known == text) {
                    of_service.texts.push((text, own));
                }
            }
        }
        all
    })
}

/// Returns the service that a form names; where that is a variable, the one whose form it is.
fn service_of(format: &'static str, own: &'static str) -> &'static str {
    let service = format.split(':').nth(2).unwrap_or_default();
    if service.starts_with("${") { own } else { service }
}

impl Form {
    fn read(text: &'static str, service: &'static str) -> Option<Self> {
        let parts = arn::parts(text);
        let [_, _, _, region, account, resource] = parts.as_slice() else {
            return None;
        };
        let of_service = text.replacen("${Vendor}", service, 1);
        let pattern = Pattern::resource(&without_variables(&of_service, "*"), Version::V2008)?;
        let beyond = of_service
            .strip_suffix("${BucketName}")
            .map(|start| format!("{start}*/*"));
        let beyond = beyond.and_then(|text| Pattern::resource(&without_variables(&text, "*"), Version::V2008));
        Some(Self {
            text,
            region,
            account,
            start: resource.split(['$', '*']).next().unwrap_or_default(),
            sample: pattern.sample().unwrap_or_default(),
            pattern,
            beyond: beyond.into_iter().collect(),
        })
    }

    /// Returns whether a pattern of a policy may match an ARN of this form.
    pub(super) fn may_be(&self, written: &WrittenArn<'_>) -> bool {
        if !self.start.starts_with(written.start) && !written.start.starts_with(self.start) {
            return false;
        }
        // An example proves it; without one it is looked for.
        let is_of_form = |sample: &str| {
            let is_beyond = self.beyond.iter().any(|beyond| beyond.matches_as_it_is(sample));
            self.pattern.matches_as_it_is(sample) && !is_beyond
        };
        written.sample.as_deref().is_some_and(is_of_form)
            || (written.sample.is_some() && written.pattern.matches_as_it_is(&self.sample))
            || may_match_alike(&written.pattern, &self.pattern, &self.beyond)
    }
}

/// A value of `Resource` as far as its form goes.
pub(super) struct WrittenArn<'a> {
    pub(super) parts: Vec<&'a str>,
    /// The characters of the resource before the first that stands for others.
    pub(super) start: &'a str,
    /// One ARN that it matches; nothing if it has variables.
    sample: Option<String>,
    pattern: Pattern,
}

impl<'a> WrittenArn<'a> {
    /// Reads a value; nothing for one that is no ARN, and for `*`.
    pub(super) fn read(text: &'a str, language: Version) -> Option<Self> {
        let parts = arn::parts(text);
        let resource = parts.get(5).copied().unwrap_or_default();
        let pattern = Pattern::resource(text, language).filter(|_| text.starts_with("arn:"))?;
        Some(Self {
            start: resource.split(['$', '*', '?']).next().unwrap_or_default(),
            sample: pattern.sample(),
            pattern,
            parts,
        })
    }

    /// Returns the ARN with any region and account.
    pub(super) fn anywhere(&self, language: Version) -> Option<Self> {
        let [arn, partition, service, _, _, resource] = self.parts.as_slice() else {
            return None;
        };
        let pattern = Pattern::resource(&format!("{arn}:{partition}:{service}:*:*:{resource}"), language)?;
        Some(Self {
            sample: pattern.sample(),
            pattern,
            parts: self.parts.clone(),
            start: self.start,
        })
    }

    /// Returns whether it names all that a service has: `arn:aws:s3:::*`.
    pub(super) fn is_all_of(&self, service: &str) -> bool {
        let ends_anyhow = match self.parts.as_slice() {
            [_, _, _, _, _, resource] => *resource == "*",
            [.., last] => *last == "*",
            [] => false,
        };
        ends_anyhow && self.service() == Some(service)
    }

    /// Returns the service that it names; nothing if that is a pattern.
    pub(super) fn service(&self) -> Option<&'a str> {
        let service = self.parts.get(2).copied()?;
        (!service.contains(['*', '?', '$'])).then_some(service)
    }
}

/// Puts something in the place of each `${...}`.
pub(super) fn without_variables(format: &str, filling: &str) -> String {
    let mut filled = String::with_capacity(format.len());
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once("${") {
        filled += before;
        filled += filling;
        rest = behind.split_once('}').map_or("", |(_, behind)| behind);
    }
    filled + rest
}

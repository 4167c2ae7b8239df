//! Actions and resources that there are, for requests that are shown to people.

use super::action::Class;
use crate::catalogue::reference::{Action, AuthorizationReference};
use crate::request::Context;
use crate::rule::Texts;
use crate::truth::Truth;

/// As many actions of a class are tried out.
const AT_MOST: usize = 40;

/// Returns actions of a class that AWS has, those first that are most likely meant: of the service that the class was
/// found with.
pub(super) fn actions(class: &Class, elements: &[&Texts]) -> Vec<Action> {
    let reference = AuthorizationReference::embedded();
    let service = class.action.split_once(':').map_or("", |(service, _)| service);
    let of_class = |action: &Action| {
        let name = action.to_string().to_ascii_lowercase();
        let named_by = class.named_by.iter().zip(elements);
        named_by
            .into_iter()
            .all(|(named, element)| (element.hold(&name, &Context::default()) == Truth::Yes) == *named)
    };
    match reference.service(service) {
        Some(service) => service.actions().filter(of_class).take(AT_MOST).collect(),
        None => reference.actions().filter(of_class).take(AT_MOST).collect(),
    }
}

/// Returns resources that an action may be about: an ARN in each form that its resource types have, `*` if it takes none.
pub(super) fn resources(action: Action) -> Vec<String> {
    if !action.takes_resources() {
        return vec!["*".to_owned()];
    }
    let types = action.resources().map(|resource| resource.resource_type());
    types.flat_map(|of_type| of_type.arn_formats()).map(filled_in).collect()
}

/// Puts something in the place of what varies in the form of an ARN: `arn:${Partition}:s3:::${BucketName}`.
fn filled_in(format: &str) -> String {
    let mut filled = String::with_capacity(format.len());
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once("${") {
        filled += before;
        let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
        match name {
            "Partition" => filled += "aws",
            "Region" => filled += "eu-west-1",
            "Account" => filled += "111122223333",
            other => {
                filled += "some-";
                filled += &other.to_lowercase();
            }
        }
        rest = behind;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::filled_in;

    #[test]
    fn the_form_of_an_arn_becomes_an_arn() {
        assert_eq!(
            filled_in("arn:${Partition}:s3:::${BucketName}/${ObjectName}"),
            "arn:aws:s3:::some-bucketname/some-objectname"
        );
        assert_eq!(
            filled_in("arn:${Partition}:sns:${Region}:${Account}:${TopicName}"),
            "arn:aws:sns:eu-west-1:111122223333:some-topicname"
        );
        assert_eq!(filled_in("*"), "*");
    }
}

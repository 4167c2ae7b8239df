//! Ranges of addresses: what is behind their length, and private ones where only public ones are seen.

use super::check::Check;
use super::examined::{Asked, Examined};
use super::finding::Findings;
use crate::condition::{Comparison, Network};
use crate::document::Span;

const ADDRESSES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress";
const SOURCE_IP: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip";

static BITS_BEHIND: Check = Check::suggestion(
    "network-bits-behind",
    "A range of addresses has bits behind its length, which do not count",
    "bits that do not count",
)
.found_by(&["Improve IP range"])
.help(ADDRESSES);

static PRIVATE_SOURCE: Check = Check::error(
    "private-source-ip",
    "`aws:SourceIp` is compared with private addresses only, which AWS never sees there",
    "private",
)
.found_by(&["Private IP address", "Private NotIpAddress"])
.help(SOURCE_IP);

static SOME_PRIVATE_SOURCES: Check = Check::suggestion(
    "some-private-source-ips",
    "`aws:SourceIp` is also compared with private addresses, which AWS never sees there",
    "private",
)
.found_by(&["Private IP address subset", "Private NotIpAddress subset"])
.help(SOURCE_IP);

pub(super) static CHECKS: &[&Check] = &[&BITS_BEHIND, &PRIVATE_SOURCE, &SOME_PRIVATE_SOURCES];

/// Addresses that are not seen on the internet: RFC 1918, RFC 6598, RFC 3927, loopback; RFC 4193, RFC 4291.
const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1",
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in &examined.asked {
        let comparison = asked.operator.map(|operator| operator.comparison);
        if comparison != Some(Comparison::Network) {
            continue;
        }
        let networks = asked
            .texts()
            .filter_map(|(text, span)| Some((Network::read(text)?, text, span)));
        let networks: Vec<_> = networks.collect();
        for (network, text, span) in &networks {
            bits_behind(*network, text, *span, findings);
        }
        if asked.is_about("aws:sourceip") {
            private(asked, &networks, findings);
        }
    }
}

fn bits_behind(network: Network, text: &str, span: Span, findings: &mut Findings) {
    let Some((address, length)) = text.split_once('/') else {
        return;
    };
    if address.parse() != Ok(network.first()) {
        findings
            .add(
                &BITS_BEHIND,
                span,
                format!("`{text}` has bits behind its length, which do not count"),
            )
            .hint(format!("write `{}/{length}`", network.first()));
    }
}

fn private(asked: &Asked<'_>, networks: &[(Network, &str, Span)], findings: &mut Findings) {
    let is_private = |network: Network| {
        let ranges = PRIVATE.iter().filter_map(|range| Network::read(range));
        ranges.into_iter().any(|range| range.covers(network))
    };
    let private: Vec<_> = networks.iter().filter(|(network, ..)| is_private(*network)).collect();
    let Some((_, first, span)) = private.first() else {
        return;
    };
    if private.len() == asked.values.len() {
        let is_negated = asked.operator.is_some_and(|operator| operator.negated);
        let consequence = if is_negated { "always holds" } else { "never holds" };
        let message = format!(
            "`{first}` is private, and `{}` is a public address: the condition {consequence}",
            asked.key.value
        );
        let finding = findings.add(&PRIVATE_SOURCE, *span, message);
        finding.hint("use `aws:VpcSourceIp` with `aws:SourceVpc` for addresses in a VPC");
        for (_, _, span) in private.iter().skip(1) {
            finding.also(*span, "private, too");
        }
        return;
    }
    for (_, text, span) in private {
        findings
            .add(
                &SOME_PRIVATE_SOURCES,
                *span,
                format!("`{text}` is private, and `{}` is a public address", asked.key.value),
            )
            .hint("use `aws:VpcSourceIp` with `aws:SourceVpc` for addresses in a VPC");
    }
}

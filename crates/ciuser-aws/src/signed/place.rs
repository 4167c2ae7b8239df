//! Where a service answers, and for which region its requests are signed.

use aws_types::SdkConfig;
use ciuser_core::port::IamError;

use crate::{endpoint, error};

/// The start of the regions of a partition, the region that has IAM's events, the domain, and the domain of dual-stack
/// endpoints. From the SDK's partition data and the region that IAM's own endpoint is signed for.
const PARTITIONS: [Partition; 8] = [
    Partition(
        "cn-",
        "cn-north-1",
        "amazonaws.com.cn",
        Some("api.amazonwebservices.com.cn"),
    ),
    Partition("us-gov-", "us-gov-west-1", "amazonaws.com", Some("api.aws")),
    Partition(
        "eusc-",
        "eusc-de-east-1",
        "amazonaws.eu",
        Some("api.amazonwebservices.eu"),
    ),
    Partition("us-iso-", "us-iso-east-1", "c2s.ic.gov", None),
    Partition("us-isob-", "us-isob-east-1", "sc2s.sgov.gov", None),
    Partition("us-isof-", "us-isof-south-1", "csp.hci.ic.gov", None),
    Partition("eu-isoe-", "eu-isoe-west-1", "cloud.adc-e.uk", None),
    Partition("", "us-east-1", "amazonaws.com", Some("api.aws")),
];

struct Partition(&'static str, &'static str, &'static str, Option<&'static str>);

impl Partition {
    fn of(region: &str) -> &'static Partition {
        let [.., rest] = &PARTITIONS;
        let found = PARTITIONS.iter().find(|partition| region.starts_with(partition.0));
        found.unwrap_or(rest)
    }
}

/// A service that speaks the protocol.
pub(crate) struct Service {
    /// The id by which the configuration names it.
    pub(crate) id: &'static str,
    /// The start of its hosts, and the name that requests are signed with.
    pub(crate) name: &'static str,
    /// Whether its ordinary endpoints in GovCloud are the FIPS ones, and there are no others.
    pub(crate) fips_in_gov: bool,
}

/// The endpoint, and what requests are signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) region: String,
    pub(crate) service: &'static str,
}

impl Place {
    /// Finds a service in a region. An endpoint that was configured is taken as it is.
    pub(crate) fn of(config: &SdkConfig, service: &Service, region: &str) -> Result<Place, IamError> {
        let [fips, dual] = [config.use_fips(), config.use_dual_stack()].map(Option::unwrap_or_default);
        let url = match endpoint::configured(config, service.id) {
            None => Ok(url(service, region, fips, dual)),
            Some(url) if endpoint::is_endpoint(&url) => Ok(format!("{}/", url.trim_end_matches('/'))),
            Some(url) => Err(error::unaskable(format!(
                "the endpoint URL `{url}` is none: it needs `http://` or `https://`, and a host"
            ))),
        };
        Ok(Place {
            url: url?,
            region: region.to_owned(),
            service: service.name,
        })
    }

    /// Finds a service in the region in which a partition keeps the events of IAM, whichever region the session is in.
    pub(crate) fn of_events(config: &SdkConfig, service: &Service) -> Result<Place, IamError> {
        let Partition(_, home, ..) = Partition::of(config.region().map_or("", AsRef::as_ref));
        Place::of(config, service, home)
    }
}

fn url(service: &Service, region: &str, fips: bool, dual: bool) -> String {
    let Partition(_, _, domain, dual_domain) = Partition::of(region);
    let domain = dual_domain.filter(|_| dual).unwrap_or(domain);
    let ordinary = !fips || (service.fips_in_gov && !dual && region.starts_with("us-gov-"));
    let fips = if ordinary { "" } else { "-fips" };
    format!("https://{}{fips}.{region}.{domain}/", service.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAIL: Service = Service {
        id: "CloudTrail",
        name: "cloudtrail",
        fips_in_gov: true,
    };
    const SECRETS: Service = Service {
        id: "Secrets Manager",
        name: "secretsmanager",
        fips_in_gov: false,
    };

    #[test]
    fn each_partition_has_its_own_domain() {
        for (region, host) in [
            ("eu-west-1", "secretsmanager.eu-west-1.amazonaws.com"),
            ("cn-northwest-1", "secretsmanager.cn-northwest-1.amazonaws.com.cn"),
            ("eusc-de-east-1", "secretsmanager.eusc-de-east-1.amazonaws.eu"),
            ("us-isob-east-1", "secretsmanager.us-isob-east-1.sc2s.sgov.gov"),
        ] {
            assert_eq!(url(&SECRETS, region, false, false), format!("https://{host}/"));
        }
    }

    #[test]
    fn who_asks_for_fips_or_dual_stack_gets_it() {
        for (service, region, fips, dual, host) in [
            (
                &TRAIL,
                "us-east-1",
                true,
                false,
                "cloudtrail-fips.us-east-1.amazonaws.com",
            ),
            (
                &TRAIL,
                "us-gov-west-1",
                true,
                false,
                "cloudtrail.us-gov-west-1.amazonaws.com",
            ),
            (
                &SECRETS,
                "us-gov-west-1",
                true,
                false,
                "secretsmanager-fips.us-gov-west-1.amazonaws.com",
            ),
            (&SECRETS, "eu-west-1", false, true, "secretsmanager.eu-west-1.api.aws"),
            (
                &SECRETS,
                "us-east-1",
                true,
                true,
                "secretsmanager-fips.us-east-1.api.aws",
            ),
            (
                &SECRETS,
                "us-iso-east-1",
                false,
                true,
                "secretsmanager.us-iso-east-1.c2s.ic.gov",
            ),
        ] {
            assert_eq!(url(service, region, fips, dual), format!("https://{host}/"));
        }
    }
}

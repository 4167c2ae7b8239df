//! Where CloudTrail keeps the events of IAM: in one region of each partition, whichever region the session is in.

use aws_types::SdkConfig;
use ciuser_core::port::IamError;

use crate::{endpoint, error};

/// The start of the regions of a partition, the region that has IAM's events, and the domain. From the SDK's partition
/// data and the region that IAM's own endpoint is signed for.
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("cn-", "cn-north-1", "amazonaws.com.cn"),
    ("us-gov-", GOV, "amazonaws.com"),
    ("eusc-", "eusc-de-east-1", "amazonaws.eu"),
    ("us-iso-", "us-iso-east-1", "c2s.ic.gov"),
    ("us-isob-", "us-isob-east-1", "sc2s.sgov.gov"),
    ("us-isof-", "us-isof-south-1", "csp.hci.ic.gov"),
    ("eu-isoe-", "eu-isoe-west-1", "cloud.adc-e.uk"),
];

const GOV: &str = "us-gov-west-1";

/// The endpoint, and the region that requests are signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) url: String,
    pub(super) region: &'static str,
}

impl Place {
    /// Finds the place for a session. An endpoint that was configured is taken as it is.
    pub(super) fn of(config: &SdkConfig) -> Result<Place, IamError> {
        let place = Place::in_aws(
            config.region().map_or("", AsRef::as_ref),
            config.use_fips().unwrap_or_default(),
        );
        match endpoint::configured(config, "CloudTrail") {
            None => Ok(place),
            Some(url) if endpoint::is_endpoint(&url) => Ok(Place {
                url: format!("{}/", url.trim_end_matches('/')),
                ..place
            }),
            Some(url) => Err(error::unaskable(format!(
                "the endpoint URL `{url}` is none: it needs `http://` or `https://`, and a host"
            ))),
        }
    }

    fn in_aws(region: &str, fips: bool) -> Place {
        let partition = PARTITIONS.iter().find(|(start, _, _)| region.starts_with(start));
        let (region, domain) = partition.map_or(("us-east-1", "amazonaws.com"), |(_, home, domain)| (*home, *domain));
        // In GovCloud the ordinary endpoint is the FIPS one.
        let service = if fips && region != GOV {
            "cloudtrail-fips"
        } else {
            "cloudtrail"
        };
        Place {
            url: format!("https://{service}.{region}.{domain}/"),
            region,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_fips_gets_it() {
        for (region, url) in [
            ("eu-west-1", "https://cloudtrail-fips.us-east-1.amazonaws.com/"),
            ("us-gov-east-1", "https://cloudtrail.us-gov-west-1.amazonaws.com/"),
        ] {
            assert_eq!(Place::in_aws(region, true).url, url);
        }
    }
}

//! Addresses of the Internet Protocol, and ranges of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses, `203.0.113.0/24`; a single one is a range, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Network {
    first: IpAddr,
    last: IpAddr,
}

impl Network {
    /// Reads a range; without a length it is one address.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => {
                let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
                (address, Some(digits.then(|| length.parse::<u32>().ok())??))
            }
            None => (text, None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => {
                let free = 32_u32.checked_sub(length.unwrap_or(32))?;
                let within = u32::MAX.checked_shr(32 - free).unwrap_or(0);
                let first = u32::from(address) & !within;
                Some(Self {
                    first: Ipv4Addr::from(first).into(),
                    last: Ipv4Addr::from(first | within).into(),
                })
            }
            IpAddr::V6(address) => {
                let free = 128_u32.checked_sub(length.unwrap_or(128))?;
                let within = u128::MAX.checked_shr(128 - free).unwrap_or(0);
                let first = u128::from(address) & !within;
                Some(Self {
                    first: Ipv6Addr::from(first).into(),
                    last: Ipv6Addr::from(first | within).into(),
                })
            }
        }
    }

    /// Returns its first address.
    pub(crate) fn first(self) -> IpAddr {
        self.first
    }

    /// Returns whether the other range lies in this one.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.contains(other.first) && self.contains(other.last)
    }

    /// Returns whether the address is in the range. No address of one version is in a range of the other.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && (self.first..=self.last).contains(&address)
    }

    /// Returns the addresses at the edges of the range, on both sides of them.
    pub(crate) fn edges(self) -> Vec<IpAddr> {
        let mut edges = vec![self.first, self.last];
        edges.extend(neighbour(self.first, false));
        edges.extend(neighbour(self.last, true));
        edges
    }
}

fn neighbour(address: IpAddr, next: bool) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            let number = u32::from(address);
            let number = if next {
                number.checked_add(1)
            } else {
                number.checked_sub(1)
            };
            number.map(|number| Ipv4Addr::from(number).into())
        }
        IpAddr::V6(address) => {
            let number = u128::from(address);
            let number = if next {
                number.checked_add(1)
            } else {
                number.checked_sub(1)
            };
            number.map(|number| Ipv6Addr::from(number).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn contains(network: &str, address: &str) -> bool {
        Network::read(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_is_what_its_length_says_whatever_address_of_it_is_written() {
        assert!(contains("203.0.113.7/24", "203.0.113.255"));
        assert!(!contains("203.0.113.7/24", "203.0.114.0"));
        assert!(contains("203.0.113.7", "203.0.113.7"));
        assert!(!contains("203.0.113.7", "203.0.113.8"));
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(contains("::/0", "ffff::"));
    }

    #[test]
    fn the_two_versions_never_meet() {
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(!contains("::/0", "1.2.3.4"));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in [
            "",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/+1",
            "::/129",
            "example.org",
        ] {
            assert_eq!(Network::read(text), None, "{text}");
        }
    }
}

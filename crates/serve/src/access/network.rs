//! Addresses, as those of one client or of one network are taken together.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What limits are kept for: an IPv4 address, or the IPv6 network that one client has.
///
/// Whoever has one IPv6 address has the 2^64 of its network: they count as one. An IPv4 address that was
/// mapped into IPv6 is what it is.
pub(crate) fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// An address, or the addresses that begin alike: `10.0.0.7`, `10.0.0.0/24`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether `address` is one of them.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address = |text: &str| text.parse::<IpAddr>().map(|address| address.to_canonical().into());
        text.parse().or_else(|_| address(text)).map(Self).map_err(|_| {
            format!(
                "\"{text}\" is no address and no network; expected one as 10.0.0.7, 10.0.0.0/24 or fd00::/8"
            )
        })
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(formatter)
        } else {
            self.0.fmt(formatter)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{Network, client_of};

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_network_is_one_client() {
        assert_eq!(client_of(address("2001:db8::1")), client_of(address("2001:db8::ffff:1")));
        assert_ne!(client_of(address("2001:db8::1")), client_of(address("2001:db8:0:1::1")));
        assert_eq!(client_of(address("::ffff:10.0.0.1")), address("10.0.0.1"));
        assert_ne!(client_of(address("10.0.0.1")), client_of(address("10.0.0.2")));
    }

    #[test]
    fn networks_have_the_addresses_that_begin_alike() {
        for (network, within, without) in [
            ("10.0.0.7", "10.0.0.7", "10.0.0.8"),
            ("10.0.0.0/24", "10.0.0.255", "10.0.1.0"),
            ("10.0.0.9/24", "10.0.0.1", "10.0.1.9"),
            ("0.0.0.0/0", "203.0.113.1", "2001:db8::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
            ("::ffff:10.0.0.7", "10.0.0.7", "10.0.0.8"),
            ("::1", "::1", "127.0.0.1"),
            ("fd00::/8", "fdff::1", "fe80::1"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(parsed.has(address(within)) && !parsed.has(address(without)), "{network}");
            assert_eq!(parsed.to_string().parse(), Ok(parsed));
        }
        for wrong in
            ["", "10.0.0", "10.0.0.0/33", "fd00::/129", "proxy.example", "10.0.0.7:80", "10.0.0.0/-1"]
        {
            assert!(wrong.parse::<Network>().unwrap_err().contains("10.0.0.0/24"), "{wrong}");
        }
    }
}

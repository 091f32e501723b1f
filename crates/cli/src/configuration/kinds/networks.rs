//! Addresses and networks.

use std::net::IpAddr;

use ipnet::IpNet;
use vestibule::server::TrustedProxies;

use super::{Form, Kind, Problem, Raw, Shape, no, read_items};

/// [`TrustedProxies`].
#[derive(Debug)]
pub(in super::super) struct Networks;

impl Form for Networks {
    fn form(&self) -> String {
        "list of IP addresses and networks".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for Networks {
    type Value = TrustedProxies;

    fn read(&self, raw: &Raw) -> Result<TrustedProxies, Problem> {
        let expected = "an address such as 10.0.0.7 or a network such as 10.0.0.0/8, and not the whole internet";
        // Checked one by one, to name the wrong item.
        read_items(raw, expected, |item| TrustedProxies::new([item]).ok())?;
        TrustedProxies::new(raw.items()).map_err(|error| no(&error.text, expected))
    }
}

/// A list of any networks.
#[derive(Debug)]
pub(in super::super) struct NetworkList;

impl Form for NetworkList {
    fn form(&self) -> String {
        "list of IP addresses and networks".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for NetworkList {
    type Value = Vec<IpNet>;

    fn read(&self, raw: &Raw) -> Result<Vec<IpNet>, Problem> {
        read_items(raw, "an address such as 10.0.0.7 or a network such as 10.0.0.0/8", |item| {
            let alone = || item.parse::<IpAddr>().ok().map(IpNet::from);
            item.parse().ok().or_else(alone)
        })
    }
}

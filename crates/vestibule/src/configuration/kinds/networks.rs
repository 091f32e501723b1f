//! Addresses and networks.

use vestibule_http::server::TrustedProxies;

use super::{Form, Kind, Problem, Raw, Shape, no};

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
        TrustedProxies::new(raw.items()).map_err(|error| {
            no(&error.text, "an address such as 10.0.0.7 or a network such as 10.0.0.0/8, and not the whole internet")
        })
    }
}

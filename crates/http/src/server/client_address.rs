//! From which address a request comes.

use std::net::IpAddr;

/// The address of whoever asks, found among a request's extensions. (Interim: the slice `audit` fills it in.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

//! The site for which passkeys are.

use url::{Host, Url};
use webauthn_rp::request::{AsciiDomain, RpId};

/// The site for which passkeys are: browsers and authenticators use a passkey nowhere else.
#[derive(Debug)]
pub struct RelyingParty {
    pub(crate) id: RpId,
    /// The one origin from which answers are accepted.
    pub(crate) origin: String,
    pub(crate) name: String,
}

/// Why a URL cannot be that of a site with passkeys. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRelyingParty(String);

impl RelyingParty {
    /// The site at a public URL, such as `https://people.example.com`. Its host becomes the relying party's id, its origin
    /// the only one that is accepted. `name` is what browsers may display.
    ///
    /// # Errors
    ///
    /// [`InvalidRelyingParty`] where browsers have no passkeys: at an address in place of a name, and without https, except
    /// on localhost.
    pub fn new(public_url: &str, name: &str) -> Result<Self, InvalidRelyingParty> {
        let invalid = |why: &str| InvalidRelyingParty(format!("{public_url} cannot have passkeys: {why}"));
        let url: Url = public_url.parse().map_err(|_| invalid("it is not a URL"))?;
        let Some(Host::Domain(host)) = url.host() else {
            return Err(invalid("browsers need a host name, not an address"));
        };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        if url.scheme() != "https" && !(url.scheme() == "http" && is_local) {
            return Err(invalid("browsers need https, except on localhost"));
        }
        let domain = AsciiDomain::try_from(host.to_owned()).map_err(|_| invalid("its host is not a domain name"))?;
        Ok(Self { id: RpId::Domain(domain), origin: url.origin().ascii_serialization(), name: name.to_owned() })
    }

    /// The relying party's id: the host.
    pub fn id(&self) -> &str {
        self.id.as_ref()
    }
}

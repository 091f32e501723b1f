//! The sign-in methods of an account, as the profile and the page of a user list them.

use vestibule_auth::{Flow, ProviderIdentity};
use vestibule_core::Timestamp;
use vestibule_flows::USER;

use crate::request::PageRequest;

/// A sign-in method.
pub(crate) struct SignInMethod {
    pub(crate) provider: String,
    pub(crate) name: String,
    /// What it is known by: the address, or else the id at the provider. Passkeys have none.
    pub(crate) account: String,
    /// When it was added; none for a method that comes with another one.
    pub(crate) since: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    /// Whether its owner can remove it: not the only one, and not passkeys, which are removed with the second factors.
    pub(crate) can_be_removed: bool,
}

/// Describes the methods of an account. Where codes by mail are on, an address with a password can have one as well.
pub(crate) fn describe(request: &PageRequest, linked: &[ProviderIdentity]) -> Vec<SignInMethod> {
    let mut methods: Vec<SignInMethod> = linked.iter().map(|part| method(request, part, linked.len() > 1)).collect();
    let codes = request.flows().auth().providers_of(USER).find(|provider| provider.flow() == Flow::Code);
    let has_codes = |id: &str| linked.iter().any(|part| part.provider == id);
    let holds_passwords =
        |id: &str| request.flows().auth().find_provider(id).is_some_and(|provider| provider.holds_passwords());
    if let Some(codes) = codes.filter(|codes| !has_codes(codes.identifier()))
        && let Some(address) = linked.iter().find(|part| holds_passwords(&part.provider))
    {
        methods.push(SignInMethod {
            provider: codes.identifier().to_owned(),
            name: request.texts().method_code.to_owned(),
            account: address.entity_id.clone(),
            since: None,
            last_used_at: None,
            can_be_removed: false,
        });
    }
    methods
}

fn method(request: &PageRequest, part: &ProviderIdentity, has_others: bool) -> SignInMethod {
    let texts = request.texts();
    let provider = request.flows().auth().find_provider(&part.provider);
    let flow = provider.map(|provider| provider.flow());
    let name = match (provider, flow) {
        (Some(provider), _) if provider.holds_passwords() => texts.password,
        (_, Some(Flow::Code)) => texts.method_code,
        (_, Some(Flow::Ceremony)) => texts.method_passkey,
        (Some(provider), _) => provider.short_name(),
        (None, _) => &part.provider,
    };
    let is_passkey = flow == Some(Flow::Ceremony);
    SignInMethod {
        provider: part.provider.clone(),
        name: name.to_owned(),
        account: if is_passkey { String::new() } else { part.account().to_owned() },
        since: Some(part.created_at),
        last_used_at: part.last_used_at,
        can_be_removed: has_others && !is_passkey,
    }
}

//! The sign-in methods that the operator has configured.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use ipnet::IpNet;
use vestibule::auth::EmailCodeProvider;
use vestibule::oidc::{GitHubOptions, GitHubProvider, GoogleOptions, GoogleProvider, OidcOptions, OidcProvider};
use vestibule::passkeys::RelyingParty;
use vestibule::webhook::ClientConfig;
use vestibule::{GuardedClient, Vestibule};
use vestibule_cli::configuration::Configuration;

use super::Failure;

/// How long a provider may take for a response.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Adds the providers of the three lists.
pub(super) fn add(mut vestibule: Vestibule, configuration: &Configuration) -> Result<Vestibule, Failure> {
    check_ids(configuration)?;
    if configuration.auth.emailcode {
        vestibule = vestibule.with_provider(EmailCodeProvider);
    }
    for settings in &configuration.oidc {
        let mut options =
            OidcOptions::new(&settings.id, &settings.issuer, &settings.client_id, settings.client_secret());
        options.name = settings.display_name().to_owned();
        options.scopes.clone_from(&settings.scopes);
        options.trust_email = settings.trust_email;
        options.pkce = settings.pkce;
        options.response_mode = settings.response_mode;
        options.claims.clone_from(&settings.claims);
        options.second_factor.clone_from(&settings.second_factor);
        options.callback_url.clone_from(&settings.callback_url);
        options.allowed_callback_urls.clone_from(&settings.allowed_callback_urls);
        options.http = Some(client(configuration, &settings.allowed_networks, is_on_this_machine(&settings.issuer)));
        let provider = OidcProvider::new(options).map_err(|error| Failure::wrong(error.to_string()))?;
        vestibule = vestibule.with_provider(provider);
    }
    for settings in &configuration.google {
        let mut options = GoogleOptions::new(&settings.client_id, settings.client_secret());
        options.id.clone_from(&settings.id);
        options.name.clone_from(&settings.name);
        options.hosted_domains.clone_from(&settings.hosted_domains);
        options.callback_url.clone_from(&settings.callback_url);
        options.allowed_callback_urls.clone_from(&settings.allowed_callback_urls);
        options.stand_in.clone_from(&settings.stand_in);
        options.http = Some(client(configuration, &[], settings.stand_in.is_some()));
        vestibule = vestibule.with_provider(GoogleProvider::new(options));
    }
    for settings in &configuration.github {
        let mut options = GitHubOptions::new(&settings.client_id, settings.client_secret());
        options.id.clone_from(&settings.id);
        options.name.clone_from(&settings.name);
        options.callback_url.clone_from(&settings.callback_url);
        options.allowed_callback_urls.clone_from(&settings.allowed_callback_urls);
        options.stand_in.clone_from(&settings.stand_in);
        options.http = Some(client(configuration, &[], settings.stand_in.is_some()));
        vestibule = vestibule.with_provider(GitHubProvider::new(options));
    }
    let public_url = configuration.server.public_url(configuration.server.listen);
    add_passkeys(vestibule, configuration, &public_url.to_string())
}

/// Adds passkeys for the site at this URL, unless they are switched off or browsers have none there.
pub(super) fn add_passkeys(
    vestibule: Vestibule,
    configuration: &Configuration,
    public_url: &str,
) -> Result<Vestibule, Failure> {
    let switch = configuration.auth.passkeys;
    match RelyingParty::new(public_url, configuration.mfa_issuer()) {
        _ if switch == Some(false) => Ok(vestibule),
        Ok(site) => Ok(vestibule.with_passkeys(site)),
        Err(_) if switch.is_none() => Ok(vestibule),
        Err(error) => {
            Err(Failure::wrong(format!("auth.passkeys: {error}. Change server.public_url, or switch it off")))
        }
    }
}

fn is_on_this_machine(issuer: &str) -> bool {
    let issuer = issuer.parse::<Uri>().ok();
    issuer.is_some_and(|uri| ["localhost", "127.0.0.1", "[::1]"].contains(&uri.host().unwrap_or_default()))
}

/// The providers that each actor type may use.
pub(super) fn per_actor(configuration: &Configuration) -> BTreeMap<String, Vec<String>> {
    let methods = &configuration.methods;
    let lists = [("user", &methods.user), ("customer", &methods.customer)];
    lists.into_iter().filter_map(|(actor, list)| Some((actor.to_owned(), list.clone()?))).collect()
}

/// Reports stand-ins: with one, anyone on this machine decides who signs in.
pub(super) fn warn_of_stand_ins(configuration: &Configuration) {
    let google = configuration.google.iter().map(|settings| (&settings.id, &settings.stand_in));
    let github = configuration.github.iter().map(|settings| (&settings.id, &settings.stand_in));
    for (id, _) in google.chain(github).filter(|(_, stand_in)| stand_in.is_some()) {
        tracing::warn!(provider = id, "a stand-in on this machine plays this provider: use that for tests only");
    }
}

fn check_ids(configuration: &Configuration) -> Result<(), Failure> {
    let mut known = BTreeSet::new();
    for id in configuration.provider_ids() {
        if !known.insert(id) {
            return Err(Failure::wrong(format!("two providers have the id {id}: give each its own")));
        }
    }
    for (actor, methods) in per_actor(configuration) {
        if let Some(unknown) = methods.iter().find(|id| !known.contains(id.as_str())) {
            let known = known.iter().copied().collect::<Vec<_>>().join(", ");
            return Err(Failure::wrong(format!(
                "auth.methods.{actor}: there is no provider {unknown}; configured are {known}"
            )));
        }
    }
    Ok(())
}

/// What sends the requests to one provider: to public addresses, and to those that the operator allows for it.
fn client(configuration: &Configuration, allowed: &[IpNet], is_local: bool) -> Arc<GuardedClient> {
    let mut config =
        ClientConfig { timeout: TIMEOUT, ca_file: configuration.webhooks.ca_file.clone(), ..ClientConfig::default() };
    config.guard.allowed = allowed.to_vec();
    if is_local {
        config.guard.allowed.push(IpNet::from(std::net::IpAddr::from(Ipv6Addr::LOCALHOST)));
        config.guard.allowed.extend(IpNet::new(Ipv4Addr::LOCALHOST.into(), 8));
    }
    Arc::new(GuardedClient::new(config))
}

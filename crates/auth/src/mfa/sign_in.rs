//! Factors that sign their owner in on their own, such as passkeys.
//!
//! Such a kind of factor is also an [`AuthProvider`](crate::AuthProvider) of the same identifier. The owner's identity has a
//! provider identity of it as long as one of its factors is enabled; the entity id leads from the answer to the identity,
//! and the answer is then examined and used like that of any factor.

use serde_json::{Map, Value as Json};
use vestibule_core::Metadata;
use vestibule_database::{Connection, Error, Transaction, values};
use zeroize::Zeroizing;

use super::challenges::ChallengeStates;
use super::proof::{FactorRejected, MfaProof};
use super::{MfaFactor, MfaFactorId, MfaStart, MfaStatus, MfaUse, StartMfaError, lock_enabled, name, same_actor};
use crate::identities::UnlinkError;
use crate::providers::CEREMONY_LIFETIME;
use crate::{
    AuthIdentityId, AuthInput, AuthModule, Browser, CreateProviderIdentity, ProviderIdentityId, ProviderState,
    SessionId,
};

/// What the browser needs to answer, with the name under which the answer is expected.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrowserCeremony {
    /// To send back with the answer. It is good for one answer, within five minutes.
    pub state: String,
    /// What the browser needs: of a passkey, the JSON form of the options for `navigator.credentials`.
    pub options: Map<String, Json>,
}

/// A factor that was proved for an identity that is yet to be created. Printed without its data.
pub struct NewFactor {
    provider: String,
    entity_id: String,
    state: Zeroizing<Vec<u8>>,
    used: MfaUse,
}

impl std::fmt::Debug for NewFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewFactor").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl NewFactor {
    /// The sign-in method that comes with it.
    pub fn provider_identity(&self) -> CreateProviderIdentity {
        CreateProviderIdentity::new(&self.provider, &self.entity_id)
    }
}

impl AuthModule {
    /// Begins a factor for an identity that is created together with it. `purpose` names what for: only the same one, in the
    /// same browser, can continue it.
    ///
    /// # Errors
    ///
    /// [`StartMfaError`].
    pub async fn begin_new_factor(
        &self,
        provider: &str,
        purpose: &str,
        account: &str,
        browser: &Browser,
    ) -> Result<BrowserCeremony, StartMfaError> {
        let unknown = || StartMfaError::UnknownProvider(provider.to_owned());
        let kind = self.find_mfa_provider(provider).ok_or_else(unknown)?;
        let start = MfaStart {
            auth_identity_id: self.environment.id(),
            label: account,
            account,
            issuer: &self.options.mfa_issuer,
            factors: &[],
            environment: &self.environment,
        };
        let begun = kind.begin_enrolment(&start).await?;
        let remembered = ProviderState { ceremony: Some(begun.state.to_vec()), ..ProviderState::default() };
        let place = place(provider, purpose);
        let state = self.provider_states(&place, "", browser).create_for(&remembered, CEREMONY_LIFETIME).await?;
        let mut browser = begun.browser;
        let options = match browser.remove("options") {
            Some(Json::Object(options)) => options,
            _ => browser,
        };
        Ok(BrowserCeremony { state, options })
    }

    /// Examines the answer, and uses the state up. Returns nothing if it proves no factor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_new_factor(
        &self,
        provider: &str,
        purpose: &str,
        input: &AuthInput,
    ) -> Result<Option<NewFactor>, Error> {
        let Some(kind) = self.find_mfa_provider(provider) else { return Ok(None) };
        let (Some(state), Some(Json::Object(answer))) = (input.text("state"), input.body.get("answer")) else {
            return Ok(None);
        };
        let place = place(provider, purpose);
        let taken = self.provider_states(&place, "", &input.browser).take(state).await?;
        let Some(state) = taken.and_then(|taken| taken.ceremony) else { return Ok(None) };
        let state = Zeroizing::new(state);
        let Some(used) = kind.finish_enrolment(&state, answer.into(), self.environment.now()).await else {
            return Ok(None);
        };
        let entity = kind.sign_in_entity(used.data.as_ref().unwrap_or(&state));
        Ok(entity.map(|entity_id| NewFactor { provider: provider.to_owned(), entity_id, state, used }))
    }

    /// Enables the factor of an identity that was created with [`NewFactor::provider_identity`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn create_new_factor_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        given_name: Option<&str>,
        new: &NewFactor,
    ) -> Result<MfaFactor, Error> {
        let (id, now): (MfaFactorId, _) = (self.environment.id(), self.environment.now());
        let default = self.find_mfa_provider(&new.provider).map_or("", |kind| kind.default_name());
        let name = given_name.and_then(|name| name::check(name).ok()).unwrap_or(default);
        let data = new.used.data.as_ref().unwrap_or(&new.state);
        let sealed = self.options.sealing_key.seal(&self.environment, &id.to_string(), data);
        let text = concat!(
            "INSERT INTO auth_mfa_factors (id, auth_identity_id, provider, name, status, secret, last_step, metadata,
                 details, last_used_at, created_at, updated_at)
             VALUES ($1, $2, $3, $4, 'enabled', $5, $6, $7, $8, $9, $9, $9) RETURNING ",
            super::factor_columns!()
        );
        let values = values![
            id,
            identity,
            &new.provider,
            name,
            sealed.as_slice(),
            new.used.number,
            Metadata::default(),
            new.used.details.clone().map(Json::Object),
            now
        ];
        let created = transaction.query_optional(text, values).await?;
        created.ok_or_else(|| Error::Other("a factor was created and is not there".into()))
    }

    /// Examines the answer to a challenge that a provider has begun for a factor of its own kind.
    pub(crate) async fn examine_sign_in_answer(
        &self,
        identity: AuthIdentityId,
        provider: &str,
        state: Vec<u8>,
        answer: &Map<String, Json>,
    ) -> Result<Result<MfaProof, FactorRejected>, Error> {
        let mut states = ChallengeStates::default();
        states.insert(provider, Zeroizing::new(state));
        self.examine_mfa_answer(identity, Some(provider), answer.into(), &states).await
    }

    /// Gives the identity of a factor the sign-in method that comes with it, unless it is there.
    pub(super) async fn add_sign_in_method_within(
        &self,
        transaction: &mut Transaction,
        factor: &MfaFactor,
        entity_id: &str,
    ) -> Result<(), Error> {
        let id: ProviderIdentityId = self.environment.id();
        let text = "INSERT INTO provider_identities (id, auth_identity_id, provider, entity_id, entity_canonical,
                        registration_key, claimed, provider_metadata, created_at, updated_at)
                    SELECT $1, $2, $3, $4, $4, $1, (expires_at IS NULL), $5, $6, $6 FROM auth_identities
                    WHERE id = $2 AND NOT EXISTS (SELECT 1 FROM provider_identities
                        WHERE auth_identity_id = $2 AND provider = $3 AND entity_canonical = $4)";
        let now = self.environment.now();
        let metadata = Json::Object(Map::new());
        let values = values![id, factor.auth_identity_id, &factor.provider, entity_id, metadata, now];
        transaction.execute_pipelined(text, values).await
    }

    /// Takes the sign-in method of this kind of factors away if its owner has no such factor any more.
    pub(super) async fn drop_sign_in_method_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        provider: &str,
    ) -> Result<(), Error> {
        if self.find_mfa_provider(provider).is_none() {
            return Ok(());
        }
        let text = concat!(
            "DELETE FROM provider_identities WHERE provider = $2 AND auth_identity_id IN (",
            same_actor!(),
            ") AND NOT EXISTS (SELECT 1 FROM auth_mfa_factors
                               WHERE provider = $2 AND status = 'enabled' AND auth_identity_id IN (",
            same_actor!(),
            "))"
        );
        transaction.execute_pipelined(text, values![identity, provider]).await
    }

    /// Ends the sessions that a factor of this kind began on its own or after a password, but the excepted one: what holds
    /// the removed factor must not stay signed in. A change of address that one of them may have requested is void. Where
    /// the factor of such a session is not known, any ends it. Factors that only follow a password end none.
    pub(super) async fn end_sessions_of_factor_within(
        &self,
        transaction: &mut Transaction,
        factor: &MfaFactor,
        except: Option<SessionId>,
    ) -> Result<(), Error> {
        if self.find_provider(&factor.provider).is_none() {
            return Ok(());
        }
        let text = concat!(
            "DELETE FROM auth_sessions WHERE id <> $4 AND auth_identity_id IN (",
            same_actor!(),
            ") AND (mfa_factor_id = $2 OR (mfa_factor_id IS NULL AND provider = $3))"
        );
        let except = except.map_or_else(String::new, |id| id.to_string());
        let identity = factor.auth_identity_id;
        let ended = transaction.execute(text, values![identity, factor.id, &factor.provider, except]).await?;
        if ended > 0 {
            self.void_email_changes_of_identity_within(transaction, identity).await?;
        }
        Ok(())
    }

    /// Checks that the owner of this identity can still sign in without this factor, within the transaction that disables it
    /// (security.md 44).
    ///
    /// # Errors
    ///
    /// [`UnlinkError::Last`].
    pub async fn check_not_last_method_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        id: MfaFactorId,
        actor_type: &str,
    ) -> Result<(), UnlinkError> {
        lock_enabled(transaction, identity).await?;
        let Some(factor) = self.find_factor(&mut *transaction, identity, id).await? else { return Ok(()) };
        let offered: Vec<&str> = self.providers_of(actor_type).map(|provider| provider.identifier()).collect();
        if factor.status != MfaStatus::Enabled || !offered.contains(&factor.provider.as_str()) {
            return Ok(());
        }
        let others = self.stored_factors(&mut *transaction, identity).await?;
        let is_other_passkey = others.iter().any(|other| other.provider == factor.provider && other.id != id);
        let methods = methods(&mut *transaction, identity).await?;
        let is_other_method = |method: &String| *method != factor.provider && offered.contains(&method.as_str());
        match is_other_passkey || methods.iter().any(is_other_method) {
            true => Ok(()),
            false => Err(UnlinkError::Last),
        }
    }
}

/// The providers of the owner of this identity.
async fn methods(connection: impl Into<Connection<'_>>, identity: AuthIdentityId) -> Result<Vec<String>, Error> {
    let text =
        concat!("SELECT DISTINCT provider FROM provider_identities WHERE auth_identity_id IN (", same_actor!(), ")");
    connection.into().query_scalars(text, values![identity]).await
}

/// What the states of a purpose are stored under.
fn place(provider: &str, purpose: &str) -> String {
    format!("{provider} for {purpose}")
}

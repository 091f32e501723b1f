//! Listing and retrieving factors.

use vestibule_core::{DomainError, Filter, FindConfig};
use vestibule_database::list::{self, Table};
use vestibule_database::{Connection, Error, values};

use super::{MfaFactor, MfaFactorId, factor_columns, same_actor};
use crate::{AuthIdentityId, AuthModule};

vestibule_core::fields!(
    /// The fields of a [`MfaFactor`].
    MfaField {
        Id: "id" as Text,
        AuthIdentityId: "auth_identity_id" as Text,
        Provider: "provider" as Text,
        Name: "name" as Text,
        Status: "status" as Text,
        Metadata: "metadata" as Json,
        Details: "details" as Json,
        LastUsedAt: "last_used_at" as Time,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
    }
);

const TABLE: Table = Table {
    name: concat!("(SELECT ", factor_columns!(), ", NULL AS deleted_at FROM auth_mfa_factors) AS auth_mfa_factors"),
    columns: factor_columns!(),
    searched: None,
};

/// Selects a factor by its id, and by its identity if `auth_identity_id` is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MfaSelector {
    /// The id.
    pub id: MfaFactorId,
    /// The identity by which it was started.
    pub auth_identity_id: Option<AuthIdentityId>,
}

impl From<MfaFactorId> for MfaSelector {
    fn from(id: MfaFactorId) -> Self {
        Self { id, auth_identity_id: None }
    }
}

/// Why a factor was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveMfaError {
    /// There is none, or it is another caller's.
    #[error("MFA factor with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Lists the factors that match, without their secrets. A factor is found by the identity by which it was started;
    /// to find an actor's by any of the actor's identities, see [`AuthModule::list_auth_mfas_of_identity`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_mfa(
        &self,
        filter: &Filter<MfaField>,
        find: &FindConfig<MfaField>,
    ) -> Result<Vec<MfaFactor>, Error> {
        list::list(&self.database, TABLE, filter, find).await
    }

    /// Lists the factors of the owner of this identity, in the order in which they were started, without their secrets.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_mfas_of_identity(&self, identity: AuthIdentityId) -> Result<Vec<MfaFactor>, Error> {
        let text = concat!(
            "SELECT ",
            factor_columns!(),
            " FROM auth_mfa_factors WHERE auth_identity_id IN (",
            same_actor!(),
            ") ORDER BY id"
        );
        self.database.query(text, values![identity]).await
    }

    /// Lists the factors of an actor, in the order in which they were started.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_mfas_of(
        &self,
        connection: impl Into<Connection<'_>>,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<Vec<MfaFactor>, Error> {
        let text = concat!(
            "SELECT ",
            factor_columns!(),
            " FROM auth_mfa_factors WHERE auth_identity_id IN (
                SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2) ORDER BY id"
        );
        connection.into().query(text, values![actor_type, actor_id]).await
    }

    /// Retrieves a factor by its id, or by its id and the identity by which it was started: `retrieve_auth_mfa(id)`,
    /// `retrieve_auth_mfa(MfaSelector { id, auth_identity_id })`.
    ///
    /// # Errors
    ///
    /// [`RetrieveMfaError`].
    pub async fn retrieve_auth_mfa(&self, selector: impl Into<MfaSelector>) -> Result<MfaFactor, RetrieveMfaError> {
        let MfaSelector { id, auth_identity_id } = selector.into();
        let text = concat!("SELECT ", factor_columns!(), " FROM auth_mfa_factors WHERE id = $1");
        let found: Option<MfaFactor> = self.database.query_optional(text, values![id]).await?;
        let is_meant = |factor: &MfaFactor| auth_identity_id.is_none_or(|identity| identity == factor.auth_identity_id);
        found.filter(is_meant).ok_or_else(|| RetrieveMfaError::NotFound(id.to_string()))
    }

    /// Retrieves a factor if it belongs to the owner of this identity.
    pub(super) async fn find_factor(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
        id: MfaFactorId,
    ) -> Result<Option<MfaFactor>, Error> {
        let text = concat!(
            "SELECT ",
            factor_columns!(),
            " FROM auth_mfa_factors WHERE id = $2 AND auth_identity_id IN (",
            same_actor!(),
            ")"
        );
        connection.into().query_optional(text, values![identity, id]).await
    }
}

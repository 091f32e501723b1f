//! Listing verifications.

use vestibule_core::{DomainError, Filter, FindConfig, Page};
use vestibule_database::list::{self, Table};
use vestibule_database::{Error, values};

use super::{Verification, VerificationId, columns};
use crate::AuthModule;

vestibule_core::fields!(
    /// The fields of a [`Verification`].
    VerificationField {
        Id: "id" as Text,
        AuthIdentityId: "auth_identity_id" as Text,
        EntityId: "entity_id" as Email,
        EntityType: "entity_type" as Text,
        CodeProvider: "code_provider" as Text,
        VerifiedAt: "verified_at" as Time,
        RequestedAt: "requested_at" as Time,
        Metadata: "metadata" as Json,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
    }
);

const TABLE: Table = Table {
    name: concat!(
        "(SELECT ",
        columns!(),
        ", canonical AS entity_id_canonical, NULL AS deleted_at FROM auth_verifications) AS auth_verifications"
    ),
    columns: columns!(),
    searched: None,
};

/// Why a verification was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveVerificationError {
    /// There is none of this id.
    #[error("AuthVerification with id: {0} was not found")]
    #[kind(NotFound)]
    NotFound(VerificationId),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Retrieves the verification of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveVerificationError`].
    pub async fn retrieve_auth_verification(
        &self,
        id: VerificationId,
    ) -> Result<Verification, RetrieveVerificationError> {
        let text = concat!("SELECT ", columns!(), " FROM auth_verifications WHERE id = $1");
        let found = self.database.query_optional(text, values![id]).await?;
        found.ok_or(RetrieveVerificationError::NotFound(id))
    }

    /// Lists the verifications that match, by identity, address (in any spelling), kind or code provider.
    ///
    /// ```
    /// # async fn example(
    /// #     auth: vestibule_auth::AuthModule, identity: vestibule_auth::AuthIdentity,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// use vestibule_auth::verification::VerificationField;
    /// use vestibule_core::{Field, FindConfig};
    ///
    /// let of_identity = VerificationField::AuthIdentityId.eq(identity.id).and(VerificationField::EntityType.eq("email"));
    /// let verifications = auth.list_auth_verifications(&of_identity, &FindConfig::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_verifications(
        &self,
        filter: &Filter<VerificationField>,
        find: &FindConfig<VerificationField>,
    ) -> Result<Vec<Verification>, Error> {
        list::list(&self.database, TABLE, filter, find).await
    }

    /// Lists the verifications that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_auth_verifications(
        &self,
        filter: &Filter<VerificationField>,
        find: &FindConfig<VerificationField>,
    ) -> Result<Page<Verification>, Error> {
        list::list_and_count(&self.database, TABLE, filter, find).await
    }
}

//! The actions of the audit log.

vestibule_core::names!(
    /// What was done. Vestibule records those listed here; a program that embeds it may record more.
    Action {
        /// A user was created.
        UserCreated = "user.created",
        /// A user's fields were changed.
        UserUpdated = "user.updated",
        /// A user was deleted.
        UserDeleted = "user.deleted",
        /// What was left of a user was erased.
        UserErased = "user.erased",
        /// A user was locked.
        UserLocked = "user.locked",
        /// A user was unlocked.
        UserUnlocked = "user.unlocked",
        /// A user's failed attempts to sign in were cleared.
        UserAttemptsCleared = "user.attempts_cleared",
        /// Roles were assigned to a user.
        UserRolesAssigned = "user.roles_assigned",
        /// Roles were removed from a user.
        UserRolesRemoved = "user.roles_removed",
        /// A user was invited.
        InviteCreated = "invite.created",
        /// An invite was sent again.
        InviteResent = "invite.resent",
        /// An expired invite was made valid again, at the request of the invited user.
        InviteRenewed = "invite.renewed",
        /// An invite became a user.
        InviteAccepted = "invite.accepted",
        /// An invite was revoked.
        InviteRevoked = "invite.revoked",
        /// A role was created.
        RoleCreated = "role.created",
        /// A role was changed.
        RoleUpdated = "role.updated",
        /// A role was deleted.
        RoleDeleted = "role.deleted",
        /// Policies were added to a role.
        RolePoliciesAdded = "role.policies_added",
        /// Policies were removed from a role.
        RolePoliciesRemoved = "role.policies_removed",
        /// A policy was created.
        PolicyCreated = "policy.created",
        /// A policy was changed.
        PolicyUpdated = "policy.updated",
        /// A policy was deleted.
        PolicyDeleted = "policy.deleted",
        /// An API key was created.
        ApiKeyCreated = "api_key.created",
        /// An API key was changed.
        ApiKeyUpdated = "api_key.updated",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// An API key was deleted.
        ApiKeyDeleted = "api_key.deleted",
        /// A user signed in.
        SessionStarted = "session.started",
        /// A session was ended.
        SessionEnded = "session.ended",
        /// A user linked a provider with their account.
        ProviderLinked = "provider.linked",
        /// A user unlinked a provider from their account.
        ProviderUnlinked = "provider.unlinked",
        /// A user changed their password.
        PasswordChanged = "password.changed",
        /// A password was set by a link.
        PasswordReset = "password.reset",
        /// A link to set a password was requested at the public endpoint.
        PasswordResetRequested = "password.reset_requested",
        /// An administrator had a link to set a password shown.
        PasswordResetIssued = "password.reset_issued",
        /// An administrator had a link to set a password sent.
        PasswordResetSent = "password.reset_sent",
        /// A second factor was enabled.
        MfaEnabled = "mfa.enabled",
        /// A second factor was disabled.
        MfaDisabled = "mfa.disabled",
        /// A second factor got another name.
        MfaRenamed = "mfa.renamed",
        /// An administrator removed a user's second factors.
        MfaReset = "mfa.reset",
        /// New recovery codes replaced the ones before.
        MfaRecoveryCodesGenerated = "mfa.recovery_codes_generated",
        /// A recovery code was used to sign in.
        MfaRecoveryCodeUsed = "mfa.recovery_code_used",
        /// A code to verify an e-mail address was requested.
        VerificationRequested = "verification.requested",
        /// An e-mail address was verified.
        VerificationConfirmed = "verification.confirmed",
        /// A change of an e-mail address was requested.
        EmailChangeRequested = "email.change_requested",
        /// An e-mail address was changed.
        EmailChanged = "email.changed",
        /// A change of an e-mail address was reverted from the old address.
        EmailChangeReverted = "email.change_reverted",
        /// A webhook was created.
        WebhookCreated = "webhook.created",
        /// A webhook was changed.
        WebhookUpdated = "webhook.updated",
        /// A webhook was deleted.
        WebhookDeleted = "webhook.deleted",
        /// A webhook's secret was replaced.
        WebhookSecretRotated = "webhook.secret_rotated",
        /// A webhook was sent a test message.
        WebhookTested = "webhook.tested",
        /// A test mail was sent.
        MailTested = "mail.tested",
        /// A delivery was tried again.
        DeliveryRetried = "delivery.retried",
        /// An import began.
        ImportStarted = "import.started",
        /// An import was finished.
        ImportFinished = "import.finished",
        /// An import was undone.
        ImportUndone = "import.undone",
        /// The doctor repaired something.
        DoctorRepaired = "doctor.repaired",
        /// A sign-in failed.
        SignInFailed = "sign_in.failed",
        /// A user failed to prove in a session that it is theirs.
        ProofFailed = "proof.failed",
        /// A request was refused for lack of permission.
        RequestRefused = "request.refused",
    }
);

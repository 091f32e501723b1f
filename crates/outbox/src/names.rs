//! The names of events.

vestibule_core::names!(
    /// The name of an event. Vestibule records those listed here; a program that embeds it may record more.
    EventName {
        /// A user was created.
        UserCreated = "user.created",
        /// A user was changed, locked or unlocked.
        UserUpdated = "user.updated",
        /// A user was deleted.
        UserDeleted = "user.deleted",
        /// A user was invited.
        InviteCreated = "invite.created",
        /// An invite's metadata was changed.
        InviteUpdated = "invite.updated",
        /// The reference records this beside [`InviteUpdated`](Self::InviteUpdated).
        InviteTokenGenerated = "invite.token_generated",
        /// An invite was sent again, with another link.
        InviteResent = "invite.resent",
        /// An invite became a user.
        InviteAccepted = "invite.accepted",
        /// An invite was deleted or revoked.
        InviteDeleted = "invite.deleted",
        /// A link to set a new password was requested.
        PasswordReset = "auth.password_reset",
        /// A password was set or changed.
        PasswordChanged = "auth.password_changed",
        /// A code to verify an e-mail address or another entity was requested.
        VerificationRequested = "auth.verification_requested",
        /// A code to sign in was requested.
        SignInCodeRequested = "auth.sign_in_code_requested",
        /// A change of an e-mail address was requested: the new address is to confirm it.
        EmailChangeRequested = "auth.email_change_requested",
        /// A change to an e-mail address was requested that belongs to another account.
        EmailChangeRefused = "auth.email_change_refused",
        /// An e-mail address was changed.
        EmailChanged = "auth.email_changed",
        /// A change of an e-mail address was reverted from the old address.
        EmailChangeReverted = "auth.email_change_reverted",
        /// A user signed in on a device that was not known.
        NewDevice = "auth.new_device",
        /// A second factor was enabled.
        MfaEnabled = "auth.mfa_enabled",
        /// A second factor was disabled.
        MfaDisabled = "auth.mfa_disabled",
        /// New recovery codes replaced the ones before.
        MfaRecoveryCodesGenerated = "auth.mfa_recovery_codes_generated",
        /// An administrator tests whether a webhook receives messages.
        WebhookTest = "webhook.test",
    }
);

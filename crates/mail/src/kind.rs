//! The kinds of mails.

/// A kind of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An invitation.
    Invite,
    /// An invitation whose link was renewed.
    InviteAgain,
    /// A link to choose a new password.
    PasswordReset,
    /// A password was changed.
    PasswordChanged,
    /// A link to verify an e-mail address.
    Verification,
    /// A sign-in from an unknown device.
    NewDevice,
    /// A second factor was turned on.
    SecondFactorOn,
    /// The second factor was turned off.
    SecondFactorOff,
    /// New recovery codes were made.
    RecoveryCodes,
    /// An administrator's test of mail delivery.
    Test,
}

impl Kind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::Invite,
        Self::InviteAgain,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::Verification,
        Self::NewDevice,
        Self::SecondFactorOn,
        Self::SecondFactorOff,
        Self::RecoveryCodes,
        Self::Test,
    ];

    /// Returns the name, which is also that of its template files without their endings: `invite`, `password-reset`, ….
    pub fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::InviteAgain => "invite-again",
            Self::PasswordReset => "password-reset",
            Self::PasswordChanged => "password-changed",
            Self::Verification => "verification",
            Self::NewDevice => "new-device",
            Self::SecondFactorOn => "second-factor-on",
            Self::SecondFactorOff => "second-factor-off",
            Self::RecoveryCodes => "recovery-codes",
            Self::Test => "test",
        }
    }
}

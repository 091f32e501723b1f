//! Which mails there are.

/// Which mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An invitation.
    Invite,
    /// An invitation whose link was made anew.
    InviteAgain,
    /// The link with which a new password is chosen.
    PasswordReset,
    /// A password was changed.
    PasswordChanged,
    /// The link with which an address is confirmed.
    Verification,
    /// Somebody signed in from a device that was not known.
    NewDevice,
    /// Signing in takes a second factor from now on.
    SecondFactorOn,
    /// Signing in takes no second factor any more.
    SecondFactorOff,
    /// Recovery codes were made anew.
    RecoveryCodes,
    /// An administrator tries whether mail arrives.
    Test,
}

impl Kind {
    /// All of them.
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

    /// The name, which is also that of its template files without their endings: `invite`, `password-reset`, ….
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

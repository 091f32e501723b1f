//! The kinds of mails.

use vestibule_language::Language;

use crate::templates;

/// Calls the macro `$callback` with every kind of mail: its variant of [`Kind`], and its template files without their
/// endings. `$before` precedes them.
macro_rules! kinds {
    ($callback:ident!($($before:tt)*)) => {
        $callback! {
            $($before)*
            /// An invitation.
            Invite "invite";
            /// An invitation whose link was renewed.
            InviteAgain "invite-again";
            /// A link to choose a new password.
            PasswordReset "password-reset";
            /// A password was changed.
            PasswordChanged "password-changed";
            /// A link to verify an e-mail address.
            Verification "verification";
            /// A code to sign in, with a link.
            SignInCode "sign-in-code";
            /// A link to confirm a new e-mail address.
            EmailChange "email-change";
            /// A notice to the owner of an address that another account tried to take.
            EmailTaken "email-taken";
            /// A notice to the old address, with a link that reverts the change.
            EmailChanged "email-changed";
            /// A sign-in from an unknown device.
            NewDevice "new-device";
            /// A second factor was turned on.
            SecondFactorOn "second-factor-on";
            /// The second factor was turned off.
            SecondFactorOff "second-factor-off";
            /// New recovery codes were made.
            RecoveryCodes "recovery-codes";
            /// An administrator's test of mail delivery.
            Test "test";
        }
    };
}

pub(crate) use kinds;

macro_rules! define {
    ($($(#[$doc:meta])* $kind:ident $name:literal;)+) => {
        /// A kind of mail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Returns the name, which is also that of its template files without their endings: `invite`, `password-reset`, ….
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }
        }
    };
}

kinds!(define!());

impl Kind {
    /// Returns what pages call the mail: the text of its file `<name>.title.txt`.
    pub fn title(self, language: Language) -> &'static str {
        templates::title(self, language).trim_end()
    }
}

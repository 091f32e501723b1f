//! Why a row was left out, or a part of it, in a form that pages can say in the language of their reader.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $mark:literal,)+) => {
        /// Why a row was left out, or a part of it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The words of the report by which it is known.
            const fn mark(self) -> &'static str {
                match self {
                    $(Self::$name => $mark,)+
                }
            }
        }
    };
}

reasons! {
    /// There is no address.
    NoAddress = "there is no e-mail address",
    /// An earlier row has the same address.
    AddressTwice = "the source has this address twice",
    /// An earlier row is the same user.
    UserTwice = "the source has this user twice",
    /// The address is refused here.
    AddressRefused = "the address is refused: ",
    /// The second factor cannot be read.
    FactorLost = "its second factor cannot be read",
    /// The address was that of another user until a change that can be reverted.
    Reserved = "the address is reserved: ",
    /// The database does not take the row.
    NotTaken = "the database does not take it: ",
    /// The address is that of another row in another spelling.
    OtherSpelling = "another user of the source has the same address in another spelling",
    /// The hash of the password is of no known kind.
    Password = "the password was left out: ",
    /// There is no such role.
    Role = "the role ",
    /// A field was shortened, or left out.
    Shortened = "could not be stored as it was",
    /// Another user has the sign-in method.
    Method = "the sign-in method ",
    /// The user who is here keeps their second factors.
    Factors = "its second factors were left out",
}

impl Reason {
    /// Those that a line of a report gives.
    pub fn of(detail: &str) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|reason| detail.contains(reason.mark())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_the_words_of_each_reason() {
        let sources = vestibule_testing::sources::sources();
        let sources: String = sources
            .into_iter()
            .filter(|(path, _)| path.starts_with("transfer/") && !path.contains("uploads"))
            .map(|(_, source)| source)
            .collect();
        for reason in Reason::ALL {
            assert!(sources.contains(reason.mark()), "{reason:?}");
        }
    }
}

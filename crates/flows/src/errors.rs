//! Errors that are whatever one of their variants is.

/// `as_inner!(AnError: One, Another)`: kind, code and time to wait are those of the error that the variant holds.
macro_rules! as_inner {
    ($error:ident: $($variant:ident),+) => {
        impl ::vestibule_core::DomainError for $error {
            fn kind(&self) -> ::vestibule_core::ErrorKind {
                match self {
                    $(Self::$variant(error) => ::vestibule_core::DomainError::kind(error),)+
                }
            }

            fn code(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant(error) => ::vestibule_core::DomainError::code(error),)+
                }
            }

            fn retry_after(&self) -> Option<::std::time::Duration> {
                match self {
                    $(Self::$variant(error) => ::vestibule_core::DomainError::retry_after(error),)+
                }
            }
        }
    };
}
pub(crate) use as_inner;

//! The methods of the reference's `IAuthModuleService`: each has a test here that is named after it. Special cases of a
//! method are tested beside its own part of the module.

mod authenticate;
mod identities;
mod mfa;
mod password_reset;
mod provider_identities;
mod verifications;

//! The methods of the reference's `IAuthModuleService`: each has a test here that is named after it. What is special about
//! a method is tested beside its own part of the module.

mod authenticate;
mod identities;
mod mfa;
mod password_reset;
mod provider_identities;
mod verifications;

//! `/auth/mfa/*`: the caller's second factors, and the challenge of a sign-in.

pub(crate) mod challenges;
pub(crate) mod factors;
pub(crate) mod recovery_codes;

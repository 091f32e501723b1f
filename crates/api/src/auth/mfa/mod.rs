//! `/auth/mfa/*`: one's own second factors, and the challenge that asks for them.

pub(crate) mod challenges;
pub(crate) mod factors;
pub(crate) mod recovery_codes;

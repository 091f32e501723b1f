//! Writing what an import brings: identities with their second factors, recovery codes and verifications, and API keys.
//!
//! Other than what is created here, everything keeps its ids and times, and no event is recorded. The caller has looked for what
//! is there already ([`AuthModule::find_present_within`]).

mod api_key;
mod forget;
mod identity;
mod present;

pub use self::api_key::{ImportApiKey, ImportedToken};
pub use self::identity::{
    ImportFactor, ImportIdentity, ImportProviderIdentity, ImportRecoveryCode, ImportVerification,
};
pub use self::present::{PresentIdentities, Sought};

//! Second factors. Codes are made by the crate that checks them; `totp.rs` holds it against RFC 6238.

mod challenges;
mod disable;
mod list;
mod provider;
mod recovery_codes;
mod reset;
mod secrets;
mod start;
mod together;
mod totp;
mod verify;

use std::time::Duration;

use totp_rs::{Builder, Secret};
use vestibule_auth::mfa::{
    CreateMfaChallenge, MfaChallenge, MfaFactor, StartAuthMfa, StartedMfa, VerifiedChallenge, VerifyChallengeError,
};
use vestibule_auth::{AuthIdentity, AuthIdentityId, AuthModule, SecondFactor, Session, StartSession};
use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction};

use crate::support::{ADA, Module, part};

/// How long one code is shown.
const STEP: Duration = Duration::from_secs(30);

/// A code that no secret of these tests has at any moment of them.
pub(crate) const WRONG: &str = "000000";

/// Somebody with a second factor.
pub(crate) struct Enrolled {
    pub(crate) identity: AuthIdentity,
    pub(crate) factor: MfaFactor,
    /// As an authenticator app has it.
    pub(crate) secret: String,
}

/// What an authenticator app shows at this moment.
pub(crate) fn code(secret: &str, at: Timestamp) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(at.as_seconds()).unwrap()).to_string()
}

pub(crate) fn shown_secret(started: &StartedMfa) -> String {
    started.shown["secret"].as_str().unwrap().to_owned()
}

impl Module {
    pub(crate) async fn start_mfa(&self, identity: AuthIdentityId) -> StartedMfa {
        self.service.start_auth_mfa(&StartAuthMfa::new(identity, "totp")).await.unwrap()
    }

    /// Gives an identity a second factor. The next code that counts is that of the next step.
    pub(crate) async fn enrol(&self, identity: AuthIdentity) -> Enrolled {
        let started = self.start_mfa(identity.id).await;
        let secret = shown_secret(&started);
        let code = code(&secret, self.clock_now());
        let change = self.service.verify_auth_mfa(identity.id, started.mfa_factor.id, &code).await.unwrap();
        Enrolled { identity, factor: change.factor, secret }
    }

    pub(crate) async fn enrolled(&self) -> Enrolled {
        self.enrol(self.owned(ADA, "user_1").await).await
    }

    /// Another identity of the same user.
    pub(crate) async fn other_way_in(&self, user: &str) -> AuthIdentity {
        let identity = crate::support::belonging_to(user, [part("elsewhere", &format!("{user} elsewhere"))]);
        self.service.create_auth_identities(identity).await.unwrap()
    }

    /// The code of the next step, which it is then.
    pub(crate) fn next_code(&self, secret: &str) -> String {
        self.clock.advance(STEP);
        code(secret, self.clock_now())
    }

    pub(crate) async fn half_session(&self, identity: &AuthIdentity) -> Session {
        let start =
            StartSession { second_factor: SecondFactor::Due, ..StartSession::new(identity, "user", "emailpass") };
        let session: Result<Session, Error> = async {
            transaction!(self.database, |transaction| self.service.start_session_within(transaction, &start).await)
        }
        .await;
        session.unwrap()
    }

    pub(crate) async fn challenge(&self, identity: &AuthIdentity) -> MfaChallenge {
        let session = self.half_session(identity).await;
        self.service.create_auth_mfa_challenge(&CreateMfaChallenge::of_session(&session)).await.unwrap()
    }

    pub(crate) async fn answer(
        &self,
        challenge: &MfaChallenge,
        method: &str,
        code: &str,
    ) -> Result<VerifiedChallenge, VerifyChallengeError> {
        answer(&self.service, challenge, method, code).await
    }

    pub(crate) async fn recovery_codes(&self, identity: AuthIdentityId, count: u32) -> Vec<String> {
        self.service.generate_auth_mfa_recovery_codes(identity, count).await.unwrap().into_vec()
    }
}

pub(crate) async fn answer(
    service: &AuthModule,
    challenge: &MfaChallenge,
    method: &str,
    code: &str,
) -> Result<VerifiedChallenge, VerifyChallengeError> {
    service.verify_auth_mfa_challenge(challenge.id, challenge.auth_identity_id, method, code).await
}

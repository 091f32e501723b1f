//! Recording the device of a sign-in.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::json;
use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Transaction, values};
use vestibule_outbox::{self as outbox, EventName};

use super::mark::mark;
use crate::sessions::device;
use crate::stranger_mails::MailOrigin;
use crate::{AuthIdentityId, AuthModule};

/// The precision of a device's last use: sign-ins are not all to write it.
const EXACTNESS: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an unused device is known.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Records the device `$3` of the owner of the identity `$1` as `$2`, at `$4`; nothing if the identity has no owner. A
/// device seen after `$5` is left as it is, and no row is returned. One that was not seen after `$6` counts as gone,
/// deleted or not: it is new again. So a row whose `first_seen_at` is `$4` is a new device; otherwise the device was
/// seen at least a day before.
///
/// The owner is looked up here, and not before, because of concurrent removals: if the removal is first, there is no
/// owner any more; if this is first, the removal waits for the session's identity, and deletes the device.
const NOTE: &str = "INSERT INTO auth_devices (actor_type, actor_id, device, first_seen_at, last_seen_at)
    SELECT actor_type, actor_id, $3, $4, $4 FROM auth_identity_actors WHERE auth_identity_id = $1 AND actor_type = $2
    ON CONFLICT (actor_type, actor_id, device) DO UPDATE
        SET first_seen_at = CASE WHEN auth_devices.last_seen_at <= $6 THEN $4 ELSE auth_devices.first_seen_at END,
            last_seen_at = $4
        WHERE auth_devices.last_seen_at <= $5
    RETURNING actor_id, first_seen_at, EXISTS (
        SELECT 1 FROM auth_devices other WHERE other.actor_type = auth_devices.actor_type
            AND other.actor_id = auth_devices.actor_id AND other.device <> $3 AND other.last_seen_at > $6) AS has_others";

#[derive(FromRow)]
struct Noted {
    actor_id: String,
    first_seen_at: Timestamp,
    has_others: bool,
}

impl AuthModule {
    /// Records within a transaction from which device the owner of an identity signs in, and records the event
    /// `auth.new_device` if the owner has used others before and not this one. Of concurrent sign-ins from the same new
    /// device, one is reported.
    ///
    /// [`AuthModule::start_session_within`] does so for every session that is whole; call this for sign-ins
    /// without one, as by an invite. If the identity has no owner, or nothing is known of the device, nothing is
    /// recorded; text that is no IP address counts as no address.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn note_device_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        actor_type: &str,
        address: Option<&str>,
        user_agent: Option<&str>,
    ) -> Result<(), Error> {
        let address: Option<IpAddr> = address.and_then(|text| text.parse().ok());
        let Some(mark) = mark(address, user_agent) else {
            return Ok(());
        };
        let now = self.environment.now();
        let values = values![identity, actor_type, mark, now, now - EXACTNESS, now - REMEMBERED];
        let noted = transaction.query_optional::<Noted>(NOTE, values).await?;
        let Some(new) = noted.filter(|noted| noted.first_seen_at == now && noted.has_others) else {
            return Ok(());
        };
        let recipient = format!("sign-ins of {actor_type} {}", new.actor_id);
        let from = self.reserve_mail_within(transaction, &recipient, self.latest_mail()).await?;
        let mut data = json!({
            "auth_identity_id": identity,
            "actor_type": actor_type,
            "actor_id": new.actor_id,
            "device": device::name(user_agent),
            "address": address.map(|address| address.to_canonical()),
            "at": now,
        });
        MailOrigin::SignIn { from }.note(&mut data, now);
        outbox::record(transaction, &self.environment, EventName::NewDevice, &identity.to_string(), data)
            .await
            .map(drop)
    }
}

//! Which address each user gets: the rule for those that are refused here, and for those that several users have.

use std::collections::HashMap;

use vestibule_core::{EmailAddress, Timestamp};

use super::{Collisions, ImportOptions, Refused};
use crate::item::Account;
use crate::reason::Reason;

/// The longest text, in bytes, that is kept as an address.
const LONGEST: usize = 1_024;

/// The canonical address of a user who is not deleted.
pub(super) fn live_address(account: &Account) -> Option<String> {
    let person = account.user.as_ref().filter(|person| person.deleted_at.is_none())?;
    Some(EmailAddress::parse(&person.email).ok()?.canonical().to_owned())
}

/// A user with an address that others have as well.
struct Holder {
    source_id: String,
    written: String,
    created_at: Option<Timestamp>,
}

/// The addresses that several users of a source have, and who gets each.
#[derive(Default)]
pub(super) struct Doubles(HashMap<String, Vec<Holder>>);

impl Doubles {
    pub(super) fn add(&mut self, canonical: String, account: &Account) {
        let Some(person) = &account.user else { return };
        self.0.entry(canonical).or_default().push(Holder {
            source_id: account.source_id.clone(),
            written: person.email.clone(),
            created_at: person.created_at,
        });
    }

    /// Keeps what is really there several times, each with the one who gets it at the front.
    pub(super) fn settle(&mut self, rule: Collisions) {
        self.0.retain(|_, holders| holders.len() > 1);
        for holders in self.0.values_mut() {
            holders.sort_by_key(|holder| holder.created_at);
            if rule == Collisions::Newest {
                holders.reverse();
            }
        }
    }

    fn has_precedence(&self, canonical: &str, source_id: &str) -> bool {
        let first = self.0.get(canonical).and_then(|holders| holders.first());
        first.is_none_or(|first| first.source_id == source_id)
    }

    /// Whether the one who gets an address writes it just so.
    fn is_spelled_alike(&self, canonical: &str, written: &str) -> bool {
        let first = self.0.get(canonical).and_then(|holders| holders.first());
        first.is_some_and(|first| first.written == written)
    }

    /// A line for each address: who has it, in which spelling, and who gets it.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |(canonical, holders): (&String, &Vec<Holder>)| {
            let holders: Vec<String> =
                holders.iter().map(|holder| format!("{:?} ({})", holder.written, holder.source_id)).collect();
            format!("{canonical} is that of {}: the first of them gets it", holders.join(", "))
        };
        let mut lines: Vec<String> = self.0.iter().map(line).collect();
        lines.sort();
        lines
    }
}

/// The address of a user.
pub(super) struct Given {
    pub(super) email: EmailAddress,
    /// Whether it is compared exactly as it is written.
    pub(super) is_as_written: bool,
    pub(super) note: Option<Reason>,
}

/// The address that a user gets; or why the user is left out.
pub(super) fn give(account: &Account, options: &ImportOptions, doubles: &Doubles) -> Result<Given, Reason> {
    let Some(person) = &account.user else { return Err(Reason::Empty) };
    let text = person.email.as_str();
    if text.trim().is_empty() {
        return Err(Reason::NoAddress);
    }
    match EmailAddress::parse(text) {
        Ok(email) if person.deleted_at.is_some() || doubles.has_precedence(email.canonical(), &account.source_id) => {
            Ok(Given { email, is_as_written: false, note: None })
        }
        Ok(email) if doubles.is_spelled_alike(email.canonical(), text) => Err(Reason::AddressTwice),
        Ok(_) if options.collisions == Collisions::Skip => Err(Reason::OtherSpelling),
        Ok(email) => Ok(Given { email, is_as_written: true, note: Some(Reason::AsWritten) }),
        Err(error) if text.len() > LONGEST || text.contains('\0') || options.refused == Refused::Skip => {
            Err(Reason::AddressRefused { problem: error.to_string() })
        }
        Err(error) => {
            let note = Reason::AddressKept { problem: error.to_string() };
            Ok(Given { email: EmailAddress::unchecked(text), is_as_written: true, note: Some(note) })
        }
    }
}

//! Why something did not reach anybody, in the fixed sentences of this crate.
//!
//! They are kept and answered in English. Pages that people read in other languages have each of [`ALL`] in those.
//!
//! Not here: what a mail server or a webhook's receiver said, and what `vestibule-mail` and `vestibule-webhook` say of the
//! connection.

macro_rules! reasons {
    ($($(#[$about:meta])+ $name:ident = $text:literal;)+) => {
        $($(#[$about])+ pub const $name: &str = $text;)+

        /// All of them, each once.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

reasons! {
    /// The database failed while it was tried.
    DATABASE = "the database could not be reached";
    /// The event has been cleaned up.
    EVENT_GONE = "what it tells of was so long ago that it is not kept any more";
    /// The process that took it has no such destination.
    NOT_HERE = "this process does not deliver there";
    /// The try had to end before another process may begin.
    TOO_LONG = "it took too long";

    /// An event of which no mail tells.
    NO_MAIL = "no mail tells of this event";
    /// The invite is not there any more.
    INVITE_DELETED = "the invite was deleted";
    /// A newer mail brings the link that works.
    INVITE_SENT_AGAIN = "it was sent again, with another link";
    /// The invite was valid for too short a time.
    INVITE_EXPIRED = "the invite expired before it could be sent";
    /// Whoever was invited is in.
    INVITE_ACCEPTED = "the invite was accepted meanwhile";
    /// An administrator has thought better of it.
    INVITE_REVOKED = "the invite was taken back";
    /// A link to set a password or to confirm an address was valid for too short a time.
    LINK_EXPIRED = "the link expired before it could be sent";
    /// Somebody has asked once more.
    NEWER_LINK = "a newer link was asked for";
    /// Strangers have mails sent at intervals that grow.
    STRANGER_WAITS = "requests without a session are answered one after the other, and this one is not due yet";
    /// It was used, or the password was changed, or a newer one was handed on.
    LINK_DEAD = "the link does not work any more";
    /// Something else is to be confirmed, such as a telephone number.
    NO_ADDRESS_TO_CONFIRM = "it is no e-mail address that is to be confirmed";
    /// Nobody is there to be told.
    NO_USER = "the account is not a user's, or not there any more";
    /// An event of an invite without its id.
    NO_INVITE_NAMED = "the event names no invite";
    /// The key of tokens was changed since.
    LINK_SEALED = "its link was sealed with another secret: have a new one sent";
    /// Mail goes to addresses alone.
    NO_ADDRESS = "the account's name is no e-mail address";

    /// Nobody wants it told any more.
    WEBHOOK_DISABLED = "the webhook was disabled";
    /// Nobody is to be told any more.
    WEBHOOK_DELETED = "the webhook was deleted";
    /// The key of secrets was changed since.
    SECRET_SEALED = "its secret was sealed with another key: rotate it";
    /// The key of tokens was changed since.
    EVENT_SEALED = "what it tells was sealed with another secret";
    /// What is kept is no URL.
    URL_UNREADABLE = "its URL cannot be read any more: enter it anew";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn each_is_there_once() {
        let mut all = ALL.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), ALL.len());
    }
}

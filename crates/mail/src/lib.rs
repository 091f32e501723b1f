//! What the mails say, and how they leave.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use vestibule_mail::{Facts, Kind, Mail, Mailer, Templates};
//!
//! let templates = Templates::load(None)?;
//! let mailer = Mailer::folder("mails".into(), "Vestibule <no-reply@example.com>".parse()?);
//! let facts = Facts::sample(Kind::Invite);
//! let rendered = templates.render(Kind::Invite, "en", &facts)?;
//! let to = facts.address.parse()?;
//! mailer.send(&Mail { id: "mail_01J", to: &to, rendered: &rendered, at: facts.happened_at, language: "en" }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Kind`]: which mails there are
//! - [`Facts`]: what they can tell
//! - [`Templates`]: what they say, in which languages, and what an operator puts in place of it
//! - [`Mail`] and [`Mailer`]: how they leave, over SMTP or into a folder
//! - [`preview`]: all of them, to look at
//!
//! Whatever people could choose (names, devices) is text in a mail and nothing else: no markup, no header, no second
//! recipient, and no link ([`unlinked`]). Not here: which mail is due, to whom, and trying again (notify).

mod facts;
mod kind;
mod mailer;
mod message;
mod one_line;
mod preview;
mod sender;
mod templates;
mod unlinked;

pub use facts::Facts;
pub use kind::Kind;
pub use mailer::{Encryption, Hello, InvalidHello, Mailer, MailerError, Reason, SendError, SmtpConfig};
pub use message::Mail;
pub use preview::{PreviewError, preview};
pub use sender::{InvalidSender, Sender};
pub use templates::{RenderError, Rendered, TemplateError, Templates};
pub use unlinked::unlinked;

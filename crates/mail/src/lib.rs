//! Writes mails and sends them.
//!
//! ```
//! use vestibule_mail::{Facts, Kind, Mail, Mailer, Templates};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let place = tempfile::tempdir()?;
//! # let folder = place.path().to_owned();
//! let templates = Templates::load(None)?;
//! let mailer = Mailer::folder(folder.clone(), "Vestibule <no-reply@example.com>".parse()?);
//! let facts = Facts::sample(Kind::Invite);
//! let rendered = templates.render(Kind::Invite, "en", &facts)?;
//! let to = facts.address.parse()?;
//! mailer.send(&Mail { id: "mail_01J", to: &to, rendered: &rendered, at: facts.happened_at, language: "en" }).await?;
//! assert_eq!(std::fs::read_dir(folder)?.count(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Kind`]: the kinds of mails
//! - [`Facts`]: the data in them
//! - [`Templates`]: their texts in each language, and an operator's overrides
//! - [`Mail`] and [`Mailer`]: send them, over SMTP or into a folder
//! - [`preview`]: writes all of them, for review
//!
//! Text that users choose (names, devices) is only text in a mail: no markup, no header, no second recipient, and no
//! link ([`unlinked`]). Not here: which mail is due and to whom, and retries (`notify`).

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

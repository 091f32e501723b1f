//! Sending over SMTP (RFC 5321).
//!
//! The steps are taken one by one, not by the mail library's transport: a refusal has another meaning at the login than
//! at the recipient, and a connection that timed out must never be reused.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::config::{Encryption, SmtpConfig};
use super::failure::{Stage, failure, io_failure, timed_out};
use super::line_stream::LineStream;
use super::{Hello, MailerError, Reason, SendError};
use crate::message::Letter;

/// How long a connection waits for the next mail. Servers close after some minutes.
const IDLE: Duration = Duration::from_secs(30);

pub(super) struct Smtp {
    host: String,
    port: u16,
    hello: Hello,
    encryption: Encryption,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    timeout: Duration,
    /// One permit for each allowed connection.
    permits: Semaphore,
    /// Connections that wait for the next mail, with the time since when.
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Smtp {
    pub(super) fn new(config: &SmtpConfig) -> Result<Self, MailerError> {
        config.check()?;
        Ok(Self {
            host: config.host.clone(),
            port: config.port.unwrap_or(config.encryption.usual_port()),
            hello: config.hello.clone(),
            encryption: config.encryption,
            tls: config.tls()?,
            credentials: config
                .username
                .clone()
                .zip(config.password.clone())
                .map(|(name, word)| Credentials::new(name, word)),
            timeout: config.timeout,
            permits: Semaphore::new(usize::try_from(config.connections).unwrap_or(1).min(Semaphore::MAX_PERMITS)),
            idle: Mutex::new(Vec::new()),
        })
    }

    pub(super) async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let _permit = self.permits.acquire().await;
        let mut connection = self.connection().await?;
        // If this fails or is cancelled, the connection is dropped: its state is unknown.
        self.transfer(&mut connection, letter).await?;
        self.keep(connection);
        Ok(())
    }

    /// Connects and logs in.
    pub(super) async fn check(&self) -> Result<(), SendError> {
        let _permit = self.permits.acquire().await;
        let connection = self.connect().await?;
        self.keep(connection);
        Ok(())
    }

    async fn transfer(&self, connection: &mut AsyncSmtpConnection, letter: &Letter) -> Result<(), SendError> {
        let mut parameters = Vec::new();
        if !letter.to.to_string().is_ascii() || !letter.from.to_string().is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SendError::of_mail(Reason::NoUtf8 { host: self.host.clone() }));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !letter.bytes.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.step(Stage::From, connection.command(Mail::new(Some(letter.from.clone()), parameters))).await?;
        self.step(Stage::Recipient, connection.command(Rcpt::new(letter.to.clone(), Vec::new()))).await?;
        self.step(Stage::Recipient, connection.command(Data)).await?;
        self.step(Stage::Text, connection.message(&letter.bytes)).await?;
        Ok(())
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection, SendError> {
        while let Some((mut connection, since)) = self.waiting() {
            if since.elapsed() < IDLE && timeout(self.timeout, connection.test_connected()).await == Ok(true) {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let name = self.hello.client_id();
        let address = (self.host.as_str(), self.port);
        let mut connection = if self.encryption == Encryption::Tls {
            let connecting = AsyncSmtpConnection::connect_tokio1(address, None, name, self.tls.clone(), None);
            self.step(Stage::Connecting, connecting).await?
        } else {
            let stream = timeout(self.timeout, TcpStream::connect(address))
                .await
                .map_err(|_| timed_out(&self.host, self.timeout))?
                .map_err(|error| SendError::of_server(io_failure(&self.host, &error)))?;
            let stream = Box::new(LineStream::new(stream));
            self.step(Stage::Connecting, AsyncSmtpConnection::connect_with_transport(stream, name)).await?
        };
        if let (Encryption::StartTls, Some(tls)) = (self.encryption, &self.tls) {
            if !connection.can_starttls() {
                return Err(SendError::of_server(Reason::NoStartTls { host: self.host.clone() }));
            }
            self.step(Stage::Connecting, connection.starttls(tls.clone(), name)).await?;
        }
        if let Some(credentials) = &self.credentials {
            if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
                return Err(SendError::of_server(Reason::NoLogin { host: self.host.clone() }));
            }
            self.step(Stage::Login, connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    /// Runs one step within the time limit.
    async fn step<T>(
        &self,
        stage: Stage,
        work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, SendError> {
        match timeout(self.timeout, work).await {
            Ok(result) => result.map_err(|error| failure(&self.host, stage, &error)),
            Err(_) => Err(timed_out(&self.host, self.timeout)),
        }
    }

    fn waiting(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((connection, Instant::now()));
    }
}

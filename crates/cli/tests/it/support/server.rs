//! A running server.

use std::net::SocketAddr;
use std::ops::Deref;

use tokio::process::Command;

use super::process::{Ended, Process};
use super::{Client, Ran};

/// The prefix of the line on standard output.
const READY: &str = "listening on http://";

/// `vestibule serve`, ready; killed when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Process,
}

impl Deref for Server {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl Server {
    /// Starts it and waits for its line. `Err` if it ended instead.
    pub(crate) async fn start(command: Command) -> Result<Self, Ran> {
        let (process, first) = Process::start(command).await?;
        let address = first.strip_prefix(READY).unwrap_or_else(|| panic!("{first:?}"));
        Ok(Self { address: address.parse().unwrap(), process })
    }

    /// Returns a client that has not signed in.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Ends it like a crash.
    pub(crate) async fn kill(self) {
        self.process.kill().await;
    }

    /// Stops it and waits until it has ended, which must succeed.
    pub(crate) async fn stop(self) -> Ended {
        self.process.stop().await
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(self) -> Ended {
        self.process.ended().await
    }
}

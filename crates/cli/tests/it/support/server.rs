//! A server that runs.

use std::net::SocketAddr;
use std::ops::Deref;

use tokio::process::Command;

use super::process::{Ended, Process};
use super::{Client, Ran};

/// What the one line on standard output begins with.
const READY: &str = "listening on http://";

/// `vestibule serve`, ready to answer; killed when dropped.
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
    /// Starts it and waits for its line. `Err` where it ended instead.
    pub(crate) async fn start(command: Command) -> Result<Self, Ran> {
        let (process, first) = Process::start(command).await?;
        let address = first.strip_prefix(READY).unwrap_or_else(|| panic!("{first:?}"));
        Ok(Self { address: address.parse().unwrap(), process })
    }

    /// Somebody who has not signed in.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Ends it as a crash does.
    pub(crate) async fn kill(self) {
        self.process.kill().await;
    }

    /// Asks it to stop and waits until it has; it must have ended well.
    pub(crate) async fn stop(self) -> Ended {
        self.process.stop().await
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(self) -> Ended {
        self.process.ended().await
    }
}

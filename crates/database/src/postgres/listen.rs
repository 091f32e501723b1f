//! LISTEN and NOTIFY, on a connection of its own.

use std::future::poll_fn;

use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use super::{Postgres, error};
use crate::Error;

/// A connection that listens to one channel.
pub(crate) struct Line {
    client: tokio_postgres::Client,
    received: mpsc::Receiver<()>,
}

impl Postgres {
    /// Whether a connection can be spared for listening.
    pub(crate) fn can_listen(&self) -> bool {
        self.most > 1 && !self.is_pooled()
    }

    pub(crate) async fn listen(&self, channel: &str) -> Result<Line, Error> {
        let reserved = self.reserve();
        let (connector, options) = self.nearest();
        let (client, mut connection) = connector.open(options).await.map_err(error::from_connect)?;
        if connector.is_pooled() {
            return Err(Error::unavailable("no notifications come through a pooler"));
        }
        // One that has not been received yet stands for many.
        let (notify, received) = mpsc::channel(1);
        let (send_process, own_process) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let mut own_process = Some(own_process);
            let mut process = None;
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                let AsyncMessage::Notification(notification) = message else { continue };
                if let Some(mut own) = own_process.take() {
                    process = own.try_recv().ok();
                }
                if process != Some(notification.process_id()) {
                    notify.try_send(()).ok();
                }
            }
            drop(reserved);
        });
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await.map_err(error::from_driver)?;
        send_process.send(row.try_get(0).map_err(error::from_driver)?).ok();
        client.batch_execute(&format!("LISTEN {channel}")).await.map_err(error::from_driver)?;
        Ok(Line { client, received })
    }
}

impl Line {
    /// Waits for a notification of another process.
    pub(crate) async fn receive(&mut self) -> Result<(), Error> {
        self.received.recv().await.ok_or_else(|| Error::unavailable("the connection that listens was lost"))
    }

    /// Notifies the others.
    pub(crate) async fn notify(&self, channel: &str) -> Result<(), Error> {
        self.client.batch_execute(&format!("NOTIFY {channel}")).await.map_err(error::from_driver)
    }
}

//! LISTEN and NOTIFY, on a connection of its own.

use std::future::poll_fn;

use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use super::{Postgres, error};
use crate::Error;

/// A connection that listens to one channel.
pub(crate) struct Line {
    client: tokio_postgres::Client,
    heard: mpsc::Receiver<()>,
}

impl Postgres {
    pub(crate) async fn listen(&self, channel: &str) -> Result<Line, Error> {
        let (client, mut connection) = self.connector.open(&self.options).await.map_err(error::from_connect)?;
        // One that has not been taken yet tells as much as many.
        let (tell, heard) = mpsc::channel(1);
        let (say_process, own_process) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let mut own_process = Some(own_process);
            let mut process = None;
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                let AsyncMessage::Notification(notification) = message else { continue };
                if let Some(mut own) = own_process.take() {
                    process = own.try_recv().ok();
                }
                if process != Some(notification.process_id()) {
                    tell.try_send(()).ok();
                }
            }
        });
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await.map_err(error::from_driver)?;
        say_process.send(row.try_get(0).map_err(error::from_driver)?).ok();
        client.batch_execute(&format!("LISTEN {channel}")).await.map_err(error::from_driver)?;
        Ok(Line { client, heard })
    }
}

impl Line {
    /// Waits until another process has told.
    pub(crate) async fn heard(&mut self) -> Result<(), Error> {
        self.heard.recv().await.ok_or_else(|| Error::unavailable("the connection that listens was lost"))
    }

    /// Tells the others.
    pub(crate) async fn tell(&self, channel: &str) -> Result<(), Error> {
        self.client.batch_execute(&format!("NOTIFY {channel}")).await.map_err(error::from_driver)
    }
}

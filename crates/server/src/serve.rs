//! The server: accepts a limited number of connections until it has to stop.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use super::accept::Acceptor;
use super::client_address::TrustedProxies;
use super::connection::{self, Stop};
use super::limits::ServerLimits;
use super::open_connections::OpenConnections;

/// What [`serve`] serves: an application, or one until another takes its place.
#[derive(Debug)]
pub struct Served(watch::Receiver<Router>);

impl From<Router> for Served {
    fn from(app: Router) -> Self {
        Self::until_replaced(app).0
    }
}

impl Served {
    /// Serves an application to the connections that are accepted until [`Replace::with`] is called. Its responses should
    /// close their connection.
    pub fn until_replaced(app: Router) -> (Self, Replace) {
        // Lets axum prepare its routes once instead of at each request.
        let (replace, served) = watch::channel(app.with_state(()));
        (Self(served), Replace(replace))
    }
}

/// Replaces what is served.
#[derive(Debug)]
pub struct Replace(watch::Sender<Router>);

impl Replace {
    /// Serves this application from now on.
    pub fn with(self, app: Router) {
        drop(self.0.send_replace(app.with_state(())));
    }
}

/// Serves HTTP/1.1 on `listener` until `shutdown` completes.
///
/// Handlers find the client's address as `ConnectInfo<SocketAddr>`. Each connection is held to `limits`; clients that
/// send too slowly are cut off. `proxies` may have any number of connections, because each serves many clients. After
/// `shutdown` the server accepts nothing more and closes idle connections; running requests have [`ServerLimits::stop`]
/// to finish and are then cut off. Dropping the returned future cuts off everything.
///
/// # Errors
///
/// None at present: errors of the operating system while accepting are logged, and accepting continues.
pub async fn serve(
    listener: TcpListener,
    app: impl Into<Served>,
    limits: ServerLimits,
    proxies: TrustedProxies,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let Served(app) = app.into();
    let (stop, connections) = watch::channel(Stop::No);
    let open = OpenConnections::new(limits, proxies);
    let mut acceptor = Acceptor::new(listener);
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            let (stream, peer) = acceptor.next().await;
            (open.slot(peer).await, stream, peer)
        };
        let (slot, stream, peer) = tokio::select! {
            biased;
            () = shutdown.as_mut() => break,
            next = next => next,
        };
        let Some(slot) = slot else {
            tracing::debug!(%peer, "connection refused: its client has reached its limit, and all its connections are in use");
            continue;
        };
        let connection = connection::run(
            stream,
            peer,
            app.borrow().clone(),
            limits,
            Arc::clone(&slot.connection),
            connections.clone(),
        );
        tokio::spawn(async move {
            connection.await;
            drop(slot);
        });
    }
    drop((acceptor, connections));
    close(stop, limits.stop).await;
    Ok(())
}

/// Waits for the connections to end, for at most `patience`.
async fn close(stop: watch::Sender<Stop>, patience: Duration) {
    stop.send_replace(Stop::Finish);
    if timeout(patience, stop.closed()).await.is_ok() {
        return;
    }
    tracing::warn!(connections = stop.receiver_count(), "requests were cut off because the server stops");
    stop.send_replace(Stop::Cut);
    // A task that does not yield cannot be aborted, so it is not waited for.
    let _ = timeout(Duration::from_secs(1), stop.closed()).await;
}

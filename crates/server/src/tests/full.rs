//! Which connections are served when there are too many (security.md 30, 48).

use std::net::IpAddr;
use std::sync::Arc;

use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::*;

const SHORT: Duration = Duration::from_millis(100);
const HALF_A_HEAD: &str = "GET /fine HTTP/1.1\r\nHost: a\r\nX-Slow: ";

fn limits(connections: usize, connections_per_address: usize) -> ServerLimits {
    ServerLimits { connections, connections_per_address, slow_head: SHORT, ..ServerLimits::default() }
}

async fn server(limits: ServerLimits) -> Server {
    Server::start(with_layers(routes(), &config()), limits).await
}

/// A server whose route `/gate` responds once for each permit of `gate`, and adds one to `arrived` before.
struct Gated {
    server: Server,
    gate: Arc<Semaphore>,
    arrived: Arc<Semaphore>,
}

impl Gated {
    async fn start(limits: ServerLimits) -> Self {
        let (gate, arrived) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let inner = (Arc::clone(&gate), Arc::clone(&arrived));
        let pass = move || {
            let (gate, arrived) = inner.clone();
            async move {
                arrived.add_permits(1);
                gate.acquire().await.unwrap().forget();
                "passed"
            }
        };
        let app = routes().route("/gate", get(pass));
        Self { server: Server::start(with_layers(app, &config()), limits).await, gate, arrived }
    }

    async fn arrived(&self, requests: u32) {
        let arrived = timeout(PATIENCE, self.arrived.acquire_many(requests)).await;
        arrived.expect("the requests do not arrive").unwrap().forget();
    }
}

impl Server {
    /// A connection from another address of this machine.
    async fn connect_from(&self, address: &str) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(address.parse::<IpAddr>().unwrap(), 0)).unwrap();
        Client { stream: socket.connect(self.address).await.unwrap(), received: Vec::new() }
    }
}

impl Client {
    async fn is_served(&mut self) {
        assert_eq!(self.request("GET /fine HTTP/1.1", "").await.text(), "fine");
    }

    /// Sends a request that gets its response later.
    async fn begin(&mut self) {
        self.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n").await;
    }

    /// Waits until the server closes the connection, if need be by a reset.
    async fn is_closed(&mut self) {
        while self.receive().await.is_some() {}
    }

    async fn is_open(&mut self) -> bool {
        timeout(SHORT, self.receive()).await.is_err()
    }
}

#[tokio::test]
async fn a_full_server_closes_the_connection_that_has_been_idle_the_longest() {
    let server = server(limits(2, 0)).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    first.is_served().await;
    second.is_served().await;
    first.is_served().await;
    let mut third = server.connect().await;
    third.is_served().await;
    second.closed().await;
    first.is_served().await;
    third.is_served().await;
}

#[tokio::test]
async fn connections_without_a_first_byte_are_idle() {
    let server = server(limits(2, 0)).await;
    let mut silent = server.connect().await;
    let mut client = server.connect().await;
    client.is_served().await;
    server.connect().await.is_served().await;
    silent.is_closed().await;
    client.is_served().await;
}

#[tokio::test]
async fn a_connection_with_a_request_is_never_closed_and_the_next_client_waits() {
    let gated = Gated::start(limits(1, 0)).await;
    let server = &gated.server;
    let mut busy = server.connect().await;
    busy.begin().await;
    gated.arrived(1).await;
    let mut waiting = server.connect().await;
    waiting.send("GET /fine HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(waiting.is_open().await, "more connections are served than the limit allows");
    gated.gate.add_permits(1);
    assert_eq!(busy.response().await.text(), "passed");
    // Then it is idle, and is closed for the next.
    assert_eq!(waiting.response().await.text(), "fine");
    busy.closed().await;
}

#[tokio::test]
async fn many_idle_connections_of_one_client_lock_no_one_out() {
    let server = server(limits(60, 20)).await;
    let mut other = server.connect_from("127.0.0.2").await;
    other.is_served().await;
    let mut idle = Vec::new();
    for _ in 0..300 {
        idle.push(server.connect().await);
    }
    other.is_served().await;
    server.connect_from("127.0.0.3").await.is_served().await;
    // The other users behind the same address get in, too.
    server.connect().await.is_served().await;
    let mut open = 0;
    for client in &mut idle[300 - 20..] {
        open += usize::from(timeout(Duration::from_millis(1), client.receive()).await.is_err());
    }
    assert!(open >= 18, "only the oldest were closed: {open}");
    for client in &mut idle[..300 - 20] {
        client.is_closed().await;
    }
}

#[tokio::test]
async fn a_client_that_uses_all_of_its_connections_gets_no_more() {
    let gated = Gated::start(limits(10, 2)).await;
    let server = &gated.server;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    first.begin().await;
    second.begin().await;
    gated.arrived(2).await;
    let mut third = server.connect().await;
    third.is_closed().await;
    server.connect_from("127.0.0.2").await.is_served().await;
    gated.gate.add_permits(2);
    assert_eq!(first.response().await.text(), "passed");
    assert_eq!(second.response().await.text(), "passed");
    server.connect().await.is_served().await;
}

#[tokio::test]
async fn clients_that_are_slow_to_send_a_head_are_closed_first() {
    for limits in [limits(3, 0), limits(100, 3)] {
        let server = server(limits).await;
        let mut slow = Vec::new();
        for _ in 0..3 {
            let mut client = server.connect().await;
            client.send(HALF_A_HEAD).await;
            slow.push(client);
        }
        assert!(slow[2].is_open().await && slow[2].is_open().await);
        server.connect().await.is_served().await;
        slow[0].is_closed().await;
        assert!(slow[1].is_open().await);
    }
}

#[tokio::test]
async fn a_trusted_proxy_serves_many_clients() {
    let proxies = TrustedProxies::new(["127.0.0.1"]).unwrap();
    let server = Server::behind(proxies, with_layers(routes(), &config()), limits(100, 2)).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(server.connect().await);
    }
    for client in &mut clients {
        client.is_served().await;
    }
    for _ in 0..3 {
        clients.push(server.connect_from("127.0.0.2").await);
    }
    clients[10].is_closed().await;
}

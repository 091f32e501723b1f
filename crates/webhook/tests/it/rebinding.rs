//! A name that resolves differently the next time (DNS rebinding): only checked addresses are connected to.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use vestibule_webhook::{AddressGuard, Client, ClientConfig, Resolver};

use crate::server::{Server, Step};
use crate::support::{config, send};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const OK_AND_CLOSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Permitted, like a public address.
const OUTSIDE: &str = "127.0.0.2";
/// Permitted, but without a server.
const CLOSED: &str = "127.0.0.3";
/// Not permitted.
const INSIDE: &str = "127.0.0.1";

/// A resolver that returns one line of a list for each lookup, and afterwards the inside address.
#[derive(Debug, Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    lookups: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn new(answers: &[&[&str]]) -> Self {
        let answer = |line: &&[&str]| line.iter().map(|address| address.parse().unwrap()).collect();
        Self { answers: Arc::new(Mutex::new(answers.iter().map(answer).collect())), lookups: Arc::default() }
    }

    fn lookups(&self) -> usize {
        let lookups = self.lookups.lock().unwrap();
        assert!(lookups.iter().all(|host| host == "hooks.example.com"), "{lookups:?}");
        lookups.len()
    }
}

#[async_trait]
impl Resolver for Script {
    async fn find(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        self.lookups.lock().unwrap().push(host.to_owned());
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or_else(|| vec![INSIDE.parse().unwrap()]);
        Ok(answer.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }
}

/// A server outside and one inside, on the same port.
struct Scene {
    outside: Server,
    inside: Server,
    resolver: Script,
    client: Client,
}

impl Scene {
    async fn new(lookups: &[&[&str]], answers: &'static [&'static str], connections: usize) -> Self {
        let script: Vec<Step> = answers.iter().map(|answer| Step::Answer((*answer).to_owned())).collect();
        let inside =
            Server::start_at(format!("{INSIDE}:0").parse().unwrap(), vec![vec![Step::Answer(OK.to_owned())]]).await;
        let address = SocketAddr::new(OUTSIDE.parse().unwrap(), inside.address.port());
        let outside = Server::start_at(address, vec![script; connections]).await;
        let resolver = Script::new(lookups);
        let guard = AddressGuard { allowed: vec![format!("{OUTSIDE}/31").parse().unwrap()] };
        let client = Client::new(&ClientConfig { guard, resolver: Arc::new(resolver.clone()), ..config() }).unwrap();
        Self { outside, inside, resolver, client }
    }

    /// Sends; returns the status, or the reason of the failure.
    async fn send(&self) -> Result<u16, String> {
        let url = format!("http://hooks.example.com:{}/", self.inside.address.port());
        send(&self.client, &url).await.map(|answer| answer.status).map_err(|failure| failure.to_string())
    }

    /// Returns how many requests have arrived outside and inside.
    fn arrived(&self) -> (usize, usize) {
        (self.outside.requests().len(), self.inside.requests().len())
    }
}

const REFUSED: &str = "hooks.example.com is 127.0.0.1, a loopback address: allow it with webhooks.allowed_networks or use \
                       a public one";

#[tokio::test]
async fn a_connection_goes_to_the_checked_address_whatever_the_name_resolves_to_next() {
    let scene = Scene::new(&[&[OUTSIDE]], &[OK_AND_CLOSE], 1).await;
    assert_eq!(scene.send().await, Ok(200));
    assert_eq!((scene.resolver.lookups(), scene.arrived()), (1, (1, 0)), "the name is resolved once");
    // Now the name resolves to the inside address.
    assert_eq!(scene.send().await, Err(REFUSED.to_owned()));
    assert_eq!((scene.resolver.lookups(), scene.arrived()), (2, (1, 0)));
}

#[tokio::test]
async fn a_name_with_both_addresses_leads_outside_only() {
    for names in [[INSIDE, OUTSIDE], [OUTSIDE, INSIDE]] {
        let scene = Scene::new(&[&names], &[OK_AND_CLOSE], 1).await;
        assert_eq!((scene.send().await, scene.arrived()), (Ok(200), (1, 0)), "{names:?}");
    }
}

#[tokio::test]
async fn without_a_server_outside_nothing_goes_inside() {
    let scene = Scene::new(&[&[CLOSED, INSIDE]], &[], 0).await;
    let reason = scene.send().await.unwrap_err();
    assert!(reason.starts_with("hooks.example.com at 127.0.0.3:"), "{reason}");
    assert_eq!((scene.resolver.lookups(), scene.arrived()), (1, (0, 0)));
}

#[tokio::test]
async fn a_reused_connection_goes_to_the_checked_address() {
    let scene = Scene::new(&[&[OUTSIDE]], &[OK, OK], 1).await;
    assert_eq!((scene.send().await, scene.send().await), (Ok(200), Ok(200)));
    assert_eq!((scene.resolver.lookups(), scene.arrived()), (1, (2, 0)));
}

#[tokio::test]
async fn a_name_without_addresses_fails() {
    let scene = Scene::new(&[&[]], &[], 0).await;
    assert_eq!(scene.send().await, Err("the name hooks.example.com has no address".to_owned()));
}

//! A way between a browser and the port that can change its address, as a laptop does that leaves
//! the office's network.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

pub(crate) struct Relay {
    inner: Arc<UdpSocket>,
    outer: Arc<Mutex<Arc<UdpSocket>>>,
    browser: Arc<Mutex<Browser>>,
    port: SocketAddr,
    back: JoinHandle<()>,
    forth: JoinHandle<()>,
}

/// What is known of the browser's side.
struct Browser {
    address: Option<SocketAddr>,
    /// The first datagrams that it sent.
    seen: Vec<Vec<u8>>,
    /// Datagrams with such a first byte do not get through.
    kept_back: Option<RangeInclusive<u8>>,
}

/// How many datagrams are remembered.
const SEEN_MAX: usize = 100;

impl Relay {
    pub(crate) async fn open(port: SocketAddr) -> Self {
        let inner = Arc::new(socket().await);
        let outer = Arc::new(Mutex::new(Arc::new(socket().await)));
        let browser = Browser { address: None, seen: Vec::new(), kept_back: None };
        let browser = Arc::new(Mutex::new(browser));
        let forth = tokio::spawn(forth(inner.clone(), outer.clone(), browser.clone(), port));
        let first = outer.lock().expect("not poisoned").clone();
        let back = tokio::spawn(back(first, inner.clone(), browser.clone()));
        Self { inner, outer, browser, port, back, forth }
    }

    /// What the browser is to be told.
    pub(crate) fn address(&self) -> SocketAddr {
        self.inner.local_addr().expect("bound")
    }

    /// The address that the port sees.
    pub(crate) fn seen_as(&self) -> SocketAddr {
        self.outer.lock().expect("not poisoned").local_addr().expect("bound")
    }

    /// Gets another address.
    pub(crate) async fn hop(&mut self) {
        self.back.abort();
        let next = Arc::new(socket().await);
        *self.outer.lock().expect("not poisoned") = next.clone();
        self.back = tokio::spawn(back(next, self.inner.clone(), self.browser.clone()));
    }

    /// Keeps back what begins with such a byte, both ways; `None` lets all through.
    pub(crate) fn keep_back(&self, first_bytes: Option<RangeInclusive<u8>>) {
        self.browser.lock().expect("not poisoned").kept_back = first_bytes;
    }

    /// What the browser sent first.
    pub(crate) fn seen(&self) -> Vec<Vec<u8>> {
        self.browser.lock().expect("not poisoned").seen.clone()
    }

    /// Sends a datagram as if it were the browser's.
    pub(crate) async fn inject(&self, datagram: &[u8]) {
        let way = self.outer.lock().expect("not poisoned").clone();
        let _lost = way.send_to(datagram, self.port).await;
    }

    /// Lets nothing through any more.
    pub(crate) fn cut(&self) {
        self.back.abort();
        self.forth.abort();
    }

    /// Lets everything through again.
    pub(crate) fn mend(&mut self) {
        let outer = self.outer.lock().expect("not poisoned").clone();
        self.back = tokio::spawn(back(outer, self.inner.clone(), self.browser.clone()));
        let (outer, browser) = (self.outer.clone(), self.browser.clone());
        self.forth = tokio::spawn(forth(self.inner.clone(), outer, browser, self.port));
    }
}

impl Browser {
    /// Takes note of a datagram; whether it gets through.
    fn passes(&mut self, from: SocketAddr, datagram: &[u8]) -> bool {
        self.address = Some(from);
        if self.seen.len() < SEEN_MAX {
            self.seen.push(datagram.to_vec());
        }
        !self.keeps_back(datagram)
    }

    fn keeps_back(&self, datagram: &[u8]) -> bool {
        let first = datagram.first().copied().unwrap_or_default();
        self.kept_back.as_ref().is_some_and(|kept| kept.contains(&first))
    }
}

async fn socket() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket")
}

async fn forth(
    inner: Arc<UdpSocket>,
    outer: Arc<Mutex<Arc<UdpSocket>>>,
    browser: Arc<Mutex<Browser>>,
    port: SocketAddr,
) {
    let mut room = [0; 2048];
    loop {
        let Ok((len, from)) = inner.recv_from(&mut room).await else { continue };
        if !browser.lock().expect("not poisoned").passes(from, &room[..len]) {
            continue;
        }
        let way = outer.lock().expect("not poisoned").clone();
        let _lost = way.send_to(&room[..len], port).await;
    }
}

async fn back(outer: Arc<UdpSocket>, inner: Arc<UdpSocket>, browser: Arc<Mutex<Browser>>) {
    let mut room = [0; 2048];
    loop {
        let Ok((len, _port)) = outer.recv_from(&mut room).await else { continue };
        let to = {
            let browser = browser.lock().expect("not poisoned");
            browser.address.filter(|_| !browser.keeps_back(&room[..len]))
        };
        if let Some(to) = to {
            let _lost = inner.send_to(&room[..len], to).await;
        }
    }
}

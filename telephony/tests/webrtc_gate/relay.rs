//! A way between a browser and the port that can change its address, as a laptop does that leaves
//! the office's network.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

pub(crate) struct Relay {
    inner: Arc<UdpSocket>,
    outer: Arc<Mutex<Arc<UdpSocket>>>,
    browser: Arc<Mutex<Option<SocketAddr>>>,
    port: SocketAddr,
    back: JoinHandle<()>,
    forth: JoinHandle<()>,
}

impl Relay {
    pub(crate) async fn open(port: SocketAddr) -> Self {
        let inner = Arc::new(socket().await);
        let outer = Arc::new(Mutex::new(Arc::new(socket().await)));
        let browser = Arc::new(Mutex::new(None));
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

async fn socket() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket")
}

async fn forth(
    inner: Arc<UdpSocket>,
    outer: Arc<Mutex<Arc<UdpSocket>>>,
    browser: Arc<Mutex<Option<SocketAddr>>>,
    port: SocketAddr,
) {
    let mut room = [0; 2048];
    loop {
        let Ok((len, from)) = inner.recv_from(&mut room).await else { continue };
        *browser.lock().expect("not poisoned") = Some(from);
        let way = outer.lock().expect("not poisoned").clone();
        let _lost = way.send_to(&room[..len], port).await;
    }
}

async fn back(
    outer: Arc<UdpSocket>,
    inner: Arc<UdpSocket>,
    browser: Arc<Mutex<Option<SocketAddr>>>,
) {
    let mut room = [0; 2048];
    loop {
        let Ok((len, _port)) = outer.recv_from(&mut room).await else { continue };
        let to = *browser.lock().expect("not poisoned");
        if let Some(to) = to {
            let _lost = inner.send_to(&room[..len], to).await;
        }
    }
}

//! Connections with TLS, as the HTTP server takes them. Does I/O.
//!
//! A handshake happens in a task of its own, with a deadline, and only so many at once: a peer that
//! connects and says nothing holds a place for seconds, and nobody behind it waits.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
/// Handshakes at once; a connection beyond waits in the system's queue.
const HANDSHAKES_MAX: usize = 256;
/// How long to wait after a refusal of the system (no files left, say).
const PAUSE: Duration = Duration::from_millis(500);

/// Hands out connections whose handshake is done.
#[derive(Debug)]
pub struct TlsListener {
    local: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    /// Ends with the listener.
    _tasks: JoinSet<()>,
}

impl TlsListener {
    /// Takes connections from `listener`.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn new(listener: TcpListener, config: ServerConfig) -> io::Result<Self> {
        let local = listener.local_addr()?;
        let (shaken, ready) = mpsc::channel(HANDSHAKES_MAX);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), shaken));
        Ok(Self { local, ready, _tasks: tasks })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.ready.recv().await {
                Some(connection) => return connection,
                // The accepting task has ended with the runtime; nobody will come any more.
                None => std::future::pending().await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    shaken: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let mut handshakes = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        while handshakes.try_join_next().is_some() {}
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(problem) => {
                tracing::warn!(%problem, "a connection could not be taken");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (acceptor, shaken) = (acceptor.clone(), shaken.clone());
        handshakes.spawn(async move {
            let _place = place;
            match timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)).await {
                // Refused only when the server has ended meanwhile.
                Ok(Ok(stream)) => drop(shaken.send((stream, peer)).await),
                Ok(Err(_)) => failed("refused"),
                Err(_) => failed("timeout"),
            }
        });
    }
}

fn failed(why: &'static str) {
    metrics::counter!("helpline_tls_handshakes_failed_total", "why" => why).increment(1);
}

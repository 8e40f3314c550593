//! One UDP port for all browsers. Does I/O.
//!
//! The WebRTC stack wants a socket for each peer connection; behind a firewall one known port for
//! all is worth much more. So each connection gets a virtual socket (see [`super::runtime`]), and
//! arriving datagrams are told apart here: STUN by the user name that ICE puts into it (RFC 8445
//! §7.2.2), everything else by the address that such a STUN message came from.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::task::AtomicWaker;
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;
use webrtc::runtime::{UdpSockRef, UdpSocketState};

use super::stun;

/// What the kernel may hold for the port: 2 s of 500 browsers. The usual 208 KiB lose packets first.
const RECEIVE_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Datagrams that wait for one connection; 640 ms of audio. The oldest goes first.
const INBOX_LEN_MAX: usize = 32;
/// Addresses that one connection may be reached from. A browser tries each of its interfaces.
const ADDRESSES_MAX: usize = 16;
/// Room that datagrams are received into; one allocation serves many of them.
const CHUNK_BYTES: usize = 64 * 1024;
/// Longest datagram: no browser sends more than an Ethernet frame.
const DATAGRAM_BYTES_MAX: usize = 1500;

/// The port and who is behind it.
#[derive(Debug)]
pub(super) struct Mux {
    socket: UdpSocket,
    address: SocketAddr,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// By the name that we gave to a connection (ICE's ufrag).
    by_name: HashMap<String, Arc<Inbox>>,
    by_address: HashMap<SocketAddr, Arc<Inbox>>,
}

/// Datagrams for one connection.
#[derive(Debug)]
pub(super) struct Inbox {
    name: String,
    queue: Mutex<VecDeque<(SocketAddr, Bytes)>>,
    waker: AtomicWaker,
}

impl Mux {
    /// Binds the port. Must be called within a tokio runtime.
    pub(super) fn bind(listen: SocketAddr) -> io::Result<Arc<Self>> {
        let socket = std::net::UdpSocket::bind(listen)?;
        socket.set_nonblocking(true)?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // The system may grant less; then packets are lost earlier under load, no more.
        let _limited = state.set_recv_buffer_size(UdpSockRef::from(&socket), RECEIVE_BUFFER_BYTES);
        let socket = UdpSocket::from_std(socket)?;
        let address = socket.local_addr()?;
        Ok(Arc::new(Self { socket, address, table: Mutex::default() }))
    }

    /// The port's address.
    pub(super) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Entries in the table. None are left when every connection is closed.
    pub(super) fn routes(&self) -> usize {
        let table = self.table();
        table.by_name.len() + table.by_address.len()
    }

    /// Opens an inbox for the connection of this name.
    pub(super) fn register(&self, name: String) -> Arc<Inbox> {
        let inbox = Arc::new(Inbox {
            name: name.clone(),
            queue: Mutex::default(),
            waker: AtomicWaker::new(),
        });
        self.table().by_name.insert(name, inbox.clone());
        inbox
    }

    /// Forgets a connection and every address it was heard from.
    pub(super) fn unregister(&self, inbox: &Arc<Inbox>) {
        let mut table = self.table();
        if table.by_name.get(&inbox.name).is_some_and(|known| Arc::ptr_eq(known, inbox)) {
            table.by_name.remove(&inbox.name);
        }
        table.by_address.retain(|_, known| !Arc::ptr_eq(known, inbox));
    }

    /// Sends a datagram, or drops it if the socket is full, as the network would.
    pub(super) fn send(&self, datagram: &[u8], target: SocketAddr) {
        let _dropped = self.socket.try_send_to(datagram, target);
    }

    /// Receives and tells apart until stopped.
    pub(super) async fn serve(self: Arc<Self>, stop: CancellationToken) {
        let mut room = BytesMut::with_capacity(CHUNK_BYTES);
        loop {
            if room.capacity() < DATAGRAM_BYTES_MAX {
                room.reserve(CHUNK_BYTES);
            }
            let received = tokio::select! {
                () = stop.cancelled() => return,
                received = self.socket.recv_buf_from(&mut room) => received,
            };
            let datagram = room.split().freeze();
            // An error is an ICMP answer to something we sent to a browser that has gone.
            if let Ok((_len, source)) = received {
                self.deliver(source, datagram);
            }
        }
    }

    fn deliver(&self, source: SocketAddr, datagram: Bytes) {
        let named = stun::local_user(&datagram);
        let mut table = self.table();
        let inbox = match named {
            Some(name) => table.learn(name, source),
            None => table.by_address.get(&source).cloned(),
        };
        drop(table);
        match inbox {
            Some(inbox) => inbox.put(source, datagram),
            None => metrics::counter!("helpline_webrtc_strangers_total").increment(1),
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The connection of this name, from now on also known by this address. A browser that reloads
    /// its page may use one address for two connections; the newest name has it.
    fn learn(&mut self, name: &str, source: SocketAddr) -> Option<Arc<Inbox>> {
        let inbox = self.by_name.get(name)?.clone();
        let known = self.by_address.get(&source).is_some_and(|known| Arc::ptr_eq(known, &inbox));
        if !known {
            let addresses = self.by_address.values().filter(|other| Arc::ptr_eq(other, &inbox));
            if addresses.count() >= ADDRESSES_MAX {
                return None;
            }
            self.by_address.insert(source, inbox.clone());
        }
        Some(inbox)
    }
}

impl Inbox {
    /// Adds a datagram. When nobody takes them, the oldest goes: late audio is worth nothing.
    fn put(&self, source: SocketAddr, datagram: Bytes) {
        let mut queue = self.queue();
        if queue.len() == INBOX_LEN_MAX {
            queue.pop_front();
            metrics::counter!("helpline_webrtc_dropped_total").increment(1);
        }
        queue.push_back((source, datagram));
        drop(queue);
        self.waker.wake();
    }

    /// The next datagram; the task is woken when one comes.
    pub(super) fn poll_take(&self, context: &Context<'_>) -> Poll<(SocketAddr, Bytes)> {
        if let Some(datagram) = self.take() {
            return Poll::Ready(datagram);
        }
        self.waker.register(context.waker());
        // Again: one may have come between the first look and the registration.
        self.take().map_or(Poll::Pending, Poll::Ready)
    }

    /// The next datagram, if one is there.
    pub(super) fn take(&self) -> Option<(SocketAddr, Bytes)> {
        self.queue().pop_front()
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<(SocketAddr, Bytes)>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

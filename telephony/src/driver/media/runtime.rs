//! The async runtime as the WebRTC stack sees it: tokio, but with UDP sockets that are places at
//! the one shared port. Does I/O.
//!
//! The stack has no way of its own to share a port among connections; its runtime seam is one.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime,
    TokioRuntime, Transmit,
};

use super::mux::{Inbox, Mux};

/// The runtime of one peer connection.
#[derive(Debug)]
pub(super) struct MuxRuntime {
    pub(super) mux: Arc<Mux>,
    /// Our name in ICE, by which the port knows the connection's datagrams.
    pub(super) name: String,
}

impl Runtime for MuxRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        // The stack's own socket is closed; its address stays as the name of this place, since the
        // stack compares it with where a datagram came in.
        let address = socket.local_addr()?;
        let inbox = self.mux.register(self.name.clone());
        Ok(Arc::new(Place { mux: self.mux.clone(), inbox, address }))
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote_addr: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        TokioRuntime.connect_tcp(remote_addr)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        TokioRuntime.resolve_host(host)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.yield_now()
    }
}

/// One connection's place at the shared port. Dropping it clears the table.
#[derive(Debug)]
struct Place {
    mux: Arc<Mux>,
    inbox: Arc<Inbox>,
    address: SocketAddr,
}

impl AsyncUdpSocket for Place {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }

    fn poll_send(&self, _: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.mux.send(transmit.contents, transmit.destination);
        Poll::Ready(Ok(transmit.contents.len()))
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let Poll::Ready(first) = self.inbox.poll_take(context) else {
            return Poll::Pending;
        };
        let mut next = Some(first);
        let mut count = 0;
        for (buffer, meta) in buffers.iter_mut().zip(meta) {
            let Some((source, datagram)) = next.take().or_else(|| self.inbox.take()) else {
                break;
            };
            let len = datagram.len().min(buffer.len());
            buffer[..len].copy_from_slice(&datagram[..len]);
            *meta = RecvMeta::default();
            meta.addr = source;
            meta.len = len;
            meta.stride = len.max(1);
            count += 1;
        }
        Poll::Ready(Ok(count))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.mux.unregister(&self.inbox);
    }
}

//! Batched receive and send, and a thread's priority: what the safe crates do not offer without
//! allocating. All unsafe code of the media plane is in this file. Does I/O.

#![expect(
    unsafe_code,
    reason = "recvmmsg, sendmmsg and setpriority have no safe form without allocation"
)]

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::ptr;

use socket2::{SockAddr, SockAddrStorage};

/// Datagrams of one system call.
pub(super) const BATCH_LEN: usize = 64;
/// Room for one datagram, bytes: an Ethernet frame, and a byte more so that a longer one shows.
pub(super) const DATAGRAM_BYTES: usize = 1504;

type Buffer = [u8; DATAGRAM_BYTES];

/// Receives up to [`BATCH_LEN`] datagrams at once. Stays on the thread that made it.
pub(super) struct Inbox {
    buffers: Box<[Buffer; BATCH_LEN]>,
    names: Box<[SockAddrStorage; BATCH_LEN]>,
    headers: Headers,
}

/// What the kernel is told of each datagram. Kept between calls, since to clear it costs more than
/// to receive one packet; its pointers are written before each call and used in it alone.
struct Headers {
    headers: Box<[libc::mmsghdr; BATCH_LEN]>,
    vectors: Box<[libc::iovec; BATCH_LEN]>,
}

impl Headers {
    fn new() -> Self {
        let headers = Box::new([NO_MESSAGE; BATCH_LEN]);
        Self { headers, vectors: Box::new([NO_VECTOR; BATCH_LEN]) }
    }

    fn point(
        &mut self,
        n: usize,
        (name, name_len): (*mut libc::c_void, libc::socklen_t),
        (bytes, len): (*mut libc::c_void, usize),
    ) {
        self.vectors[n] = libc::iovec { iov_base: bytes, iov_len: len };
        let header = &mut self.headers[n].msg_hdr;
        (header.msg_name, header.msg_namelen) = (name, name_len);
        (header.msg_iov, header.msg_iovlen) = (&raw mut self.vectors[n], 1);
    }
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self {
            buffers: boxed([0; DATAGRAM_BYTES]),
            names: Box::new(std::array::from_fn(|_| SockAddrStorage::zeroed())),
            headers: Headers::new(),
        }
    }

    /// Receives what is there, at most `limit` and [`BATCH_LEN`], without waiting; returns how many
    /// datagrams. 0 if there is none.
    ///
    /// # Errors
    /// The system's; an ICMP answer to a packet of ours shows here once and is no reason to stop.
    pub(super) fn receive(&mut self, socket: BorrowedFd<'_>, limit: usize) -> io::Result<usize> {
        let limit = limit.min(BATCH_LEN);
        for n in 0..limit {
            let name = ((&raw mut self.names[n]).cast(), self.names[n].size_of());
            let buffer = (self.buffers[n].as_mut_ptr().cast(), DATAGRAM_BYTES);
            self.headers.point(n, name, buffer);
        }
        // SAFETY: each header up to `limit` names a buffer, a vector and an address of this inbox,
        // which is borrowed until the call returns and used by nobody else.
        let received = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.headers.as_mut_ptr(),
                limit as libc::c_uint,
                libc::MSG_DONTWAIT,
                ptr::null_mut(),
            )
        };
        usize::try_from(received).or_else(|_| {
            let error = io::Error::last_os_error();
            if error.kind() == io::ErrorKind::WouldBlock { Ok(0) } else { Err(error) }
        })
    }

    /// The datagram of this number, below what [`Inbox::receive`] returned, and where it came from.
    pub(super) fn datagram(&mut self, n: usize) -> Option<(SocketAddr, &mut [u8])> {
        let name = std::mem::replace(&mut self.names[n], SockAddrStorage::zeroed());
        let header = &self.headers.headers[n];
        // SAFETY: the kernel has written an address of this length there.
        let name = unsafe { SockAddr::new(name, header.msg_hdr.msg_namelen) };
        let len = (header.msg_len as usize).min(DATAGRAM_BYTES);
        Some((name.as_socket()?, &mut self.buffers[n][..len]))
    }
}

/// Gathers datagrams and sends up to [`BATCH_LEN`] at once. Stays on the thread that made it.
pub(super) struct Outbox {
    buffers: Box<[Buffer; BATCH_LEN]>,
    names: Vec<SockAddr>,
    lens: [usize; BATCH_LEN],
    headers: Headers,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            buffers: boxed([0; DATAGRAM_BYTES]),
            names: Vec::with_capacity(BATCH_LEN),
            lens: [0; BATCH_LEN],
            headers: Headers::new(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.names.len() == BATCH_LEN
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds a datagram that `write` fills in; it returns the length, or `None` to leave it out. Must
    /// not be full.
    pub(super) fn push(
        &mut self,
        target: SocketAddr,
        write: impl FnOnce(&mut [u8]) -> Option<usize>,
    ) -> bool {
        let n = self.names.len();
        let Some(buffer) = self.buffers.get_mut(n) else { return false };
        let Some(len) = write(buffer) else { return false };
        self.lens[n] = len.min(DATAGRAM_BYTES);
        self.names.push(SockAddr::from(target));
        true
    }

    /// Sends all and is empty again. Returns how many the system did not take: a full socket drops
    /// packets, as the network would.
    pub(super) fn flush(&mut self, socket: BorrowedFd<'_>) -> usize {
        let count = self.names.len();
        for (n, name) in self.names.iter().enumerate() {
            let target = (name.as_ptr().cast_mut().cast(), name.len());
            self.headers.point(n, target, (self.buffers[n].as_mut_ptr().cast(), self.lens[n]));
        }
        let (mut at, mut dropped) = (0, 0);
        while at < count {
            let rest = &mut self.headers.headers[at..count];
            // SAFETY: each header names a buffer, a vector and an address that live until the call
            // returns; the kernel only reads them; the count is that of the headers.
            let sent = unsafe {
                libc::sendmmsg(
                    socket.as_raw_fd(),
                    rest.as_mut_ptr(),
                    rest.len() as libc::c_uint,
                    libc::MSG_DONTWAIT,
                )
            };
            // An error belongs to the first datagram: it is left out and the next one tried.
            let sent = usize::try_from(sent).unwrap_or(0);
            if sent == 0 {
                dropped += 1;
            }
            at += sent.max(1);
        }
        self.names.clear();
        dropped
    }
}

/// Asks the system to run this thread before others. It may refuse; then nothing changes.
pub(super) fn prefer_this_thread() {
    const NICENESS: libc::c_int = -10;
    // SAFETY: plain numbers; 0 is the calling thread.
    let _refused = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}

const NO_VECTOR: libc::iovec = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
// SAFETY: all zeros is a valid `mmsghdr`: null pointers and lengths of 0.
const NO_MESSAGE: libc::mmsghdr = unsafe { std::mem::zeroed() };

/// A large array on the heap without a copy of it on the stack.
fn boxed<T: Clone>(value: T) -> Box<[T; BATCH_LEN]> {
    vec![value; BATCH_LEN].try_into().ok().expect("the length is the array's")
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::os::fd::AsFd as _;

    use super::*;

    fn socket() -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_nonblocking(true).expect("a flag");
        socket
    }

    #[test]
    fn a_batch_arrives_whole_and_in_order_with_its_sender() {
        let (a, b) = (socket(), socket());
        let target = b.local_addr().expect("bound");
        let (mut outbox, mut inbox) = (Outbox::new(), Inbox::new());
        for n in 0..BATCH_LEN {
            assert!(!outbox.is_full());
            assert!(outbox.push(target, |buffer| {
                buffer[..2].copy_from_slice(&[7, n as u8]);
                Some(2)
            }));
        }
        assert!(outbox.is_full());
        assert_eq!(outbox.flush(a.as_fd()), 0);
        assert!(outbox.is_empty());
        assert_eq!(inbox.receive(b.as_fd(), BATCH_LEN).expect("received"), BATCH_LEN);
        for n in 0..BATCH_LEN {
            let (from, datagram) = inbox.datagram(n).expect("an address");
            assert_eq!((from, &*datagram), (a.local_addr().expect("bound"), &[7, n as u8][..]));
        }
        assert_eq!(inbox.receive(b.as_fd(), BATCH_LEN).expect("nothing there"), 0);
    }

    #[test]
    fn one_that_cannot_be_sent_does_not_hold_the_others_back() {
        let (a, b) = (socket(), socket());
        let mut outbox = Outbox::new();
        let good = b.local_addr().expect("bound");
        // An IPv4 socket cannot reach an IPv6 address.
        for target in [good, "[::1]:9".parse().expect("an address"), good] {
            outbox.push(target, |buffer| {
                buffer[0] = 1;
                Some(1)
            });
        }
        assert_eq!(outbox.flush(a.as_fd()), 1);
        assert_eq!(Inbox::new().receive(b.as_fd(), 9).expect("received"), 2);
    }
}

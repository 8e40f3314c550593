//! Waiting for sockets and for the wake-up of a command. Does I/O.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};

/// Most sockets told of at once; the rest is told at the next look.
const EVENTS_LEN: usize = 256;
/// The token of the wake-up; sockets have others.
pub(super) const WAKE: u64 = u64::MAX;

/// Which sockets have something to read.
pub(super) struct Poll {
    epoll: OwnedFd,
    wake: Arc<OwnedFd>,
    /// Of the sockets that had something at the last look.
    tokens: Vec<u64>,
}

/// Wakes a thread that waits in [`Poll::wait`].
#[derive(Clone, Debug)]
pub(super) struct Waker(Arc<OwnedFd>);

impl Waker {
    pub(super) fn wake(&self) {
        // Fails only when the counter is full: then the thread is awake already.
        let _full = rustix::io::write(&*self.0, &1_u64.to_ne_bytes());
    }
}

impl Poll {
    pub(super) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let poll = Self { epoll, wake, tokens: Vec::with_capacity(EVENTS_LEN) };
        poll.add(&*poll.wake, WAKE)?;
        Ok(poll)
    }

    pub(super) fn waker(&self) -> Waker {
        Waker(self.wake.clone())
    }

    /// Tells of this socket by this token from now on.
    pub(super) fn add(&self, socket: impl AsFd, token: u64) -> io::Result<()> {
        let data = epoll::EventData::new_u64(token);
        Ok(epoll::add(&self.epoll, socket, data, epoll::EventFlags::IN)?)
    }

    /// Tells of it no more.
    pub(super) fn remove(&self, socket: impl AsFd) {
        let _not_there = epoll::delete(&self.epoll, socket);
    }

    /// Waits until a socket has something, a command came, or this long; `None` waits for ever.
    /// Returns how many tokens there are.
    pub(super) fn wait(&mut self, limit: Option<Duration>) -> usize {
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        let mut room = [const { MaybeUninit::uninit() }; EVENTS_LEN];
        self.tokens.clear();
        // An interrupted wait is one that found nothing.
        if let Ok((found, _rest)) = epoll::wait(&self.epoll, &mut room, limit.as_ref()) {
            self.tokens.extend(found.iter().map(|event| event.data.u64()));
        }
        self.tokens.len()
    }

    /// The token of this number, below what [`Poll::wait`] returned.
    pub(super) fn token(&self, n: usize) -> u64 {
        self.tokens[n]
    }

    /// Takes the wake-up, so that it is told once.
    pub(super) fn take_wake(&self) {
        let mut count = [0; 8];
        let _none = rustix::io::read(&*self.wake, &mut count);
    }
}

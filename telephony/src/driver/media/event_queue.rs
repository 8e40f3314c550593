//! The way of events out of a lane: bounded, without waiting. Does I/O: sends.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::MediaEvent;

/// Events that wait for room. More than this, and the exchange has stopped listening.
const WAITING_MAX: usize = 1024;

/// Sends events, and keeps those that found no room until there is some.
pub(super) struct EventQueue {
    sender: mpsc::Sender<MediaEvent>,
    waiting: VecDeque<MediaEvent>,
}

impl EventQueue {
    pub(super) fn new(sender: mpsc::Sender<MediaEvent>) -> Self {
        Self { sender, waiting: VecDeque::new() }
    }

    /// Sends an event that a call needs.
    pub(super) fn send(&mut self, event: MediaEvent) {
        self.retry();
        if self.waiting.is_empty() {
            match self.sender.try_send(event) {
                Ok(()) | Err(TrySendError::Closed(_)) => {}
                Err(TrySendError::Full(event)) => self.waiting.push_back(event),
            }
        } else if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(event);
        } else {
            metrics::counter!("helpline_media_events_lost_total").increment(1);
        }
    }

    /// Sends an event that the next one replaces; drops it if there is no room.
    pub(super) fn send_if_room(&mut self, event: MediaEvent) {
        if self.waiting.is_empty() {
            let _full = self.sender.try_send(event);
        }
    }

    /// Sends what waits, as far as there is room.
    pub(super) fn retry(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            if let Err(TrySendError::Full(event)) = self.sender.try_send(event) {
                self.waiting.push_front(event);
                return;
            }
        }
    }

    /// Whether something waits for room.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

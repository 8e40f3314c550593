//! One event stream: sends what happens, hears the console's heartbeat, and closes with a word when it
//! must. Does I/O; what is in a frame is decided in [`super::frames`] and [`super::protocol`].

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use switchboard::Subscription;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::frames::Frames;
use super::protocol::{BAD_FRAMES_MAX, ClientFrame, Closing, News, ServerFrame};
use super::saved::CaseSaved;
use crate::app::App;
use crate::auth::session::{self, Ended};
use crate::auth::{Person, SessionToken};
use crate::clock;
use crate::problem::ProblemKind;

/// A frame that a client has not taken by then: the client is gone or too slow.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// How often the session behind a stream is looked at.
const SESSION_LOOK: Duration = Duration::from_secs(30);

/// One open stream.
pub struct Connection {
    app: App,
    frames: Frames,
    person: Person,
    token: SessionToken,
    cursor: Option<u64>,
    bad_frames: u32,
    _permit: OwnedSemaphorePermit,
}

/// How a stream ended, other than by a closing of ours.
struct Gone;

/// What comes next on a stream.
enum Next {
    Happened(Result<std::sync::Arc<switchboard::BusEvent>, RecvError>),
    Saved(Result<CaseSaved, RecvError>),
    Ended(Result<Ended, RecvError>),
    Heard(Option<Result<Message, axum::Error>>),
    Look,
    Stop,
}

impl Connection {
    /// A stream for this person, resumed after `cursor` if that is still known.
    #[must_use]
    pub fn new(
        app: App,
        person: Person,
        token: SessionToken,
        cursor: Option<u64>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let frames = Frames::new(app.clone(), person.clone());
        Self { app, frames, person, token, cursor, bad_frames: 0, _permit: permit }
    }

    /// Talks until one of both ends it.
    pub async fn run(mut self, mut socket: WebSocket) {
        metrics::gauge!("helpline_event_streams").increment(1.0);
        let subscription = self.app.exchange().subscribe(self.cursor);
        let ended = self.talk(&mut socket, subscription).await;
        if let Ok(closing) = ended {
            let close = CloseFrame {
                code: closing.code(),
                reason: Utf8Bytes::from_static(closing.reason()),
            };
            metrics::counter!("helpline_event_streams_closed_total", "why" => closing.reason())
                .increment(1);
            // A client that takes nothing does not take this either.
            let _ = timeout(SEND_TIMEOUT, socket.send(Message::Close(Some(close)))).await;
        }
        metrics::gauge!("helpline_event_streams").decrement(1.0);
    }

    async fn talk(
        &mut self,
        socket: &mut WebSocket,
        mut subscription: Subscription,
    ) -> Result<Closing, Gone> {
        self.begin(socket, &mut subscription).await?;
        let mut live = subscription.live;
        let mut saved = self.app.saved().listen();
        let mut ended = self.app.ended_sessions().listen();
        let mut look = interval_at(Instant::now() + SESSION_LOOK, SESSION_LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stopping = self.app.stopping().clone();
        loop {
            let next = tokio::select! {
                event = live.recv() => Next::Happened(event),
                case = saved.recv() => Next::Saved(case),
                session = ended.recv() => Next::Ended(session),
                heard = socket.recv() => Next::Heard(heard),
                _ = look.tick() => Next::Look,
                () = stopping.cancelled() => Next::Stop,
            };
            if live.len() > self.app.settings().limits.events_waiting_max {
                return Ok(Closing::TooSlow);
            }
            if let Some(closing) = self.step(socket, next).await? {
                return Ok(closing);
            }
        }
    }

    /// The first frames: what was missed, or everything as it is.
    async fn begin(
        &mut self,
        socket: &mut WebSocket,
        subscription: &mut Subscription,
    ) -> Result<(), Gone> {
        let now = clock::now();
        let Some(missed) = subscription.missed.take() else {
            let snapshot = self.frames.snapshot(subscription.cursor, now).await;
            return send(socket, &snapshot).await;
        };
        let cursor = Some(self.cursor.unwrap_or(subscription.cursor));
        send(socket, &ServerFrame { cursor, at: now.into(), news: News::Resumed {} }).await?;
        for event in missed {
            if let Some(frame) = self.frames.of(&event, now).await {
                send(socket, &frame).await?;
            }
        }
        Ok(())
    }

    async fn step(&mut self, socket: &mut WebSocket, next: Next) -> Result<Option<Closing>, Gone> {
        match next {
            Next::Happened(Ok(event)) => {
                if let Some(frame) = self.frames.of(&event, clock::now()).await {
                    send(socket, &frame).await?;
                }
                Ok(None)
            }
            Next::Happened(Err(RecvError::Lagged(_))) => Ok(Some(Closing::TooSlow)),
            Next::Happened(Err(RecvError::Closed)) | Next::Stop => Ok(Some(Closing::Stopping)),
            Next::Saved(Ok(case)) => {
                let news = News::CaseSaved { case_id: case.case, version: case.version };
                send(socket, &ServerFrame::passing(clock::now(), news)).await?;
                Ok(None)
            }
            Next::Saved(Err(_)) => Ok(None),
            Next::Ended(Ok(ended)) if ended.ends(&self.person) => Ok(Some(Closing::SignedOut)),
            Next::Ended(Ok(_)) => Ok(None),
            Next::Ended(Err(_)) => self.look().await,
            Next::Heard(None | Some(Err(_) | Ok(Message::Close(_)))) => Err(Gone),
            Next::Heard(Some(Ok(message))) => self.heard(socket, &message).await,
            Next::Look => self.look().await,
        }
    }

    async fn heard(
        &mut self,
        socket: &mut WebSocket,
        message: &Message,
    ) -> Result<Option<Closing>, Gone> {
        let frame = match message {
            Message::Text(text) => ClientFrame::read(text),
            // The library answers pings itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(None),
            Message::Binary(_) | Message::Close(_) => None,
        };
        match frame {
            Some(ClientFrame::Heartbeat {}) => {
                self.app.exchange().heartbeat(self.frames.viewer().agent);
                Ok(None)
            }
            None => self.bad_frame(socket).await,
        }
    }

    async fn bad_frame(&mut self, socket: &mut WebSocket) -> Result<Option<Closing>, Gone> {
        metrics::counter!("helpline_event_frames_bad_total").increment(1);
        self.bad_frames += 1;
        if self.bad_frames >= BAD_FRAMES_MAX {
            return Ok(Some(Closing::BadFrames));
        }
        let news = News::Error { problem: ProblemKind::Malformed.slug().to_owned() };
        send(socket, &ServerFrame::passing(clock::now(), news)).await?;
        Ok(None)
    }

    /// Looks whether the person is still signed in. An agent at work uses the session by working, even
    /// in an hour without a click; for all others only the end that was set at the sign-in is looked
    /// at here, because looking at the row would count as use.
    async fn look(&self) -> Result<Option<Closing>, Gone> {
        let now = clock::now();
        if now >= self.person.expires_at {
            return Ok(Some(Closing::SignedOut));
        }
        if !self.at_work() {
            return Ok(None);
        }
        match session::find(&self.app, &self.token, now).await {
            Ok(Some(_)) => Ok(None),
            Ok(None) => Ok(Some(Closing::SignedOut)),
            // The database does not answer: that is no reason to part an agent from a live call.
            Err(_) => Ok(None),
        }
    }

    fn at_work(&self) -> bool {
        use routing::AgentState as State;
        let view = self.app.exchange().agent_view(self.frames.viewer().agent);
        view.is_some_and(|view| match view.state {
            State::Offline | State::Break { .. } | State::NotResponding { .. } => false,
            State::Available { .. }
            | State::Ringing { .. }
            | State::Talking { .. }
            | State::OnHold { .. }
            | State::WrapUp { .. } => true,
        })
    }
}

async fn send(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), Gone> {
    let message = Message::Text(frame.text().into());
    match timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}

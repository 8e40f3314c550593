//! One call of a caller, from INVITE to report. Does I/O.

use std::net::SocketAddr;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Response, StatusCode};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::audio::Audio;
use super::endpoint::Dialler;
use super::hearing::Hearing;
use super::route::Routes;
use super::voice::Voice;
use super::{DialEnded, DialError, DialProgress, DialReport, DialRequest};
use crate::driver::clock;
use crate::driver::trunk::Attempt;
use crate::driver::trunk::choice::About;
use crate::driver::trunk::place::{Answered, Patience, Tried, try_once, verdict};
use crate::rtp::{PACKET_BYTES_MAX, RtpHeader};
use crate::sdp::TrunkOffer;

/// How long a trunk may leave an INVITE without any answer before the next is tried.
const FIRST_ANSWER_DEADLINE: Duration = Duration::from_secs(5);
/// How long the other side may take to confirm a BYE.
const LAST_WORDS_DEADLINE: Duration = Duration::from_secs(5);

type Progress = Option<mpsc::Sender<DialProgress>>;

/// Places a call and stays with it until its end.
pub(super) async fn place(
    dialler: &Dialler,
    request: DialRequest,
    progress: Progress,
) -> Result<DialReport, DialError> {
    let ip = dialler.address.ip();
    let bind_error =
        |source: std::io::Error| DialError::Bind { address: ip, source: Box::new(source) };
    let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).await.map_err(bind_error)?;
    let routes = Routes::new(dialler, &request, socket.local_addr().map_err(bind_error)?)?;
    let began = Instant::now();
    let gives_up_at = began + request.give_up_after;
    let mut report = DialReport::new();
    for index in routes.order() {
        let route = match routes.route(index).await? {
            Ok(route) => route,
            Err(attempt) => {
                report.attempts.push(attempt);
                continue;
            }
        };
        let first_answer_by = route.trunk.is_some().then(|| Instant::now() + FIRST_ANSWER_DEADLINE);
        let patience = Patience { first_answer_by, gives_up_at, taken_back: None };
        let mut rings = || {
            if report.rang_after.is_none() {
                report.rang_after = Some(began.elapsed());
                tell(&progress, DialProgress::Ringing);
            }
        };
        let tried = try_once(&dialler.dialogs, route.invite, patience, &mut rings)
            .await
            .map_err(|source| DialError::Invite { source: Box::new(source) })?;
        let about = verdict(&tried);
        match tried {
            Tried::Answered(answered) => {
                report.answered_after = Some(began.elapsed());
                report.trunk = route.trunk;
                tell(&progress, DialProgress::Answered);
                let Answered { dialog, changes, answer } = *answered;
                let mut call = Call { dialog, changes, progress, report };
                call.talk(&request, &socket, &answer).await;
                dialler.dialogs.remove_dialog(&call.dialog.id());
                return Ok(call.report);
            }
            Tried::Over { reason, given_up } => report.ended = ended(&reason, given_up),
            Tried::Silent => report.ended = DialEnded::Lost,
        }
        match (about, route.trunk) {
            (Some(About::Trunk(fault)), Some(trunk)) if Instant::now() < gives_up_at => {
                report.attempts.push(Attempt { trunk, fault });
            }
            _ => break,
        }
    }
    Ok(report)
}

fn tell(watcher: &Progress, progress: DialProgress) {
    if let Some(watcher) = watcher {
        let _behind = watcher.try_send(progress);
    }
}

struct Call {
    dialog: InviteDialog,
    changes: DialogStateReceiver,
    progress: Progress,
    report: DialReport,
}

impl Call {
    async fn talk(&mut self, request: &DialRequest, socket: &UdpSocket, answer: &Response) {
        let agreed = TrunkOffer::parse(&answer.body).ok();
        let Some((codec, theirs)) =
            agreed.and_then(|theirs| Some((*theirs.codecs.first()?, theirs)))
        else {
            self.hang_up().await;
            self.report.ended = DialEnded::Lost;
            return;
        };
        let first = RtpHeader {
            marker: true,
            payload_type: codec.payload_type(),
            sequence: rand::random(),
            timestamp: rand::random(),
            ssrc: rand::random(),
        };
        let heard_as = (codec, theirs.telephone_event);
        let repeats = request.say_repeatedly;
        let voice = Voice::new(heard_as, &request.say, repeats, &request.presses, first);
        let answered_at = clock::now();
        let hearing = Hearing::new(heard_as, answered_at, &request.listen_for, request.keep_audio);
        let mut audio = Audio { socket, remote: theirs.remote, voice, hearing, answered_at };
        let answered = Instant::now();
        let longest = request.hang_up_after.unwrap_or(request.longest).min(request.longest);
        self.converse(&mut audio, answered + longest).await;
        self.report.talked = answered.elapsed();
        self.report.add(&audio.hearing);
    }

    /// Speaks and listens until one side hangs up.
    async fn converse(&mut self, audio: &mut Audio<'_>, ends_at: Instant) {
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut datagram = [0; PACKET_BYTES_MAX];
        loop {
            tokio::select! {
                biased;
                _due = ticks.tick() => {
                    let pressed = audio.speak(&mut self.report);
                    if let Some(digit) = pressed {
                        tell(&self.progress, DialProgress::Pressed(digit));
                    }
                }
                received = audio.socket.recv_from(&mut datagram) => {
                    if let Ok((len, source)) = received {
                        audio.listen(&datagram[..len], source);
                    }
                }
                change = self.changes.recv() => {
                    if let Some(ended) = self.over(change).await {
                        self.report.ended = ended;
                        return;
                    }
                }
                () = sleep_until(ends_at) => {
                    self.hang_up().await;
                    self.report.ended = DialEnded::ByUs;
                    return;
                }
            }
        }
    }

    /// Whether this change ends the call.
    async fn over(&self, change: Option<DialogState>) -> Option<DialEnded> {
        match change {
            None => Some(DialEnded::Lost),
            Some(DialogState::Terminated(_, reason)) => Some(ended(&reason, false)),
            Some(
                DialogState::Updated(_, _, handle)
                | DialogState::Info(_, _, handle)
                | DialogState::Options(_, _, handle),
            ) => {
                let _gone = handle.reply(StatusCode::OK).await;
                None
            }
            Some(_) => None,
        }
    }

    async fn hang_up(&self) {
        let dialog = self.dialog.clone();
        let _unconfirmed = timeout(LAST_WORDS_DEADLINE, dialog.bye()).await;
    }
}

fn ended(reason: &TerminatedReason, given_up: bool) -> DialEnded {
    match reason {
        TerminatedReason::UacCancel => DialEnded::Cancelled,
        TerminatedReason::UasOther(StatusCode::RequestTerminated) if given_up => {
            DialEnded::Cancelled
        }
        TerminatedReason::UasOther(code)
        | TerminatedReason::UacOther(code)
        | TerminatedReason::ProxyError(code) => DialEnded::Refused(code.code()),
        TerminatedReason::UasBusy | TerminatedReason::UacBusy => DialEnded::Refused(486),
        TerminatedReason::UasDecline => DialEnded::Refused(603),
        TerminatedReason::ProxyAuthRequired => DialEnded::Refused(407),
        TerminatedReason::UasBye => DialEnded::ByOther,
        TerminatedReason::UacBye => DialEnded::ByUs,
        TerminatedReason::Timeout => DialEnded::Lost,
    }
}

//! One call of a caller, from INVITE to report. Does I/O.

use std::net::SocketAddr;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Response, StatusCode, Uri};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::audio::Audio;
use super::endpoint::Dialler;
use super::hearing::Hearing;
use super::voice::Voice;
use super::{DialEnded, DialError, DialProgress, DialReport, DialRequest};
use crate::driver::clock;
use crate::rtp::{PACKET_BYTES_MAX, RtpHeader};
use crate::sdp::{LocalAudio, TrunkOffer, write_offer};

/// How long the other side may take to confirm a CANCEL or a BYE.
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
    let option = invite(dialler, &request, socket.local_addr().map_err(bind_error)?)?;
    let (states, changes) = dialler.dialogs.new_dialog_state_channel();
    let (dialog, invited) = dialler
        .dialogs
        .do_invite_async(option, states)
        .map_err(|source| DialError::Invite { source: Box::new(source) })?;
    let began = Instant::now();
    let mut call = Call {
        dialog,
        changes,
        progress,
        report: DialReport::new(),
        gives_up_at: began + request.give_up_after,
        began,
    };
    let answer = call.wait_for_answer().await;
    if let Some(answer) = answer {
        call.talk(&request, &socket, &answer).await;
    }
    if call.report.ended == DialEnded::Lost {
        invited.abort();
    } else {
        // The INVITE's own task ends by itself once the answer, or the refusal, is settled.
        let _settled = timeout(LAST_WORDS_DEADLINE, invited).await;
    }
    dialler.dialogs.remove_dialog(&call.dialog.id());
    Ok(call.report)
}

fn invite(
    dialler: &Dialler,
    request: &DialRequest,
    audio: SocketAddr,
) -> Result<InviteOption, DialError> {
    if request.codecs.is_empty() {
        return Err(DialError::NoCodec);
    }
    let uri = |text: String| {
        Uri::try_from(text.as_str()).map_err(|_| DialError::BadUri { text: text.clone() })
    };
    let over_tcp = request.to.to_ascii_lowercase().contains("transport=tcp");
    let transport = if over_tcp { ";transport=tcp" } else { "" };
    let own = format!("sip:{}@{}", request.from, dialler.address);
    let local = LocalAudio { address: audio, session_id: rand::random::<u32>().into(), version: 1 };
    Ok(InviteOption {
        caller: uri(own.clone())?,
        callee: uri(request.to.clone())?,
        contact: uri(format!("{own}{transport}"))?,
        content_type: Some("application/sdp".to_owned()),
        offer: Some(write_offer(local, &request.codecs).into_bytes()),
        ..Default::default()
    })
}

struct Call {
    dialog: InviteDialog,
    changes: DialogStateReceiver,
    progress: Progress,
    report: DialReport,
    began: Instant,
    gives_up_at: Instant,
}

impl Call {
    /// The answer, or `None` when the call is over without one.
    async fn wait_for_answer(&mut self) -> Option<Response> {
        let mut given_up = false;
        loop {
            let ends_at =
                if given_up { self.gives_up_at + LAST_WORDS_DEADLINE } else { self.gives_up_at };
            let change = tokio::select! {
                change = self.changes.recv() => change,
                () = sleep_until(ends_at) => {
                    if given_up {
                        return None;
                    }
                    if matches!(self.dialog.state(), DialogState::Calling(_)) {
                        // Not even `100 Trying`: there is nobody to take a CANCEL.
                        return None;
                    }
                    given_up = true;
                    let dialog = self.dialog.clone();
                    let _unconfirmed = timeout(LAST_WORDS_DEADLINE, dialog.cancel()).await;
                    continue;
                }
            };
            let change = change?;
            if let DialogState::Terminated(_, reason) = &change {
                self.report.ended = ended(reason, given_up);
                return None;
            }
            if matches!(change, DialogState::Early(..)) && self.report.rang_after.is_none() {
                self.report.rang_after = Some(self.began.elapsed());
                self.tell(DialProgress::Ringing);
            }
            if let DialogState::Confirmed(_, response) = change {
                self.report.answered_after = Some(self.began.elapsed());
                self.tell(DialProgress::Answered);
                return Some(response);
            }
        }
    }

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
                        self.tell(DialProgress::Pressed(digit));
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

    fn tell(&self, progress: DialProgress) {
        if let Some(watcher) = &self.progress {
            let _behind = watcher.try_send(progress);
        }
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

//! Keeps watch over one trunk: OPTIONS to hear whether it lives, REGISTER where it wants one. Does I/O.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ids::Timestamp;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::headers::{CallId, Expires};
use rsipstack::sip::{Header, HeadersExt as _, Method, Response, StatusCode, StatusCodeKind};
use tokio_util::sync::CancellationToken;

use super::config::{KeepAlive, TrunkConfig, TrunkName};
use super::health::{TrunkFault, TrunkHealth, alive};
use super::registration::{Outcome, Registration};
use super::request::{Question, Way, find};
use super::table::Table;
use crate::driver::clock;

/// How long our farewell to a registrar may take.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(2);

/// What every keeper needs.
pub(crate) struct Keeping {
    pub(crate) dialogs: Arc<DialogLayer>,
    pub(crate) contact: SocketAddr,
    pub(crate) times: KeepAlive,
    pub(crate) table: Arc<Table>,
    /// Told of each change of health.
    pub(crate) tell: Box<dyn Fn(TrunkName, TrunkHealth, Timestamp) + Send + Sync>,
    /// Ends the watch; the keepers say goodbye to their registrars.
    pub(crate) stop: CancellationToken,
}

/// Watches one trunk until the stop.
pub(crate) async fn keep(keeping: Arc<Keeping>, index: usize) {
    let Some(trunk) = keeping.table.get(index) else { return };
    if trunk.config.send_to.is_none() {
        return;
    }
    let now = clock::now();
    let times = keeping.times;
    let registers = trunk.config.registers;
    let mut keeper = Keeper {
        index,
        ask_at: now,
        registration: registers
            .then(|| Registration::new(times.registration, times.retry_registration, now)),
        call_id: CallId::from(
            uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string(),
        ),
        sequence: 0,
        keeping: &keeping,
    };
    loop {
        let wait = keeper.due().since(clock::now());
        tokio::select! {
            () = keeping.stop.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
        tokio::select! {
            () = keeping.stop.cancelled() => break,
            () = keeper.step() => {}
        }
    }
    keeper.say_goodbye().await;
}

struct Keeper<'a> {
    keeping: &'a Keeping,
    index: usize,
    /// When the next OPTIONS is due.
    ask_at: Timestamp,
    registration: Option<Registration>,
    /// Of all our REGISTERs (RFC 3261 §10.2.4: one for a UA's registrations with one registrar).
    call_id: CallId,
    sequence: u32,
}

impl Keeper<'_> {
    fn due(&self) -> Timestamp {
        let registers_at = self.registration.as_ref().map(Registration::poll_timeout);
        registers_at.map_or(self.ask_at, |at| at.min(self.ask_at))
    }

    async fn step(&mut self) {
        let now = clock::now();
        if self.registration.as_ref().is_some_and(|known| known.poll_timeout() <= now) {
            self.register().await;
        }
        if self.ask_at <= now {
            self.ask_at = now + self.keeping.times.interval;
            let began = clock::now();
            let outcome = self.options().await;
            let now = clock::now();
            let outcome = outcome.map(|()| now.since(began));
            if let (Ok(round_trip), Some(config)) = (&outcome, self.config()) {
                metrics::gauge!("helpline_sip_trunk_round_trip_seconds", "trunk" => config.name.to_string())
                    .set(round_trip.as_secs_f64());
            }
            self.judge(|health| health.on_asked(now, outcome));
        }
    }

    fn config(&self) -> Option<&TrunkConfig> {
        self.keeping.table.get(self.index).map(|trunk| &trunk.config)
    }

    fn judge(&self, change: impl FnOnce(&mut super::health::Health) -> bool) {
        let Some(trunk) = self.keeping.table.get(self.index) else { return };
        let Some((health, since)) = trunk.judge(change) else { return };
        let name = &trunk.config.name;
        match health {
            TrunkHealth::Up => tracing::info!(trunk = %name, "the trunk is up"),
            TrunkHealth::Degraded { why } => {
                tracing::warn!(trunk = %name, why = %why, "the trunk is degraded");
            }
            TrunkHealth::Down { why } => {
                tracing::error!(trunk = %name, why = %why, "the trunk is down");
            }
        }
        (self.keeping.tell)(name.clone(), health, since);
    }

    async fn options(&self) -> Result<(), TrunkFault> {
        let call_id = uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string();
        let accept = Header::Accept("application/sdp".into());
        let question = Question {
            method: Method::Options,
            call_id: call_id.into(),
            sequence: 1,
            headers: vec![accept],
        };
        let answer = self.ask(question, self.keeping.times.answer_within).await?;
        alive(answer.status_code.code())
    }

    async fn register(&mut self) {
        let Some(wanted) = self.registration.as_ref().map(Registration::wanted) else { return };
        let answer = self.send_register(wanted, self.keeping.times.answer_within).await;
        let (outcome, fault) = read_answer(&answer, wanted);
        let now = clock::now();
        let Some(registration) = &mut self.registration else { return };
        registration.on_outcome(now, outcome, rand::random());
        if let Some(trunk) = self.keeping.table.get(self.index) {
            trunk.set_registered_until(registration.registered_until(now));
        }
        if matches!(outcome, Outcome::TooBrief(_)) && registration.poll_timeout() <= now {
            // It is asked again at once, for longer: no fault of anybody's.
            return;
        }
        self.judge(|health| health.on_registered(now, fault.map_or(Ok(()), Err)));
    }

    async fn send_register(
        &mut self,
        life: Duration,
        within: Duration,
    ) -> Result<Response, TrunkFault> {
        // A challenge takes a number more.
        self.sequence += 4;
        let contact = self.way_contact();
        let seconds = u32::try_from(life.as_secs()).unwrap_or(u32::MAX);
        let question = Question {
            method: Method::Register,
            call_id: self.call_id.clone(),
            sequence: self.sequence,
            headers: vec![
                Header::Contact(format!("<{contact}>").into()),
                Header::Expires(Expires::from(seconds)),
            ],
        };
        self.ask(question, within).await
    }

    fn way_contact(&self) -> String {
        let endpoint = &self.keeping.dialogs.endpoint;
        let contact = self.keeping.contact;
        let text = self.config().and_then(|trunk| {
            let to = trunk.send_to.as_ref()?;
            Some(Way { endpoint, contact, trunk, to, address: contact }.contact_uri())
        });
        text.unwrap_or_default()
    }

    async fn ask(&self, question: Question, within: Duration) -> Result<Response, TrunkFault> {
        let trunk = self.keeping.table.get(self.index).ok_or(TrunkFault::Unreachable)?;
        let to = trunk.config.send_to.as_ref().ok_or(TrunkFault::Unreachable)?;
        let addresses = find(to, within).await?;
        let address = *addresses.first().ok_or(TrunkFault::Unreachable)?;
        // Its answers, and its calls, come from there.
        trunk.found(addresses);
        let (endpoint, contact) = (&self.keeping.dialogs.endpoint, self.keeping.contact);
        let way = Way { endpoint, contact, trunk: &trunk.config, to, address };
        way.ask(question, within).await
    }

    /// A registrar that still knows us is told that we go: calls then come at once to whoever is left.
    async fn say_goodbye(&mut self) {
        let now = clock::now();
        let known = self.registration.as_ref().and_then(|known| known.registered_until(now));
        if known.is_some() {
            let _unheard = self.send_register(Duration::ZERO, FAREWELL_DEADLINE).await;
            if let Some(trunk) = self.keeping.table.get(self.index) {
                trunk.set_registered_until(None);
            }
        }
    }
}

/// What an answer to REGISTER means for the registration, and for the trunk's health.
fn read_answer(
    answer: &Result<Response, TrunkFault>,
    wanted: Duration,
) -> (Outcome, Option<TrunkFault>) {
    let Ok(response) = answer else {
        return (Outcome::Failed, Some(TrunkFault::RegistrationUnanswered));
    };
    if response.status_code.kind() == StatusCodeKind::Successful {
        return (Outcome::Granted(granted(response).unwrap_or(wanted)), None);
    }
    let fault = Some(TrunkFault::RegistrationRefused(response.status_code.code()));
    if response.status_code == StatusCode::IntervalTooBrief
        && let Some(least) = response.min_expires_header().and_then(|it| seconds(it.value()))
    {
        return (Outcome::TooBrief(least), fault);
    }
    (Outcome::Failed, fault)
}

/// The life that was granted: of the Contact, else of the message (RFC 3261 §10.2.4).
fn granted(response: &Response) -> Option<Duration> {
    let of_contact = response.headers.iter().find_map(|header| {
        let Header::Contact(contact) = header else { return None };
        let parameters = contact.value().rsplit_once('>').map_or("", |(_, rest)| rest);
        parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("expires").then(|| seconds(value))?
        })
    });
    let of_message = || {
        response.headers.iter().find_map(|header| {
            let Header::Expires(value) = header else { return None };
            seconds(value.value())
        })
    };
    of_contact.or_else(of_message)
}

fn seconds(text: &str) -> Option<Duration> {
    text.trim()
        .trim_matches('"')
        .parse()
        .ok()
        .map(|seconds: u32| Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: &str, headers: &str) -> Result<Response, TrunkFault> {
        let text = format!(
            "SIP/2.0 {status}\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:a@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        Ok(Response::try_from(text.as_bytes()).expect("readable"))
    }

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_registrars_word_counts_and_not_ours() {
        for (headers, granted) in [
            ("Contact: <sip:a@h>;expires=60\r\nExpires: 900\r\n", 60),
            ("Contact: <sip:a@h;x=1>;q=1;Expires=120\r\n", 120),
            ("Expires: 900\r\n", 900),
            ("Contact: <sip:a@h>\r\n", 3600),
        ] {
            let (outcome, fault) = read_answer(&answer("200 OK", headers), s(3600));
            assert_eq!((outcome, fault), (Outcome::Granted(s(granted)), None), "{headers}");
        }
    }

    #[test]
    fn a_refusal_says_why() {
        let refused = |code| Some(TrunkFault::RegistrationRefused(code));
        let brief = answer("423 Interval Too Brief", "Min-Expires: 7200\r\n");
        assert_eq!(read_answer(&brief, s(60)), (Outcome::TooBrief(s(7200)), refused(423)));
        let no_least = answer("423 Interval Too Brief", "");
        assert_eq!(read_answer(&no_least, s(60)), (Outcome::Failed, refused(423)));
        let forbidden = answer("403 Forbidden", "");
        assert_eq!(read_answer(&forbidden, s(60)), (Outcome::Failed, refused(403)));
        let silent = Err(TrunkFault::NoAnswer);
        let unanswered = Some(TrunkFault::RegistrationUnanswered);
        assert_eq!(read_answer(&silent, s(60)), (Outcome::Failed, unanswered));
    }
}

//! Where calls and records meet at the edge: what a console needs of the records for a call. Reads and
//! writes the records, through `crm`, which audits each.

use std::time::Duration;

use crm::actor::{Actor, Purpose};
use crm::{case, contact, interaction, report};
use ids::{AgentId, CallId, ContactId, Timestamp};
use switchboard::CallView;

use crate::app::App;
use crate::auth::Person;
use crate::clock;
use crate::problem::{Answer, Problem};
use crate::wire::ringing::Known;

/// How far back a screen pop looks.
const PREVIOUS_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The actor that a person is.
#[must_use]
pub fn actor(person: &Person, purpose: Purpose) -> Actor {
    Actor { user: person.user, role: person.role, purpose }
}

/// What the records know of a ringing caller's number; nothing for a withheld one.
///
/// # Errors
/// What the records refuse, or the database's.
pub async fn known(app: &App, person: &Person, call: &CallView, now: Timestamp) -> Answer<Known> {
    let Some(number) = call.number else {
        return Ok(Known::default());
    };
    let actor = actor(person, Purpose::Call(call.id));
    let people = contact::find_by_phone(app.store(), &actor, &number, now).await?;
    let since = ago(now, PREVIOUS_FOR);
    let previous = interaction::previous_contacts(app.store(), &actor, &number, since, now).await?;
    Ok(Known {
        pick_list: people.iter().map(Into::into).collect(),
        previous: previous.iter().map(Into::into).collect(),
    })
}

/// Notes whom a call of this agent is about, or was until a moment ago (in wrap-up).
///
/// # Errors
/// The call is not the agent's, there is no such contact, or the database's.
pub async fn set_contact(
    app: &App,
    person: &Person,
    call: CallId,
    contact: Option<ContactId>,
) -> Answer<()> {
    let agent = AgentId::from(person.user);
    if !is_own(app, agent, call) {
        return Err(Problem::not_found("call"));
    }
    let actor = actor(person, Purpose::Call(call));
    let id = interaction::id_of(call);
    let now = clock::now();
    interaction::set_contact(app.store(), &actor, id, contact, now).await?;
    app.exchange().set_contact(call, contact);
    Ok(())
}

/// Whether the call is the one this agent is on or wraps up.
#[must_use]
pub fn is_own(app: &App, agent: AgentId, call: CallId) -> bool {
    use routing::AgentState as State;
    app.exchange().agent_view(agent).is_some_and(|view| match view.state {
        State::Talking { call: own, since: _ }
        | State::OnHold { call: own, since: _ }
        | State::WrapUp { call: own, until: _ } => own == call,
        State::Offline
        | State::Available { .. }
        | State::Ringing { .. }
        | State::Break { .. }
        | State::NotResponding { .. } => false,
    })
}

/// Whether the form of a call is saved: its case has a disposition, and this person filed a report on
/// it since the call came.
///
/// # Errors
/// What the records refuse, or the database's.
pub async fn form_is_saved(app: &App, person: &Person, call: CallId) -> Answer<bool> {
    let actor = actor(person, Purpose::Call(call));
    let now = clock::now();
    let interaction = interaction::get(app.store(), &actor, interaction::id_of(call), now).await?;
    let Some(id) = interaction.case else { return Ok(false) };
    let found = case::get(app.store(), &actor, id, now).await?;
    if found.details.disposition.is_none() {
        return Ok(false);
    }
    let reports = report::list(app.store(), &actor, id, now).await?;
    let arrived = interaction.times.arrived_at;
    Ok(reports.iter().any(|report| report.filed_by == person.user && report.filed_at >= arrived))
}

/// Tells the floor of a report that this person filed, if it is that of the call they talk on or wrap
/// up: wrap-up may end then. A report of something else changes nothing there.
///
/// # Errors
/// What the records refuse, or the database's.
pub async fn tell_floor_of_report(app: &App, person: &Person) -> Answer<()> {
    use routing::AgentState as State;
    let agent = AgentId::from(person.user);
    let state = app.exchange().agent_view(agent).map(|view| view.state);
    let call = match state {
        Some(
            State::Talking { call, since: _ }
            | State::OnHold { call, since: _ }
            | State::WrapUp { call, until: _ },
        ) => call,
        Some(
            State::Offline
            | State::Available { .. }
            | State::Ringing { .. }
            | State::Break { .. }
            | State::NotResponding { .. },
        )
        | None => return Ok(()),
    };
    if form_is_saved(app, person, call).await? {
        // Refused if the agent left wrap-up in the same moment, and nothing is owed then.
        let _ = app.exchange().report_filed(agent, call).await;
    }
    Ok(())
}

fn ago(now: Timestamp, span: Duration) -> Timestamp {
    let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.as_micros().saturating_sub(micros))
}

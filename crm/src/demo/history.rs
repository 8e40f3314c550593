//! What the made-up people called about in the past weeks. Does I/O.

use core::time::Duration;

use ids::{AgentId, CallId, CaseId, ReportId, Timestamp};
use rand::Rng;
use rand::rngs::StdRng;
use store::WriteTxn;

use super::cast::{Cast, Story, one};
use super::family::Member;
use super::{Filled, PAST};
use crate::actor::{Actor, Purpose};
use crate::case::{self, Case, CaseEdit, CaseStep, NewCase};
use crate::error::CrmError;
use crate::interaction::{self, Direction, Mark, Medium, Origin};
use crate::report::{self, NewReport};
use crate::work::Work;

/// The operator who made it all, and the moment at which it ends.
pub(super) struct Desk<'t> {
    pub(super) txn: &'t WriteTxn,
    pub(super) actor: &'t Actor,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    pub(super) const fn work(&self, now: Timestamp) -> Work<'_> {
        Work { txn: self.txn, actor: self.actor, now, synthetic: true }
    }
}

/// Lets about every second member have called once, some twice about the same.
pub(super) async fn live(
    desk: &Desk<'_>,
    cast: &Cast,
    family: &[Member],
    rng: &mut StdRng,
) -> Result<Filled, CrmError> {
    let members = u32::try_from(family.len()).expect("a family is small");
    let mut filled = Filled { households: 1, contacts: members, ..Filled::default() };
    for member in family {
        if rng.random_bool(0.5) {
            continue;
        }
        let story = one(&cast.stories, rng);
        let day = PAST.as_secs();
        let began =
            Timestamp::from_micros(desk.now.as_micros() - micros(rng.random_range(600..day)));
        filled.cases += 1;
        filled.reports += u32::from(one_case(desk, member, story, began, rng).await?);
    }
    Ok(filled)
}

/// One call and its case; `true` if a report was filed.
async fn one_case(
    desk: &Desk<'_>,
    member: &Member,
    story: &Story,
    began: Timestamp,
    rng: &mut StdRng,
) -> Result<bool, CrmError> {
    let call = CallId::from_number(rng.random());
    let actor = &Actor { purpose: Purpose::Call(call), ..desk.actor.clone() };
    let desk = &Desk { actor, ..*desk };
    let talking = call_with(desk, member, story, call, began, rng).await?;
    let new = NewCase {
        interaction: Some(interaction::id_of(call)),
        contact: Some(member.id),
        category: Some(story.category.clone()),
        class: Some(story.class),
    };
    let id = CaseId::from_number(rng.random());
    let case = case::open_in(&desk.work(talking), id, &new).await?;
    let edit = CaseEdit {
        summary: Some(story.summary.clone()),
        notes: Some(story.notes.clone()),
        ..CaseEdit::default()
    };
    let written = talking + Duration::from_secs(60);
    let case = case::edit_in(&desk.work(written), case, edit).await?;
    finish(desk, story, case, written, rng).await
}

/// The call itself; gives the moment at which the talk began.
async fn call_with(
    desk: &Desk<'_>,
    member: &Member,
    story: &Story,
    call: CallId,
    began: Timestamp,
    rng: &mut StdRng,
) -> Result<Timestamp, CrmError> {
    let queue = "health".parse().expect("a short name");
    let medium = if rng.random_bool(0.15) { Medium::WebCall } else { Medium::Call };
    let origin = Origin {
        direction: Direction::Inbound,
        medium,
        from: Some(member.number).filter(|_| medium == Medium::Call),
        dialled: "104".to_owned(),
    };
    let (class, language) = (story.class, Some(member.language));
    let queued = began + Duration::from_secs(rng.random_range(6..25));
    let talking = queued + Duration::from_secs(rng.random_range(2..90));
    let ended = talking + Duration::from_secs(rng.random_range(45..600));
    let agent = AgentId::from(desk.actor.user);
    let cause = "caller_hung_up".to_owned();
    let marks = [
        (began, Mark::Begun { origin, queue: Some(queue), class: Some(class), language }),
        (began + Duration::from_millis(300), Mark::Answered),
        (queued, Mark::Queued { queue, class, language }),
        (talking, Mark::Talking { agent }),
        (ended, Mark::Ended { cause }),
    ];
    for (at, mark) in &marks {
        interaction::mark_in(desk.txn, call, *at, None, mark, true).await?;
    }
    let id = interaction::id_of(call);
    interaction::assign(&desk.work(talking), id, None, Some(member.id)).await?;
    Ok(talking)
}

/// Most cases were reported and closed; the others stand somewhere on the way.
async fn finish(
    desk: &Desk<'_>,
    story: &Story,
    case: Case,
    written: Timestamp,
    rng: &mut StdRng,
) -> Result<bool, CrmError> {
    let step = match rng.random_range(0..10_u32) {
        0 => Some(CaseStep::Wait { until: desk.now + Duration::from_secs(2 * 24 * 60 * 60) }),
        1 => Some(CaseStep::Escalate),
        2 => None,
        3 => Some(CaseStep::Resolve),
        _ => Some(CaseStep::Close),
    };
    let report = NewReport {
        id: ReportId::from_number(rng.random()),
        case: case.id,
        text: story.report.clone(),
        disposition: story.disposition.clone(),
    };
    let filed_at = written + Duration::from_secs(30);
    let reported = matches!(step, Some(CaseStep::Close | CaseStep::Resolve));
    let case =
        if reported { report::file_in(&desk.work(filed_at), &report).await?.case } else { case };
    if step.is_some() {
        let edit = CaseEdit { step, ..CaseEdit::default() };
        let done = filed_at + Duration::from_secs(5);
        case::edit_in(&desk.work(done), case, edit).await?;
    }
    Ok(reported)
}

fn micros(seconds: u64) -> i64 {
    i64::try_from(seconds * 1_000_000).expect("weeks are few microseconds")
}

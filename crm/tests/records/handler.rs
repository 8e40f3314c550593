//! Every operation can be awaited in a task of a server: its future is `Send`.

use crm::actor::Actor;
use crm::case::{self, CaseChoice, CaseEdit, Mine, NewCase, draft};
use crm::contact::{self, ContactDetails, ContactEdit};
use crm::demo::{self, Plan};
use crm::household::{self, HouseholdDetails};
use crm::report::{self, NewReport};
use crm::{E164, interaction, preference, timeline};
use ids::{CallId, CaseId, ContactId, HouseholdId, InteractionId, Timestamp};
use store::Store;

fn is_send<F: Future + Send>(_future: F) {}

/// What the operations below take; never made, only compiled.
struct Inputs {
    store: Store,
    actor: Actor,
    number: E164,
    new: (NewCase, NewReport, draft::DraftSave, CaseChoice),
    edits: (ContactDetails, ContactEdit, HouseholdDetails, CaseEdit, Mine),
    begin: interaction::Begin,
}

#[test]
fn every_operation_can_be_awaited_in_a_task() {
    let _compiled: fn(&Inputs) = check;
}

fn check(inputs: &Inputs) {
    let Inputs { store, actor, number, new, edits, begin } = inputs;
    let now = Timestamp::default();
    let (a_case, a_contact) = (CaseId::from_number(1), ContactId::from_number(1));
    let a_household = HouseholdId::from_number(1);
    let an_interaction = InteractionId::from_number(1);
    let (new_case, new_report, draft_save, choice) = new;
    let (details, edit, home, case_edit, mine) = edits;

    is_send(contact::create(store, actor, a_contact, details, now));
    is_send(contact::get(store, actor, a_contact, now));
    is_send(contact::update(store, actor, a_contact, 1, edit, now));
    is_send(contact::find_by_phone(store, actor, number, now));
    is_send(household::create(store, actor, a_household, home, now));
    is_send(household::join(store, actor, a_household, a_contact, 1, None, now));

    is_send(case::open(store, actor, a_case, new_case, now));
    is_send(case::open_for_call(store, actor, CallId::from_number(1), choice, now));
    is_send(case::attach(store, actor, a_case, an_interaction, now));
    is_send(case::get(store, actor, a_case, now));
    is_send(case::update(store, actor, a_case, 1, case_edit, now));
    is_send(case::close(store, actor, a_case, now));
    is_send(case::reopen(store, actor, a_case, now));
    is_send(case::list_mine(store, actor, mine, now));
    is_send(draft::save(store, actor, a_case, draft_save, now));
    is_send(draft::get(store, actor, a_case, now));
    is_send(report::file(store, actor, new_report, now));
    is_send(report::list(store, actor, a_case, now));
    is_send(timeline::timeline(store, actor, a_case, None, 10, now));

    is_send(interaction::begin(store, begin));
    is_send(interaction::mark_all(store, &[]));
    is_send(interaction::end(store, begin.call, "", now, None));
    is_send(interaction::get(store, actor, an_interaction, now));
    is_send(interaction::set_contact(store, actor, an_interaction, None, now));
    is_send(interaction::previous_contacts(store, actor, number, now, now));
    is_send(preference::get(store, number));
    let plan = Plan { seed: 0, now, staff: &[], households: 0 };
    is_send(demo::fill(store, &plan));
}

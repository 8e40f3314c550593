//! The HTTP API below `/api/v1`: one file for each noun, or for each verb where a noun has many. An
//! endpoint reads the request, asks a crate below, and puts the answer into words; nothing more.

pub mod agents;
pub mod alerts;
pub mod audit;
pub mod calendars;
pub mod callbacks;
pub mod calls;
pub mod cases;
mod configured;
pub mod contacts;
pub mod floor;
pub mod flows;
pub mod households;
pub mod interactions;
pub mod me;
pub mod queues;
pub mod recordings;
pub mod reservations;
pub mod roster;
pub mod search;
pub mod session;
pub mod supervision;
pub mod trunks;
pub mod users;
pub mod vocabulary;
pub mod web_calls;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::events;

/// Where the API begins.
pub const PREFIX: &str = "/api/v1";

/// Every endpoint, with its documentation. What is not listed here does not exist.
pub fn router() -> OpenApiRouter<App> {
    let floor = floor().merge(roster());
    OpenApiRouter::new().merge(people()).merge(floor).merge(records()).merge(greetings())
}

/// Signing in, accounts, the audit.
fn people() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::create, session::get, session::delete))
        .routes(routes!(session::set_up))
        .routes(routes!(me::get))
        .routes(routes!(me::ice_servers))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::reset))
        .routes(routes!(users::unlock))
        .routes(routes!(users::set_skills))
        .routes(routes!(audit::list))
}

/// Agents, calls, queues.
fn floor() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(agents::get))
        .routes(routes!(agents::set_state))
        .routes(routes!(agents::connect_media))
        .routes(routes!(agents::set_station))
        .routes(routes!(agents::finish_wrap_up))
        .routes(routes!(supervision::force_state))
        .routes(routes!(supervision::move_caller))
        .routes(routes!(supervision::reclass_caller))
        .routes(routes!(floor::get))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(queues::list))
        .routes(routes!(trunks::list))
        .routes(routes!(queues::metrics::get))
        .routes(routes!(reservations::accept))
        .routes(routes!(reservations::reject))
        .routes(routes!(calls::get))
        .routes(routes!(calls::hold))
        .routes(routes!(calls::resume))
        .routes(routes!(calls::hang_up))
        .routes(routes!(calls::send_digits))
        .routes(routes!(calls::set_contact))
        .routes(routes!(recordings::live::pause))
        .routes(routes!(recordings::live::resume))
        .routes(routes!(recordings::live::stop))
        .routes(routes!(web_calls::begin))
        .routes(routes!(web_calls::audio::ice_servers))
        .routes(routes!(web_calls::audio::reconnect))
        .routes(routes!(web_calls::get, web_calls::end))
        .routes(routes!(web_calls::press))
        .routes(routes!(events::endpoint::open))
}

/// Who is expected when.
fn roster() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(roster::week))
        .routes(routes!(roster::duty))
        .routes(routes!(roster::entry::add))
        .routes(routes!(roster::entry::change, roster::entry::remove))
        .routes(routes!(roster::entry::restore))
        .routes(routes!(roster::plan::copy))
        .routes(routes!(roster::plan::set_need))
}

/// Greetings and calendars.
fn greetings() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(flows::list))
        .routes(routes!(flows::get))
        .routes(routes!(flows::list_versions, flows::add_version))
        .routes(routes!(flows::publish))
        .routes(routes!(flows::roll_back))
        .routes(routes!(flows::rehearse::simulate))
        .routes(routes!(calendars::list))
        .routes(routes!(calendars::get))
        .routes(routes!(calendars::list_versions, calendars::add_version))
        .routes(routes!(calendars::publish))
        .routes(routes!(calendars::roll_back))
}

/// Contacts, cases, interactions, search.
fn records() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(contacts::search))
        .routes(routes!(contacts::create))
        .routes(routes!(contacts::get, contacts::update))
        .routes(routes!(households::create))
        .routes(routes!(households::join))
        .routes(routes!(interactions::search))
        .routes(routes!(interactions::paper::enter))
        .routes(routes!(interactions::get))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::audio::get))
        .routes(routes!(recordings::set_legal_hold))
        .routes(routes!(recordings::delete))
        .routes(routes!(callbacks::list))
        .routes(routes!(callbacks::count))
        .routes(routes!(callbacks::set_state))
        .routes(routes!(cases::open, cases::list))
        .routes(routes!(cases::get, cases::update))
        .routes(routes!(cases::draft::save))
        .routes(routes!(cases::report::file))
        .routes(routes!(cases::report::list))
        .routes(routes!(cases::step::close))
        .routes(routes!(cases::step::reopen))
        .routes(routes!(cases::timeline::get))
        .routes(routes!(search::search))
        .routes(routes!(vocabulary::get))
}

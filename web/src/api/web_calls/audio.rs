//! The audio of a web call: the servers that help it through a firewall, and a new connection when the
//! citizen's network has changed.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};

use crate::api::agents::Description;
use crate::app::App;
use crate::extract::{Body, Param};
use crate::problem::{Answer, Problem};
use crate::wire::ice::IceServers;
use crate::{clock, edge, turn};

/// The servers that help a citizen's browser through a firewall, with credentials for some minutes.
#[utoipa::path(get, path = "/web-calls/ice-servers", tag = "web-calls",
    operation_id = "get_web_call_ice_servers", security(()),
    responses(
        (status = 200, description = "The servers; a secret.", body = IceServers),
        (status = 429, description = "Too many from this address; see Retry-After."),
    ))]
pub async fn ice_servers(
    State(app): State<App>,
    client: ConnectInfo<SocketAddr>,
) -> Answer<Json<IceServers>> {
    app.limits().turn_by_address.attempt(&edge::client_network(&client))?;
    let settings = &app.settings().turn;
    let lifetime = settings.citizen_lifetime();
    Ok(Json(turn::servers(settings, clock::now(), lifetime, clock::random_id())))
}

/// Connects the call's audio anew after a change of network. The call goes on as it was.
#[utoipa::path(post, path = "/web-calls/{token}/media", tag = "web-calls",
    operation_id = "reconnect_web_call_media", security(()), request_body = Description,
    params(("token" = String, Path, description = "The call's secret.")),
    responses(
        (status = 200, description = "Our answer.", body = Description),
        (status = 404, description = "Over, or never begun."),
        (status = 429, description = "Too often; see Retry-After."),
    ))]
pub async fn reconnect(
    State(app): State<App>,
    Param(token): Param<String>,
    Body(offer): Body<Description>,
) -> Answer<Json<Description>> {
    let not_found = || Problem::not_found("web call");
    // A guess at a secret takes no place in the limit.
    app.exchange().web_call_view(&token).ok_or_else(not_found)?;
    app.limits().web_call_audio.attempt(&token)?;
    let sdp = app.exchange().web_call_media(&token, &offer.sdp).await?.ok_or_else(not_found)?;
    Ok(Json(Description { sdp }))
}

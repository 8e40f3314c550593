//! The ways to the called side: straight to a URI, or over trunks in the order in which to try them.
//! Does I/O: asks the DNS for trunks.

use std::net::SocketAddr;

use rsipstack::dialog::invitation::InviteOption;
use rsipstack::sip::Uri;

use super::endpoint::Dialler;
use super::{DialError, DialRequest};
use crate::driver::clock;
use crate::driver::trunk::place::{FIND_DEADLINE, invite};
use crate::driver::trunk::request::{Way, find};
use crate::driver::trunk::table::Table;
use crate::driver::trunk::{Attempt, TrunkName};
use crate::sdp::{LocalAudio, write_offer};

/// All ways of one call.
pub(super) struct Routes<'a> {
    dialler: &'a Dialler,
    request: &'a DialRequest,
    offer: String,
    trunks: Table,
}

/// One way.
pub(super) struct Route {
    pub(super) invite: InviteOption,
    /// The trunk, unless it leads straight there.
    pub(super) trunk: Option<TrunkName>,
}

impl<'a> Routes<'a> {
    pub(super) fn new(
        dialler: &'a Dialler,
        request: &'a DialRequest,
        audio: SocketAddr,
    ) -> Result<Self, DialError> {
        if request.codecs.is_empty() {
            return Err(DialError::NoCodec);
        }
        let session_id = rand::random::<u32>().into();
        let local = LocalAudio { address: audio, session_id, version: 1 };
        let offer = write_offer(local, &request.codecs);
        let trunks = Table::new(request.over.clone(), 1, clock::now());
        Ok(Self { dialler, request, offer, trunks })
    }

    /// The ways to try, in this order.
    pub(super) fn order(&self) -> Vec<usize> {
        if self.request.over.is_empty() { vec![0] } else { self.trunks.order(None, |_| true) }
    }

    /// One way, or why its trunk cannot be tried.
    pub(super) async fn route(&self, index: usize) -> Result<Result<Route, Attempt>, DialError> {
        let Some(trunk) = self.trunks.get(index) else {
            return Ok(Ok(Route { invite: self.straight()?, trunk: None }));
        };
        let config = &trunk.config;
        let bad_uri = || DialError::BadUri { text: self.request.to.clone() };
        let to = config.send_to.as_ref().ok_or_else(bad_uri)?;
        let address = match find(to, FIND_DEADLINE).await {
            Ok(found) => *found.first().ok_or_else(bad_uri)?,
            Err(fault) => return Ok(Err(Attempt { trunk: config.name.clone(), fault })),
        };
        let (endpoint, contact) = (&self.dialler.dialogs.endpoint, self.dialler.address);
        let way = Way { endpoint, contact, trunk: config, to, address };
        let from = Some(self.request.from.as_str());
        let invite = invite(way, &self.request.to, from, &self.offer).map_err(|_| bad_uri())?;
        Ok(Ok(Route { invite, trunk: Some(config.name.clone()) }))
    }

    fn straight(&self) -> Result<InviteOption, DialError> {
        let request = self.request;
        let uri = |text: String| {
            Uri::try_from(text.as_str()).map_err(|_| DialError::BadUri { text: text.clone() })
        };
        let over_tcp = request.to.to_ascii_lowercase().contains("transport=tcp");
        let transport = if over_tcp { ";transport=tcp" } else { "" };
        let own = format!("sip:{}@{}", request.from, self.dialler.address);
        Ok(InviteOption {
            caller: uri(own.clone())?,
            callee: uri(request.to.clone())?,
            contact: uri(format!("{own}{transport}"))?,
            content_type: Some("application/sdp".to_owned()),
            offer: Some(self.offer.clone().into_bytes()),
            ..Default::default()
        })
    }
}

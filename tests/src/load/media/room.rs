//! A conversation of three: a telephone and two browsers, mixed. Does I/O.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use anyhow::{Result, ensure};

use super::browser::{Connected, Identity, Offering};
use super::call::Trunk;
use super::listen::{Hears, Listener};
use super::marker::Way;
use super::server::Server;
use super::speak::{Says, Speaker};
use super::turns::{Ear, SEATS, Turns};

/// A room that is up.
pub struct Room {
    number: u32,
    trunk: Arc<UdpSocket>,
    trunk_reports: UdpSocket,
    browsers: Vec<Connected>,
}

impl Room {
    /// Sets a room up: offers, answers, ICE, DTLS.
    ///
    /// # Errors
    /// The server refused, or one of the steps failed.
    pub fn open(server: &mut dyn Server, identity: &Identity, number: u32) -> Result<Self> {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let trunk = Trunk::offer()?;
        let offerings: Vec<_> = (1..SEATS)
            .map(|_| Offering::new(identity, local, server.with_ice()))
            .collect::<Result<_>>()?;
        let offers: Vec<_> = offerings.iter().map(|browser| &*browser.description).collect();
        let answers = server.open_room(number, &trunk.description, &offers)?;
        ensure!(answers.len() == SEATS, "{} answers", answers.len());
        trunk.connect(&answers[0])?;
        let browsers = offerings
            .into_iter()
            .zip(&answers[1..])
            .map(|(offering, answer)| offering.connect(identity, answer))
            .collect::<Result<_>>()?;
        let Trunk { audio, reports, .. } = trunk;
        Ok(Self { number, trunk: Arc::new(audio), trunk_reports: reports, browsers })
    }

    /// Who speaks, who listens. `phases` are those of the members.
    #[must_use]
    pub fn split(self, phases: [u32; SEATS]) -> (Vec<Speaker>, Vec<Listener>) {
        let turns = Arc::new(Turns::default());
        let flow = self.number;
        let says = |seat| Says::Turns(turns.clone(), seat);
        let hears = |seat| Hears::Turns(turns.clone(), seat, Ear::default());
        let mut speakers = vec![Speaker {
            socket: self.trunk.clone(),
            way: Way::ToBrowser,
            flow,
            phase: phases[0],
            ssrc: flow + 1,
            secured: None,
            ice: None,
            says: says(0),
        }];
        let of_trunk = [self.trunk, Arc::new(self.trunk_reports)];
        let way = Way::ToTrunk;
        let of_trunk = of_trunk.map(|socket| Listener {
            socket,
            way,
            flow,
            secured: None,
            ice: None,
            hears: hears(0),
        });
        let mut listeners = Vec::from(of_trunk);
        for (seat, browser) in (1..).zip(self.browsers) {
            speakers.push(Speaker {
                socket: browser.socket.clone(),
                way: Way::ToTrunk,
                flow,
                phase: phases[seat],
                ssrc: browser.ssrc,
                secured: Some(browser.outgoing),
                ice: browser.ice.clone(),
                says: says(seat),
            });
            listeners.push(Listener {
                socket: browser.socket,
                way: Way::ToBrowser,
                flow,
                secured: Some(browser.incoming),
                ice: browser.ice,
                hears: hears(seat),
            });
        }
        (speakers, listeners)
    }
}

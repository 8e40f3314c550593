//! One call's two ends: set up, then taken apart into who speaks and who listens. Does I/O.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::browser::{Connected, Ice, Identity, Offering};
use super::listen::{Hears, Listener, Seen};
use super::marker::{Marker, Way};
use super::server::{Descriptions, Server};
use super::speak::{Says, Speaker};

/// Pairs of ports that are tried.
const PAIRS: usize = 200;

/// A call that is up.
pub struct Call {
    number: u32,
    trunk: Arc<UdpSocket>,
    /// Where the server's reports to the trunk side come in.
    trunk_reports: UdpSocket,
    browser: Connected,
}

/// Where a call goes through the server, and what is seen of it there.
#[derive(Clone)]
pub struct Place {
    /// The server's port for the trunk's audio.
    pub trunk: SocketAddr,
    /// The server's port for the browser.
    pub browser: SocketAddr,
    /// What the trunk and the browser send.
    pub streams: [u32; 2],
    /// The browser's checks.
    pub ice: Option<Arc<Ice>>,
}

/// A telephone network's end before the server's answer.
pub(super) struct Trunk {
    pub(super) audio: UdpSocket,
    pub(super) reports: UdpSocket,
    /// The session description.
    pub(super) description: String,
}

impl Trunk {
    /// An even port for audio and the next one for reports, as RFC 3550 §11 has it.
    pub(super) fn offer() -> Result<Self> {
        let (audio, reports) = (0..PAIRS).find_map(|_| pair()).context("a pair of ports")?;
        let port = audio.local_addr()?.port();
        let description = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        );
        Ok(Self { audio, reports, description })
    }

    /// Connects it to where the answer says.
    pub(super) fn connect(&self, answer: &str) -> Result<()> {
        Ok(self.audio.connect(address(answer).context("the trunk's answer")?)?)
    }
}

fn pair() -> Option<(UdpSocket, UdpSocket)> {
    let audio = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    let port = audio.local_addr().ok()?.port();
    let next = (port % 2 == 0).then(|| UdpSocket::bind((Ipv4Addr::LOCALHOST, port + 1)).ok())?;
    Some((audio, next?))
}

/// Where a description wants its audio.
fn address(description: &str) -> Option<SocketAddr> {
    let value = |name: &str| description.lines().find_map(|line| line.strip_prefix(name));
    let port = value("m=audio ")?.split(' ').next()?.parse().ok()?;
    let ip: IpAddr = value("c=IN IP4 ")?.trim().parse().ok()?;
    Some(SocketAddr::new(ip, port))
}

impl Call {
    /// Sets a call up: offers, answers, ICE, DTLS.
    ///
    /// # Errors
    /// The server refused, or one of the steps failed.
    pub fn open(server: &mut dyn Server, identity: &Identity, number: u32) -> Result<Self> {
        let (trunk, browser) = offers(server, identity)?;
        let answers = server.open(number, &descriptions(&trunk, &browser))?;
        trunk.connect(&answers.trunk)?;
        let browser = browser.connect(identity, &answers.browser)?;
        let Trunk { audio, reports, .. } = trunk;
        Ok(Self { number, trunk: Arc::new(audio), trunk_reports: reports, browser })
    }

    /// Sets a call up as far as the descriptions: neither ICE nor DTLS.
    ///
    /// # Errors
    /// The server refused.
    pub fn describe(server: &mut dyn Server, identity: &Identity, number: u32) -> Result<()> {
        let (trunk, browser) = offers(server, identity)?;
        server.open(number, &descriptions(&trunk, &browser)).map(|_| ())
    }

    /// Where it is.
    ///
    /// # Errors
    /// A socket is not connected.
    pub fn place(&self) -> Result<Place> {
        Ok(Place {
            trunk: self.trunk.peer_addr()?,
            browser: self.browser.socket.peer_addr()?,
            streams: [self.trunk_ssrc(), self.browser.ssrc],
            ice: self.browser.ice.clone(),
        })
    }

    /// The sockets of the trunk's audio and of the browser.
    #[must_use]
    pub fn sockets(&self) -> [Arc<UdpSocket>; 2] {
        [self.trunk.clone(), self.browser.socket.clone()]
    }

    fn trunk_ssrc(&self) -> u32 {
        Marker::flow(self.number, Way::ToBrowser) + 1
    }

    /// Who speaks, who listens. `phases` are those of the two flows.
    #[must_use]
    pub fn split(self, phases: [u32; 2]) -> ([Speaker; 2], [Listener; 3]) {
        let flows = Way::ALL.map(|way| Marker::flow(self.number, way));
        let [trunk, browser] = self.sockets();
        let speakers = [
            Speaker {
                socket: trunk.clone(),
                way: Way::ToBrowser,
                flow: flows[0],
                phase: phases[0],
                ssrc: self.trunk_ssrc(),
                secured: None,
                ice: None,
                says: Says::Markers,
            },
            Speaker {
                socket: browser.clone(),
                way: Way::ToTrunk,
                flow: flows[1],
                phase: phases[1],
                ssrc: self.browser.ssrc,
                secured: Some(self.browser.outgoing),
                ice: self.browser.ice.clone(),
                says: Says::Markers,
            },
        ];
        let listener = |socket, way, secured, ice| {
            let flow = flows[way as usize];
            let hears = Hears::Markers(Seen::default());
            Listener { socket, way, flow, secured, ice, hears }
        };
        let listeners = [
            listener(trunk, Way::ToTrunk, None, None),
            listener(Arc::new(self.trunk_reports), Way::ToTrunk, None, None),
            listener(browser, Way::ToBrowser, Some(self.browser.incoming), self.browser.ice),
        ];
        (speakers, listeners)
    }
}

fn offers(server: &dyn Server, identity: &Identity) -> Result<(Trunk, Offering)> {
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Ok((Trunk::offer()?, Offering::new(identity, local, server.with_ice())?))
}

fn descriptions(trunk: &Trunk, browser: &Offering) -> Descriptions {
    Descriptions { trunk: trunk.description.clone(), browser: browser.description.clone() }
}

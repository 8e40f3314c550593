//! RTCP on a trunk's second port: what the plane says of a stream, and what it makes of what is said
//! of its own.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use telephony::driver::media::{Hears, MediaEvent, Sends};
use telephony::rtcp::{self, ReportBlock, RtcpItem};
use telephony::sdp::Codec;
use tokio::time::timeout;

use crate::phone::Phone;
use crate::place::{Place, config};

/// A report is due each five seconds.
const SOON: Duration = Duration::from_secs(15);

/// A telephone whose RTCP port, the one above, is free too.
fn phone() -> (Phone, UdpSocket) {
    for _ in 0..100 {
        let phone = Phone::new(Codec::Pcma);
        let port = phone.socket.local_addr().expect("bound").port();
        let above = port.checked_add(1).map(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)));
        if let Some(Ok(reports)) = above {
            reports.set_read_timeout(Some(SOON)).expect("a limit");
            return (phone, reports);
        }
    }
    panic!("no pair of ports is free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn reports_go_both_ways_and_tell_round_trip_and_loss() {
    let mut place = Place::start(config(1)).await;
    let (mut caller, reports) = phone();
    let leg = ids::LegId::from_number(1);
    let target = place.open(leg, &caller).await;
    caller.say(500.0, target);
    let (other, _agent) = place.phone(2, Codec::Pcma, 1100.0).await;
    place.plane.bridge(leg, other);

    // What the plane says of the caller's stream, and of its own.
    let (said, from) = tokio::task::spawn_blocking(move || {
        let mut datagram = [0; 1500];
        let (len, from) = reports.recv_from(&mut datagram).expect("a report comes");
        ((datagram[..len].to_vec(), reports), from)
    })
    .await
    .expect("received");
    let (datagram, reports) = said;
    assert_eq!(from, SocketAddr::new(target.ip(), target.port() + 1));
    let mut own = None;
    for item in rtcp::parse(&datagram).expect("RTCP") {
        if let RtcpItem::SenderReport { ssrc, info, blocks } = item {
            let about: Vec<ReportBlock> = blocks.collect();
            assert_eq!(about.len(), 1, "one block about the caller's stream");
            assert_eq!((about[0].ssrc, about[0].lost), (1500, 0));
            assert!(info.packets > 0, "{info:?}");
            own = Some((ssrc, info));
        }
    }
    let (ssrc, info) = own.expect("a sender report");

    // What a caller says who loses every other packet; it had our report a hundredth of a second ago.
    let block = ReportBlock {
        ssrc,
        fraction_lost: 128,
        lost: 100,
        highest_sequence: 200,
        jitter: 0,
        last_sr: rtcp::ntp_middle(info.ntp),
        delay_since_last_sr: 0,
    };
    let mut answer = [0; 200];
    let len = rtcp::write_report(1500, None, &[block], "caller", &mut answer).expect("room");
    reports.send_to(&answer[..len], from).expect("sent");
    let told = timeout(SOON, async {
        loop {
            let Some(event) = place.events.recv().await else { panic!("the plane runs") };
            if let MediaEvent::Measured { leg: measured, quality } = event
                && measured == leg
                && quality.round_trip_ms.is_some()
            {
                return quality;
            }
        }
    });
    let quality = told.await.expect("the report is taken");
    println!("{quality:?}");
    assert_eq!((quality.hears, quality.sends), (Hears::Poorly, Sends::Sound));
}

use std::net::Ipv4Addr;

use tokio::time::{Instant, sleep, timeout};

use super::*;

/// Every wait of these tests.
const LIMIT: Duration = Duration::from_secs(20);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

async fn socket() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket")
}

async fn receive(socket: &UdpSocket) -> (u32, SocketAddr) {
    let mut datagram = [0; 64];
    let received = timeout(LIMIT, socket.recv_from(&mut datagram)).await.expect("in time");
    let (len, source) = received.expect("received");
    let number = datagram[..len].try_into().expect("four bytes");
    (u32::from_be_bytes(number), source)
}

/// Sends so many numbers through a relay; what came out, once the relay has sent all it will send.
async fn through(conditions: Conditions, seed: u64, count: u32) -> (Vec<u32>, RelayCounts) {
    let (target, client) = (socket().await, socket().await);
    let config = RelayConfig::new(target.local_addr().expect("bound"), seed);
    let relay = Relay::start(config.both_ways(conditions)).await.expect("it starts");
    // Taken while the others are sent: the kernel holds a few hundred for a socket.
    let (arrive, mut arrived) = mpsc::channel(4096);
    let reading = tokio::spawn(async move {
        loop {
            let _enough = arrive.send(receive(&target).await.0).await;
        }
    });
    for number in 0..count {
        client.send_to(&number.to_be_bytes(), relay.address()).await.expect("sent");
        while relay.counts().received.outward <= u64::from(number) {
            tokio::task::yield_now().await;
        }
    }
    let deadline = Instant::now() + LIMIT;
    let mut came = Vec::new();
    loop {
        let counts = relay.counts();
        let expected = counts.received.outward - counts.lost.outward + counts.duplicated.outward;
        if came.len() as u64 == expected {
            reading.abort();
            return (came, counts);
        }
        assert!(Instant::now() < deadline, "{} of {expected}", came.len());
        came.push(arrived.recv().await.expect("in time"));
    }
}

#[tokio::test]
async fn a_perfect_network_changes_nothing() {
    let (came, counts) = through(Conditions::default(), 1, 200).await;
    assert_eq!(came, (0..200).collect::<Vec<_>>());
    assert_eq!((counts.lost.outward, counts.clients, counts.refused), (0, 1, 0));
}

#[tokio::test]
async fn one_seed_loses_and_doubles_the_same_datagrams() {
    let bad = Conditions { loss: 0.2, duplicated: 0.1, ..Conditions::default() };
    let (first, counts) = through(bad, 7, 400).await;
    let (again, _) = through(bad, 7, 400).await;
    let (other, _) = through(bad, 8, 400).await;
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert!((40..=130).contains(&counts.lost.outward), "{counts:?}");
    assert!((10..=70).contains(&counts.duplicated.outward), "{counts:?}");
}

#[tokio::test]
async fn held_back_datagrams_are_overtaken_and_none_is_lost() {
    let bad = Conditions { reordered: 0.2, reordered_by: ms(30), ..Conditions::default() };
    let (mut came, counts) = through(bad, 3, 100).await;
    assert!(counts.reordered.outward > 0, "{counts:?}");
    assert!(came.windows(2).any(|pair| pair[0] > pair[1]), "{came:?}");
    came.sort_unstable();
    assert_eq!(came, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn both_directions_pass_and_a_new_port_is_the_same_client() {
    let (target, client) = (socket().await, socket().await);
    let config = RelayConfig::new(target.local_addr().expect("bound"), 1);
    let relay = Relay::start(config).await.expect("it starts");
    let mut sources = Vec::new();
    for number in 0..3_u32 {
        client.send_to(&number.to_be_bytes(), relay.address()).await.expect("sent");
        let (said, source) = receive(&target).await;
        target.send_to(&(said + 100).to_be_bytes(), source).await.expect("sent");
        assert_eq!(receive(&client).await, (number + 100, relay.address()));
        assert!(!sources.contains(&source), "a new port after each change");
        sources.push(source);
        relay.rebind();
        while relay.counts().rebound <= u64::from(number) {
            sleep(ms(1)).await;
        }
    }
    assert_eq!(relay.counts().clients, 1);
}

#[tokio::test]
async fn clients_are_told_apart_and_their_number_has_a_limit() {
    let target = socket().await;
    let config = RelayConfig::new(target.local_addr().expect("bound"), 1);
    let relay = Relay::start(config).await.expect("it starts");
    let mut clients = Vec::new();
    for number in 0..CLIENTS_MAX as u32 {
        let client = socket().await;
        client.send_to(&number.to_be_bytes(), relay.address()).await.expect("sent");
        let (said, source) = receive(&target).await;
        target.send_to(&said.to_be_bytes(), source).await.expect("sent");
        clients.push(client);
    }
    for (number, client) in clients.iter().enumerate() {
        assert_eq!(receive(client).await.0 as usize, number);
    }
    socket().await.send_to(&[1; 4], relay.address()).await.expect("sent");
    let refused = async {
        while relay.counts().refused == 0 {
            sleep(ms(1)).await;
        }
    };
    timeout(LIMIT, refused).await.expect("one too many");
}

#[tokio::test]
async fn it_ends_by_itself_and_when_it_is_dropped() {
    let target = socket().await.local_addr().expect("bound");
    let short = RelayConfig { lifetime: ms(50), ..RelayConfig::new(target, 1) };
    let ended = Relay::start(short).await.expect("it starts");
    let dropped = Relay::start(RelayConfig::new(target, 1)).await.expect("it starts");
    let addresses = [ended.address(), dropped.address()];
    drop(dropped);
    for address in addresses {
        let free = async {
            while UdpSocket::bind(address).await.is_err() {
                sleep(ms(5)).await;
            }
        };
        timeout(LIMIT, free).await.expect("its port is free again");
    }
}

#[test]
fn delay_and_jitter_keep_the_order_and_their_bounds() {
    let conditions = Conditions { delay: ms(40), jitter: ms(30), ..Conditions::default() };
    let mut fates = Fates::new(conditions, 5);
    let mut previous = Duration::ZERO;
    for n in 0..500 {
        let leaves = fates.next(ms(n * 20)).leaves.expect("nothing is lost");
        assert!(leaves >= previous && (ms(40)..=ms(70)).contains(&(leaves - ms(n * 20))));
        previous = leaves;
    }
}

#[test]
fn a_stall_delivers_all_at_its_end() {
    let stall = Stall { every: ms(1000), lasts: ms(200) };
    let mut fates = Fates::new(Conditions { stall: Some(stall), ..Conditions::default() }, 5);
    let waits: Vec<_> =
        (0..3000).map(|n| fates.next(ms(n)).leaves.expect("nothing is lost") - ms(n)).collect();
    let held = waits.iter().filter(|wait| !wait.is_zero()).count();
    assert!((390..=610).contains(&held), "two or three times 200 of 3000: {held}");
    assert!(waits.iter().all(|wait| *wait <= ms(200)));
}

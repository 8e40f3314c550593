//! The relay's task: receives on both sides, holds datagrams until they are due, sends them on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{CLIENTS_MAX, Fates, RelayConfig, Tally, UNDER_WAY_MAX};

/// Longest datagram that passes whole.
const DATAGRAM_BYTES_MAX: usize = 2048;
/// Datagrams from the target that wait for the task.
const INBOX_LEN: usize = 1024;

/// Index of a direction in the tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Outward = 0,
    Inward = 1,
}

/// A datagram under way: due, in order of arrival among equals, which client's, its bytes.
type UnderWay = Reverse<(Instant, u64, Way, usize, Vec<u8>)>;
/// From the target to a client.
type Answer = (usize, Vec<u8>);

/// A client and its socket towards the target.
struct Client {
    address: SocketAddr,
    back: Arc<UdpSocket>,
    receiving: JoinHandle<()>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.receiving.abort();
    }
}

struct Relaying {
    front: UdpSocket,
    config: RelayConfig,
    tally: Arc<Tally>,
    begun: Instant,
    fates: [Fates; 2],
    clients: Vec<Client>,
    under_way: BinaryHeap<UnderWay>,
    arrived: u64,
    answers: mpsc::Sender<Answer>,
}

/// Relays until it is stopped or its lifetime is over.
pub(super) async fn run(
    front: UdpSocket,
    config: RelayConfig,
    mut asked: mpsc::Receiver<()>,
    tally: Arc<Tally>,
    stop: CancellationToken,
) {
    let (answers, mut answered) = mpsc::channel(INBOX_LEN);
    let begun = Instant::now();
    let end = begun + config.lifetime;
    // Two seeds of one: the directions know nothing of each other.
    let fates = [
        Fates::new(config.outward, config.seed),
        Fates::new(config.inward, config.seed ^ 0x9e37_79b9_7f4a_7c15),
    ];
    let (clients, under_way) = (Vec::new(), BinaryHeap::new());
    let mut relaying =
        Relaying { front, config, tally, begun, fates, clients, under_way, arrived: 0, answers };
    let mut rebind_at = relaying.config.rebind_every.map(|every| begun + every);
    let mut datagram = [0; DATAGRAM_BYTES_MAX];
    loop {
        let next = [relaying.next_due(), rebind_at].into_iter().flatten().min().unwrap_or(end);
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep_until(end) => return,
            () = sleep_until(next) => {
                relaying.send_due(Instant::now()).await;
                if rebind_at.is_some_and(|at| at <= Instant::now()) {
                    relaying.rebind().await;
                    rebind_at = relaying.config.rebind_every.map(|every| Instant::now() + every);
                }
            }
            received = relaying.front.recv_from(&mut datagram) => {
                // An error is an ICMP answer to something sent before.
                if let Ok((len, source)) = received {
                    relaying.client_sent(source, &datagram[..len]).await;
                }
            }
            Some((client, bytes)) = answered.recv() => {
                relaying.take(Way::Inward, client, bytes).await;
            }
            Some(()) = asked.recv() => relaying.rebind().await,
        }
    }
}

impl Relaying {
    fn next_due(&self) -> Option<Instant> {
        self.under_way.peek().map(|Reverse((due, ..))| *due)
    }

    async fn client_sent(&mut self, source: SocketAddr, bytes: &[u8]) {
        let known = self.clients.iter().position(|client| client.address == source);
        let client = match known {
            Some(client) => client,
            None if self.clients.len() < CLIENTS_MAX => {
                let index = self.clients.len();
                let Some(client) = self.open(index, source).await else { return };
                self.clients.push(client);
                add(&self.tally.clients);
                index
            }
            None => return add(&self.tally.refused),
        };
        self.take(Way::Outward, client, bytes.to_vec()).await;
    }

    /// A socket towards the target, on the target's kind of address.
    async fn open(&self, index: usize, address: SocketAddr) -> Option<Client> {
        let local = SocketAddr::new(self.config.target.ip(), 0);
        let back = Arc::new(UdpSocket::bind(local).await.ok()?);
        let (socket, answers, target) = (back.clone(), self.answers.clone(), self.config.target);
        let receiving = tokio::spawn(async move {
            let mut datagram = [0; DATAGRAM_BYTES_MAX];
            loop {
                let Ok((len, source)) = socket.recv_from(&mut datagram).await else { continue };
                let answer = (index, datagram[..len].to_vec());
                if source == target && answers.send(answer).await.is_err() {
                    return;
                }
            }
        });
        Some(Client { address, back, receiving })
    }

    /// A datagram came: decides its fate.
    async fn take(&mut self, way: Way, client: usize, bytes: Vec<u8>) {
        let index = way as usize;
        add(&self.tally.received[index]);
        let now = Instant::now();
        let fate = self.fates[index].next(now - self.begun);
        let Some(leaves) = fate.leaves else { return add(&self.tally.lost[index]) };
        if fate.is_reordered {
            add(&self.tally.reordered[index]);
        }
        if let Some(double) = fate.double_leaves {
            add(&self.tally.duplicated[index]);
            self.hold(self.begun + double, way, client, bytes.clone());
        }
        self.hold(self.begun + leaves, way, client, bytes);
        self.send_due(now).await;
    }

    fn hold(&mut self, due: Instant, way: Way, client: usize, bytes: Vec<u8>) {
        if self.under_way.len() == UNDER_WAY_MAX {
            return add(&self.tally.overflowed[way as usize]);
        }
        self.arrived += 1;
        self.under_way.push(Reverse((due, self.arrived, way, client, bytes)));
    }

    async fn send_due(&mut self, now: Instant) {
        while self.next_due().is_some_and(|due| due <= now) {
            let Some(Reverse((_, _, way, client, bytes))) = self.under_way.pop() else { return };
            let Some(client) = self.clients.get(client) else { continue };
            let sent = match way {
                Way::Outward => client.back.send_to(&bytes, self.config.target).await,
                Way::Inward => self.front.send_to(&bytes, client.address).await,
            };
            // An error is an ICMP answer to something sent before: nobody listens there.
            if sent.is_ok() {
                add(&self.tally.sent[way as usize]);
            }
        }
    }

    async fn rebind(&mut self) {
        for index in 0..self.clients.len() {
            if let Some(client) = self.open(index, self.clients[index].address).await {
                self.clients[index] = client;
                add(&self.tally.rebound);
            }
        }
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

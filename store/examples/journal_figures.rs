//! Prints what the journal does on this machine: appends a second and how long one waits, on a real
//! file that is synced at each commit. `cargo run --release -p store --example journal_figures`
//!
//! Asserts nothing about time. With a database address as argument it measures that one instead.

use std::time::Duration;

use ids::Timestamp;
use store::Store;
use store::journal::{Entry, Journal, JournalError};
use store::testing::TestDb;
use tokio::time::Instant;

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() -> Result<(), JournalError> {
    let own;
    let store = match std::env::args().nth(1) {
        Some(url) => {
            let store = Store::open(&url).await.expect("the address names a database");
            store.migrate().await.expect("the schema can be made");
            store
        }
        None => {
            own = TestDb::sqlite().await;
            own.store().clone()
        }
    };
    println!("{:?}; one event of 200 bytes for each append", store.backend());
    println!(
        "{:>8} {:>12} {:>10} {:>10} {:>10}",
        "callers", "appends/s", "p50 ms", "p99 ms", "max ms"
    );
    for callers in [1, 8, 64, 512] {
        measure(&store, callers).await?;
    }
    Ok(())
}

/// `callers` tasks, each waiting for its append before it makes the next.
async fn measure(store: &Store, callers: usize) -> Result<(), JournalError> {
    let journal = &Journal::open(store, "figures").await?;
    let begun = Instant::now();
    let caller = || async move {
        let mut waits = Vec::new();
        while begun.elapsed() < SPAN {
            let entry = Entry { at: Timestamp::from_micros(0), event: "x".repeat(200) };
            let asked = Instant::now();
            journal.append(vec![entry]).await.expect("the journal has one leader");
            waits.push(asked.elapsed());
        }
        waits
    };
    let running = (0..callers).map(|_| Box::pin(caller()));
    let waits = futures_util::future::join_all(running).await;
    let mut waits: Vec<f64> =
        waits.into_iter().flatten().map(|wait| wait.as_secs_f64() * 1e3).collect();
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    let rate = waits.len() as f64 / begun.elapsed().as_secs_f64();
    let (p50, p99, max) = (at(0.5), at(0.99), at(1.0));
    println!("{callers:>8} {rate:>12.0} {p50:>10.2} {p99:>10.2} {max:>10.2}");
    Ok(())
}

//! What is wrong with a set-up, and what to do about it.
//!
//! Each file looks at one thing: it gathers facts (I/O), and a pure function judges them into
//! [`finding::Finding`]s. Nothing is changed, and the program may serve meanwhile.

pub mod certificate;
pub mod clock;
pub mod database;
pub mod disk;
pub mod finding;
pub mod machine;
pub mod nat;
pub mod ports;
pub mod prompts;
pub mod trunk;

use crate::config::Settings;
use finding::Finding;

/// Looks at everything, in the order in which one mends it.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let serving = ports::serving(settings).await;
    let mut findings = ports::look(settings, serving).await;
    findings.extend(nat::look(settings).await);
    findings.push(certificate::look(settings));
    findings.extend(trunk::look(settings).await);
    findings.push(clock::look());
    findings.extend(disk::look(settings).await);
    findings.extend(database::look(settings).await);
    findings.push(prompts::look(settings));
    findings.extend(machine::look(settings));
    findings
}

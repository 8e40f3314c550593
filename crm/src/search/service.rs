//! The search that people make: permission, a deadline, and an audit entry with what it showed.
//!
//! Does I/O. The index is searched on blocking threads, few at a time; a search that passes its
//! deadline keeps its place until it ends, so slow searches cannot pile up.

use std::sync::Arc;
use std::time::Duration;

use ids::Timestamp;
use sea_orm::DbErr;
use store::audit::{self, Action, Entity, Entry, Purpose};
use store::{Store, TxnError, WriteTxn};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::document::Kind;
use super::find::Results;
use super::generation::IndexError;
use super::index::SearchIndex;
use super::permission::Viewer;
use super::query::Query;
use crate::access::{Deed, NotAllowed, allow};
use crate::actor::Actor;

/// Searches that run at the same time on one node. More than processors only adds to the wait.
const AT_ONCE: usize = 4;
/// Longest time a search may take, its wait for a free place included.
const DEADLINE: Duration = Duration::from_secs(2);

/// Why a search was not made. Nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The role does not read records.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// A reason was given, and it is empty.
    #[error("the reason of the search is empty")]
    ReasonRequired,
    /// It took too long: too many searches at once, or too much to search.
    #[error("the search took longer than two seconds")]
    TooSlow,
    /// The index could not be read.
    #[error("the search index could not be searched")]
    Index(#[from] IndexError),
    /// The search panicked.
    #[error("the search stopped in the middle of its work")]
    Stopped(#[from] tokio::task::JoinError),
    /// The audit entry could not be written.
    #[error("the search could not be noted in the audit")]
    Audit(#[from] DbErr),
    /// The transaction of the audit entry failed.
    #[error("the transaction that notes the search failed")]
    Txn(#[from] TxnError),
}

/// Searches one index for people. Clones share the places.
#[derive(Clone)]
pub struct Search {
    index: SearchIndex,
    places: Arc<Semaphore>,
}

impl Search {
    /// A search over an index.
    #[must_use]
    pub fn new(index: SearchIndex) -> Self {
        Self { index, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Searches, and notes in the audit what is shown, before it is shown: one entry with the ids
    /// of this page, also if there are none.
    ///
    /// # Errors
    /// The role does not read records, the reason given is empty, the search takes longer than two
    /// seconds, or it or its audit entry fails.
    pub async fn search(
        &self,
        store: &Store,
        actor: &Actor,
        query: Query,
        now: Timestamp,
    ) -> Result<Results, SearchError> {
        allow(actor, Deed::ReadRecords)?;
        match &actor.purpose {
            // At the desk one searches before one knows what to open; opening asks for the reason.
            Purpose::Call(_) | Purpose::Desk => {}
            Purpose::Reason(reason) if !reason.trim().is_empty() => {}
            Purpose::Reason(_) => return Err(SearchError::ReasonRequired),
        }
        let viewer = Viewer::of(actor);
        let results = match timeout(DEADLINE, self.find(viewer, query)).await {
            Ok(results) => results?,
            Err(_) => return Err(SearchError::TooSlow),
        };
        let entry = entry(actor, &results, now);
        let entry = &entry;
        store
            .write_txn(|txn: WriteTxn| async move {
                Ok::<_, SearchError>(audit::record(&txn, entry).await?)
            })
            .await?;
        Ok(results)
    }

    async fn find(&self, viewer: Viewer, query: Query) -> Result<Results, SearchError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let index = self.index.clone();
        let work = move || {
            // The thread holds the place, not the caller, who may give up waiting.
            let _place = place;
            index.find(&viewer, &query)
        };
        Ok(tokio::task::spawn_blocking(work).await??)
    }
}

fn entry(actor: &Actor, results: &Results, now: Timestamp) -> Entry {
    let first = results.hits.first().map(|hit| hit.kind);
    let one_kind = first.filter(|kind| results.hits.iter().all(|hit| hit.kind == *kind));
    let entity = match one_kind {
        Some(Kind::Contact) => Entity::Contact,
        Some(Kind::Case) => Entity::Case,
        Some(Kind::Interaction) => Entity::Interaction,
        None => Entity::Mixed,
    };
    Entry {
        at: now,
        user: actor.user,
        role: actor.role,
        action: Action::Search,
        entity,
        ids: results.hits.iter().map(|hit| hit.id).collect(),
        purpose: actor.purpose.clone(),
    }
}

//! What every operation on the records holds: the transaction, who does it, and when.
//!
//! Does I/O through the transaction. Operations are written as functions on this, so that several
//! can be put into one transaction.

use ids::Timestamp;
use store::audit::{self, Action, Entity, Entry};
use store::outbox::{self, Topic};
use store::{WriteTxn, time};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::CrmError;

/// The column type of a moment.
pub(crate) type Moment = chrono::DateTime<chrono::Utc>;

/// One piece of work on the records, inside one transaction.
pub(crate) struct Work<'t> {
    pub(crate) txn: &'t WriteTxn,
    pub(crate) actor: &'t Actor,
    pub(crate) now: Timestamp,
    /// What is made here is made up, and marked so.
    pub(crate) synthetic: bool,
}

impl<'t> Work<'t> {
    pub(crate) const fn new(txn: &'t WriteTxn, actor: &'t Actor, now: Timestamp) -> Self {
        Self { txn, actor, now, synthetic: false }
    }

    /// `now` as a column holds it.
    pub(crate) fn moment(&self) -> Moment {
        time::to_column(self.now)
    }

    /// The actor's account as a column holds it.
    pub(crate) const fn user(&self) -> Uuid {
        self.actor.user.as_uuid()
    }

    /// Writes the audit entry of this work. If it cannot be written, the work fails: nothing is
    /// shown that was not noted.
    pub(crate) async fn audit(
        &self,
        action: Action,
        entity: Entity,
        ids: Vec<Uuid>,
    ) -> Result<(), CrmError> {
        let entry = Entry {
            at: self.now,
            user: self.actor.user,
            role: self.actor.role,
            action,
            entity,
            ids,
            purpose: self.actor.purpose.clone(),
        };
        audit::record(self.txn, &entry).await.map_err(CrmError::Sql)
    }

    /// Tells the followers that something changed, when the transaction commits.
    pub(crate) fn changed(&self, topic: Topic, id: Uuid) {
        outbox::push(self.txn, topic, id);
    }
}

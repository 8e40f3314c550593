//! The language last chosen on a number, so that the greeting begins in it. Does I/O.
//!
//! Asked by the greeting before anybody knows who calls: it names no person, shows nothing to one,
//! and is therefore not audited.

use ids::{Language, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use store::{Store, time};

use crate::entity::language_preference;
use crate::error::CrmError;
use crate::phone::E164;

/// The language last chosen on a number, `None` if none was.
///
/// # Errors
/// The database's.
pub async fn get(store: &Store, number: &E164) -> Result<Option<Language>, CrmError> {
    let found = store
        .read_txn(|txn| async move {
            let key = number.expose().to_owned();
            let row = language_preference::Entity::find_by_id(key).one(&txn).await;
            row.map_err(CrmError::Sql)
        })
        .await?;
    let language = found.map(|row| row.language.parse()).transpose();
    language.map_err(|_| CrmError::unreadable("language_preferences", "language"))
}

/// Remembers the language chosen on a number.
///
/// # Errors
/// The database's.
pub async fn set(
    store: &Store,
    number: &E164,
    language: Language,
    now: Timestamp,
) -> Result<(), CrmError> {
    use language_preference::Column::{E164 as Number, Language as Tag, UpdatedAt};
    store
        .write_txn(|txn| async move {
            let row = language_preference::Model {
                e164: number.expose().to_owned(),
                language: language.as_str().to_owned(),
                updated_at: time::to_column(now),
            };
            let again = OnConflict::column(Number).update_columns([Tag, UpdatedAt]).to_owned();
            language_preference::Entity::insert(row.into_active_model().reset_all())
                .on_conflict(again)
                .exec_without_returning(&txn)
                .await?;
            Ok(())
        })
        .await
}

//! Made-up citizens and their history, for `helpline demo` and for nothing else. Does I/O.
//!
//! Families, stories and numbers come from `data/demo.toml` and a seed: the same seed makes the same
//! records. Every one is marked `synthetic`. India keeps no range of numbers for fiction, so the
//! numbers are `+91 99990 0xxxx` and `+91 99990 5xxxx`: they look right, may belong to somebody, and
//! must never be dialled by a demonstration.

mod cast;
mod family;
mod history;

use core::time::Duration;

use ids::{Timestamp, UserId};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::{EntityTrait, PaginatorTrait};
use store::Store;

use crate::actor::{Actor, Purpose, Role};
use crate::entity::contact;
use crate::error::CrmError;
use cast::Cast;

/// Most households of one filling: more would need more numbers than the two ranges hold.
pub const HOUSEHOLDS_MAX: u32 = 5_000;

/// How far back the history reaches.
const PAST: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// Where chance begins; the same seed makes the same records.
    pub seed: u64,
    /// The end of the history.
    pub now: Timestamp,
    /// The operators who did the work, in turn. At least one.
    pub staff: &'a [UserId],
    /// How many households, at most [`HOUSEHOLDS_MAX`]; each has two to five members.
    pub households: u32,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Households.
    pub households: u32,
    /// Contacts.
    pub contacts: u32,
    /// Cases, each with at least one interaction.
    pub cases: u32,
    /// Reports.
    pub reports: u32,
}

/// Fills a store that has no contacts yet. One that has some is left as it is: then nothing is made.
///
/// # Errors
/// [`CrmError::Invalid`] without staff or with too many households; else the database's.
pub async fn fill(store: &Store, plan: &Plan<'_>) -> Result<Filled, CrmError> {
    if plan.staff.is_empty() {
        return Err(CrmError::invalid("staff", "at least one operator is needed"));
    }
    if plan.households > HOUSEHOLDS_MAX {
        return Err(CrmError::invalid("households", "is more than there are numbers for"));
    }
    let contacts = store
        .read_txn(
            |txn| async move { contact::Entity::find().count(&txn).await.map_err(CrmError::Sql) },
        )
        .await?;
    let mut filled = Filled::default();
    if contacts > 0 {
        return Ok(filled);
    }
    let cast = Cast::built_in();
    for place in 0..plan.households {
        filled = filled.plus(one_household(store, plan, &cast, place).await?);
    }
    Ok(filled)
}

/// One household with its members and their cases, in one transaction.
async fn one_household(
    store: &Store,
    plan: &Plan<'_>,
    cast: &Cast,
    place: u32,
) -> Result<Filled, CrmError> {
    let user = plan.staff[place as usize % plan.staff.len()];
    let actor = &Actor { user, role: Role::Operator, purpose: Purpose::Desk };
    store
        .write_txn(|txn| async move {
            // Chance begins anew here, so that a second try of the transaction makes the same.
            let mut rng = StdRng::seed_from_u64(plan.seed.wrapping_add(u64::from(place)));
            let desk = history::Desk { txn: &txn, actor, now: plan.now };
            let family = family::settle(&desk, cast, place, &mut rng).await?;
            history::live(&desk, cast, &family, &mut rng).await
        })
        .await
}

impl Filled {
    const fn plus(self, other: Self) -> Self {
        Self {
            households: self.households + other.households,
            contacts: self.contacts + other.contacts,
            cases: self.cases + other.cases,
            reports: self.reports + other.reports,
        }
    }
}

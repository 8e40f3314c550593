//! Who does something to the records, in which role, and why. Pure.

use ids::UserId;
pub use store::account::Role;
pub use store::audit::Purpose;

/// The person behind a read or a write. Every function that touches a citizen's record takes one:
/// the role decides whether it may happen, and all three go into the audit entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// The role it acts in.
    pub role: Role,
    /// Why it does so.
    pub purpose: Purpose,
}

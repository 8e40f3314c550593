//! Who may call what. People sign in and carry a session cookie; machines carry a bearer token with
//! scopes. Each endpoint names an [`Access`] in its signature, so that none is open by omission.

pub mod access;
pub mod cookie;
pub mod machine;
pub mod purpose;
pub mod session;
mod signed;

pub use access::Access;
pub use session::{Person, SessionToken};
pub use signed::{Authority, Permitted, Signed};

/// The header that carries the session's token on every write: a page of another site cannot read it.
pub const CSRF_HEADER: &str = "x-csrf-token";

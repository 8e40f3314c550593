//! The records of the helpline: contacts, households, cases, reports, interactions, and the search
//! over them.
//!
//! Rules are pure (`phone`, `vocabulary`, `case::state`, [`interaction::Interaction::apply`]); the
//! rest does I/O through [`store::Store`] alone. Every function that shows or changes a citizen's
//! record takes an [`Actor`], asks [`access`] first, and writes its audit entry in its own
//! transaction: what cannot be noted is not shown. Ids and time come in as arguments. This crate
//! knows no call in progress, no HTTP, and no FHIR.

pub mod access;
pub mod actor;
pub mod callback;
pub mod case;
pub mod contact;
pub mod demo;
mod entity;
pub mod error;
pub mod household;
pub mod interaction;
pub mod page;
pub mod phone;
pub mod preference;
pub mod recording;
pub mod report;
pub mod search;
mod text;
pub mod timeline;
pub mod vocabulary;
mod work;

pub use actor::Actor;
pub use error::{Conflict, CrmError, FieldError};
pub use page::Page;
pub use phone::E164;

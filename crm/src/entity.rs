//! The rows as the columns hold them, one file per table. Private to the crate: nobody outside sees
//! a row, and what goes in and out is turned into the types of the domain beside each query.

pub(crate) mod callback_wish;
pub(crate) mod case;
pub(crate) mod case_counter;
pub(crate) mod case_draft;
pub(crate) mod case_event;
pub(crate) mod case_report;
pub(crate) mod contact;
pub(crate) mod contact_phone;
pub(crate) mod household;
pub(crate) mod interaction;
pub(crate) mod language_preference;
pub(crate) mod recording;

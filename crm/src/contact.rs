//! A person in the records: names in both scripts, several numbers, home, flags.
//!
//! Types and rules here are pure; `record` and `pick_list` do the I/O. Nothing here decides that
//! two records are one person: that takes a human, and is not built yet.

mod pick_list;
mod record;

use core::fmt;

use garde::Validate;
use ids::{ContactId, HouseholdId, Language, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::phone::E164;
use crate::text::{clean, clean_option, words};

pub use pick_list::{PickListEntry, find_by_phone};
pub use record::{create, get, update};
pub(crate) use record::{create_in, exists_in, join_in};

/// Most numbers of one contact.
pub const PHONES_MAX: usize = 10;
/// Most flags of one contact.
pub const FLAGS_MAX: usize = 20;

words! {
    /// The sex as the citizen gives it.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Another.
        Other = "other",
    }
}

words! {
    /// What a flag warns of.
    FlagKind {
        /// The citizen, or whoever answers, may be in danger.
        Safety = "safety",
        /// How to speak with the citizen: hard of hearing, needs an interpreter.
        Accessibility = "accessibility",
        /// Abuse of the helpline. It lowers the order of service, never the reach.
        Abuse = "abuse",
        /// Anything else worth knowing before the first word.
        Note = "note",
    }
}

/// A warning to whoever speaks with the citizen, until a moment or for good.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Flag {
    /// Of what.
    #[garde(skip)]
    pub kind: FlagKind,
    /// In words; 1 to 300 characters.
    #[garde(length(chars, min = 1, max = 300))]
    pub text: String,
    /// Until when it is in force; `None` for good.
    #[garde(skip)]
    pub until: Option<Timestamp>,
}

/// One of a contact's numbers.
#[derive(Clone, PartialEq, Eq, Validate)]
pub struct ContactPhone {
    /// The number.
    #[garde(skip)]
    pub number: E164,
    /// What the citizen calls it: home, shop. At most 40 characters.
    #[garde(inner(length(chars, max = 40)))]
    pub label: Option<String>,
    /// Others use it too, so that what is said on it is not for this contact alone.
    #[garde(skip)]
    pub shared: bool,
}

/// Where somebody lives. Free text: half of the city has no street address.
#[derive(Clone, Default, PartialEq, Eq, Validate)]
pub struct Address {
    /// House, street, landmark. At most 500 characters.
    #[garde(inner(length(chars, max = 500)))]
    pub text: Option<String>,
    /// Municipal ward. At most 80 characters.
    #[garde(inner(length(chars, max = 80)))]
    pub ward: Option<String>,
    /// Locality or village. At most 120 characters.
    #[garde(inner(length(chars, max = 120)))]
    pub place: Option<String>,
}

/// What the helpline knows of a person; everything that can be edited.
#[derive(Clone, PartialEq, Eq, Validate)]
pub struct ContactDetails {
    /// The name as it is usually written; 1 to 200 characters.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// The name in the other script, as a rule Devanagari. At most 200 characters.
    #[garde(inner(length(chars, max = 200)))]
    pub name_hi: Option<String>,
    /// The sex, if told.
    #[garde(skip)]
    pub sex: Option<Sex>,
    /// The year of birth (1880 to 2100), if told. Few know the day.
    #[garde(inner(range(min = 1880, max = 2100)))]
    pub birth_year: Option<i32>,
    /// The language the person prefers.
    #[garde(skip)]
    pub language: Option<Language>,
    /// At most ten numbers, no number twice; the first is the one to call.
    #[garde(length(max = PHONES_MAX), dive, custom(no_number_twice))]
    pub phones: Vec<ContactPhone>,
    /// The household, if known.
    #[garde(skip)]
    pub household: Option<HouseholdId>,
    /// What the person is to the household: mother, son. At most 60 characters.
    #[garde(inner(length(chars, max = 60)))]
    pub relation: Option<String>,
    /// Where the person lives.
    #[garde(dive)]
    pub address: Address,
    /// At most twenty flags. On a contact that was read, only those in force.
    #[garde(length(max = FLAGS_MAX), dive)]
    pub flags: Vec<Flag>,
}

/// A person in the records.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// Counts changes from 1; an update names the one it was made for.
    pub version: i64,
    /// Everything known of the person.
    pub details: ContactDetails,
    /// Made up, for demonstrations.
    pub synthetic: bool,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: UserId,
}

/// A change of some of a contact's details. `None` leaves a detail as it is; where a detail may be
/// empty, `Some(None)` empties it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ContactEdit {
    /// See [`ContactDetails::name`].
    pub name: Option<String>,
    /// See [`ContactDetails::name_hi`].
    pub name_hi: Option<Option<String>>,
    /// See [`ContactDetails::sex`].
    pub sex: Option<Option<Sex>>,
    /// See [`ContactDetails::birth_year`].
    pub birth_year: Option<Option<i32>>,
    /// See [`ContactDetails::language`].
    pub language: Option<Option<Language>>,
    /// See [`ContactDetails::phones`]; replaces the whole list.
    pub phones: Option<Vec<ContactPhone>>,
    /// See [`ContactDetails::household`].
    pub household: Option<Option<HouseholdId>>,
    /// See [`ContactDetails::relation`].
    pub relation: Option<Option<String>>,
    /// See [`ContactDetails::address`]; replaces the whole address.
    pub address: Option<Address>,
    /// See [`ContactDetails::flags`]; replaces the whole list.
    pub flags: Option<Vec<Flag>>,
}

impl ContactDetails {
    /// A person of whom only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            name_hi: None,
            sex: None,
            birth_year: None,
            language: None,
            phones: Vec::new(),
            household: None,
            relation: None,
            address: Address::default(),
            flags: Vec::new(),
        }
    }

    /// The details after an edit.
    #[must_use]
    pub fn edited(self, edit: ContactEdit) -> Self {
        Self {
            name: edit.name.unwrap_or(self.name),
            name_hi: edit.name_hi.unwrap_or(self.name_hi),
            sex: edit.sex.unwrap_or(self.sex),
            birth_year: edit.birth_year.unwrap_or(self.birth_year),
            language: edit.language.unwrap_or(self.language),
            phones: edit.phones.unwrap_or(self.phones),
            household: edit.household.unwrap_or(self.household),
            relation: edit.relation.unwrap_or(self.relation),
            address: edit.address.unwrap_or(self.address),
            flags: edit.flags.unwrap_or(self.flags),
        }
    }

    /// The details as they are kept: trimmed, in one form of Unicode, blank texts gone.
    fn cleaned(&self) -> Self {
        let label = |phone: &ContactPhone| clean_option(phone.label.as_deref());
        let phone = |phone: &ContactPhone| ContactPhone { label: label(phone), ..phone.clone() };
        let flag = |flag: &Flag| Flag { text: clean(&flag.text), ..flag.clone() };
        Self {
            name: clean(&self.name),
            name_hi: clean_option(self.name_hi.as_deref()),
            phones: self.phones.iter().map(phone).collect(),
            relation: clean_option(self.relation.as_deref()),
            address: self.address.cleaned(),
            flags: self.flags.iter().map(flag).collect(),
            ..*self
        }
    }
}

impl Address {
    pub(crate) fn cleaned(&self) -> Self {
        Self {
            text: clean_option(self.text.as_deref()),
            ward: clean_option(self.ward.as_deref()),
            place: clean_option(self.place.as_deref()),
        }
    }
}

impl Flag {
    /// Whether the flag is still in force.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Shows which record it is and nothing of the person.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({}, version {})", self.id, self.version)
    }
}

fn no_number_twice(phones: &[ContactPhone], (): &()) -> garde::Result {
    let twice = phones
        .iter()
        .enumerate()
        .any(|(i, phone)| phones[..i].iter().any(|before| before.number == phone.number));
    if twice { Err(garde::Error::new("a number is in the list twice")) } else { Ok(()) }
}

#[cfg(test)]
mod tests;

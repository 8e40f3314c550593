//! Contacts and households on the wire. Pure.

use crm::contact::{self, ContactDetails, ContactEdit, FlagKind};
use crm::household::HouseholdDetails;
use crm::phone::E164;
use ids::{ContactId, HouseholdId, Language};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::present;
use crate::problem::{Answer, Problem};
use crate::wire::Moment;
use crate::wire::ringing::PickListEntry;

/// The sex as the citizen gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Another.
    Other,
}

impl From<contact::Sex> for Sex {
    fn from(sex: contact::Sex) -> Self {
        match sex {
            contact::Sex::Female => Self::Female,
            contact::Sex::Male => Self::Male,
            contact::Sex::Other => Self::Other,
        }
    }
}

impl From<Sex> for contact::Sex {
    fn from(sex: Sex) -> Self {
        match sex {
            Sex::Female => Self::Female,
            Sex::Male => Self::Male,
            Sex::Other => Self::Other,
        }
    }
}

/// One of a contact's numbers.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// The number. Read as people write it; written as E.164.
    pub e164: String,
    /// What the citizen calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Others use it too.
    #[serde(default)]
    pub shared: bool,
}

/// Where somebody lives.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// House, street, landmark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Municipal ward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ward: Option<String>,
    /// Locality or village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A warning to whoever speaks with the citizen.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Of what: `safety`, `accessibility`, `abuse`, `note`.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Until when it is in force; absent: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Moment>,
}

/// A person in the records.
#[derive(Clone, Serialize, ToSchema)]
pub struct Contact {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: ContactId,
    /// Counts changes; `If-Match` of the next one.
    pub version: i64,
    /// Everything known of the person.
    #[serde(flatten)]
    pub details: Details,
    /// When the record was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Moment,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Moment,
}

/// What is known of a person; everything that can be edited.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ContactDetails)]
pub struct Details {
    /// The name as it is usually written.
    pub name: String,
    /// The name in the other script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_hi: Option<String>,
    /// The sex, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The year of birth, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<i32>,
    /// The language the person prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// Numbers; the first is the one to call.
    #[serde(default)]
    #[schema(required = false)]
    pub phones: Vec<Phone>,
    /// The household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub household: Option<HouseholdId>,
    /// What the person is to the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Where the person lives.
    #[serde(default)]
    #[schema(required = false)]
    pub address: Address,
    /// Flags in force.
    #[serde(default)]
    #[schema(required = false)]
    pub flags: Vec<Flag>,
}

/// A change of some details: an absent one stays, null empties it.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ContactEdit)]
pub struct Edit {
    /// See the contact.
    pub name: Option<String>,
    /// See the contact.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub name_hi: Option<Option<String>>,
    /// See the contact.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Sex>)]
    pub sex: Option<Option<Sex>>,
    /// See the contact.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<i32>)]
    pub birth_year: Option<Option<i32>>,
    /// See the contact.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<Language>>,
    /// Replaces the whole list.
    pub phones: Option<Vec<Phone>>,
    /// See the contact.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub household: Option<Option<HouseholdId>>,
    /// See the contact.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub relation: Option<Option<String>>,
    /// Replaces the whole address.
    pub address: Option<Address>,
    /// Replaces the whole list.
    pub flags: Option<Vec<Flag>>,
}

/// A household to be made.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHousehold {
    /// What it is called on the screen: the name of a family.
    pub name: String,
    /// Where it is.
    #[serde(default)]
    #[schema(required = false)]
    pub address: Address,
}

/// A household.
#[derive(Clone, Serialize, ToSchema)]
pub struct Household {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub id: HouseholdId,
    /// Counts changes.
    pub version: i64,
    /// What it is called on the screen.
    pub name: String,
    /// Where it is.
    pub address: Address,
}

impl From<&contact::Contact> for Contact {
    fn from(contact: &contact::Contact) -> Self {
        let details = &contact.details;
        let phone = |phone: &contact::ContactPhone| Phone {
            e164: phone.number.expose().to_owned(),
            label: phone.label.clone(),
            shared: phone.shared,
        };
        let flag = |flag: &contact::Flag| Flag {
            kind: flag.kind.as_str().to_owned(),
            text: flag.text.clone(),
            until: flag.until.map(Into::into),
        };
        Self {
            id: contact.id,
            version: contact.version,
            details: Details {
                name: details.name.clone(),
                name_hi: details.name_hi.clone(),
                sex: details.sex.map(Into::into),
                birth_year: details.birth_year,
                language: details.language,
                phones: details.phones.iter().map(phone).collect(),
                household: details.household,
                relation: details.relation.clone(),
                address: (&details.address).into(),
                flags: details.flags.iter().map(flag).collect(),
            },
            created_at: contact.created_at.into(),
            updated_at: contact.updated_at.into(),
        }
    }
}

impl From<&crm::household::Household> for Household {
    fn from(household: &crm::household::Household) -> Self {
        Self {
            id: household.id,
            version: household.version,
            name: household.details.name.clone(),
            address: (&household.details.address).into(),
        }
    }
}

impl From<&contact::Address> for Address {
    fn from(address: &contact::Address) -> Self {
        Self {
            text: address.text.clone(),
            ward: address.ward.clone(),
            place: address.place.clone(),
        }
    }
}

impl From<Address> for contact::Address {
    fn from(address: Address) -> Self {
        Self { text: address.text, ward: address.ward, place: address.place }
    }
}

impl From<NewHousehold> for HouseholdDetails {
    fn from(new: NewHousehold) -> Self {
        Self { name: new.name, address: new.address.into() }
    }
}

impl From<&contact::PickListEntry> for PickListEntry {
    fn from(entry: &contact::PickListEntry) -> Self {
        Self {
            contact_id: entry.contact,
            name: entry.name.clone(),
            name_hi: entry.name_hi.clone(),
            sex: entry.sex.map(|sex| sex.as_str().to_owned()),
            birth_year: entry.birth_year,
            relation: entry.relation.clone(),
            open_cases: u32::try_from(entry.open_cases).unwrap_or(u32::MAX),
        }
    }
}

impl Details {
    /// The details in the records' terms.
    ///
    /// # Errors
    /// The fields that cannot be read: a number, a flag's kind.
    pub fn read(self) -> Answer<ContactDetails> {
        Ok(ContactDetails {
            name: self.name,
            name_hi: self.name_hi,
            sex: self.sex.map(Into::into),
            birth_year: self.birth_year,
            language: self.language,
            phones: phones(self.phones)?,
            household: self.household,
            relation: self.relation,
            address: self.address.into(),
            flags: flags(self.flags)?,
        })
    }
}

impl Edit {
    /// The edit in the records' terms.
    ///
    /// # Errors
    /// As [`Details::read`].
    pub fn read(self) -> Answer<ContactEdit> {
        Ok(ContactEdit {
            name: self.name,
            name_hi: self.name_hi,
            sex: self.sex.map(|sex| sex.map(Into::into)),
            birth_year: self.birth_year,
            language: self.language,
            phones: self.phones.map(phones).transpose()?,
            household: self.household,
            relation: self.relation,
            address: self.address.map(Into::into),
            flags: self.flags.map(flags).transpose()?,
        })
    }
}

fn phones(phones: Vec<Phone>) -> Answer<Vec<contact::ContactPhone>> {
    let read = |(n, phone): (usize, Phone)| {
        let number = E164::parse(&phone.e164)
            .map_err(|why| Problem::field(format!("phones[{n}].e164"), why.to_string()))?;
        Ok(contact::ContactPhone { number, label: phone.label, shared: phone.shared })
    };
    phones.into_iter().enumerate().map(read).collect()
}

fn flags(flags: Vec<Flag>) -> Answer<Vec<contact::Flag>> {
    let read = |(n, flag): (usize, Flag)| {
        let kind = FlagKind::from_name(&flag.kind).ok_or_else(|| {
            Problem::field(format!("flags[{n}].kind"), "is not a kind of flag".to_owned())
        })?;
        Ok(contact::Flag { kind, text: flag.text, until: flag.until.map(|until| until.0) })
    };
    flags.into_iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_field_stays_and_null_empties_it() {
        let edit: Edit =
            serde_json::from_str(r#"{"name_hi": null, "birth_year": 1980}"#).expect("an edit");
        let edit = edit.read().expect("readable");
        assert_eq!(edit.name_hi, Some(None));
        assert_eq!(edit.birth_year, Some(Some(1980)));
        assert!(edit.relation.is_none() && edit.name.is_none());
    }

    #[test]
    fn a_number_that_is_none_is_named_by_its_place() {
        let details: Details =
            serde_json::from_str(r#"{"name":"x","phones":[{"e164":"9876543210"},{"e164":"104"}]}"#)
                .expect("details");
        let Err(problem) = details.read() else { panic!("104 is no subscriber") };
        assert_eq!(problem.body(None).errors[0].field, "phones[1].e164");
    }
}

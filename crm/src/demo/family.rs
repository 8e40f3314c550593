//! A made-up household and its members, who share a telephone. Does I/O.

use ids::{ContactId, HouseholdId, Language};
use rand::Rng;
use rand::rngs::StdRng;

use super::cast::{Cast, Community, Locality, Name, one};
use super::history::Desk;
use crate::contact::{self, Address, ContactDetails, ContactPhone, Flag, FlagKind, Sex};
use crate::error::CrmError;
use crate::household::{self, HouseholdDetails};
use crate::phone::E164;

/// One member.
pub(super) struct Member {
    pub(super) id: ContactId,
    pub(super) number: E164,
    pub(super) language: Language,
}

/// The roles of a family, oldest first, with sex and year of birth.
const ROLES: [(&str, Sex, i32); 5] = [
    ("mother", Sex::Female, 1983),
    ("father", Sex::Male, 1979),
    ("daughter", Sex::Female, 2009),
    ("son", Sex::Male, 2012),
    ("grandmother", Sex::Female, 1951),
];

/// Makes the household in the `place`th home, and those who live there.
pub(super) async fn settle(
    desk: &Desk<'_>,
    cast: &Cast,
    place: u32,
    rng: &mut StdRng,
) -> Result<Vec<Member>, CrmError> {
    let names = one(&cast.communities, rng);
    let surname = one(&names.surnames, rng);
    let first = rng.random_range(0..names.women.len() * names.men.len());
    let locality = one(&cast.localities, rng);
    let work = desk.work(desk.now);
    let household = HouseholdId::from_number(rng.random());
    let details = HouseholdDetails {
        name: format!("{} ({})", surname.en, locality.en),
        address: address(locality, place),
    };
    household::create_in(&work, household, &details).await?;
    let mut members = Vec::new();
    for (nth, role) in (0..rng.random_range(2..=5)).zip(ROLES) {
        let id = ContactId::from_number(rng.random());
        let own = number(50_000 + (place * 5 + nth) % 50_000);
        let person = Person { role, names, surname, first, place, nth, own, household };
        let details = person.details(locality, rng);
        contact::create_in(&work, id, &details).await?;
        let language = details.language.unwrap_or(language("hi"));
        members.push(Member { id, number: details.phones[0].number, language });
    }
    Ok(members)
}

struct Person<'a> {
    role: (&'static str, Sex, i32),
    names: &'a Community,
    surname: &'a Name,
    /// Where in the lists of given names the family begins; each member takes the next.
    first: usize,
    place: u32,
    nth: u32,
    own: E164,
    household: HouseholdId,
}

impl Person<'_> {
    fn details(&self, locality: &Locality, rng: &mut StdRng) -> ContactDetails {
        let (relation, sex, born) = self.role;
        let given = if sex == Sex::Female { &self.names.women } else { &self.names.men };
        // Women and men alternate in the roles, so every second place is of the same list.
        let given = &given[(self.first + self.nth as usize / 2) % given.len()];
        let phone = |number, label: &str, shared| ContactPhone {
            number,
            label: Some(label.to_owned()),
            shared,
        };
        let mut phones = vec![phone(number(self.place), "home", true)];
        // The first two have a telephone of their own beside the one that all share.
        if self.nth < 2 {
            phones.push(phone(self.own, "own", false));
        }
        let hard_of_hearing = Flag {
            kind: FlagKind::Accessibility,
            text: "Hard of hearing: speak slowly".to_owned(),
            until: None,
        };
        ContactDetails {
            name: format!("{} {}", given.en, self.surname.en),
            name_hi: Some(format!("{} {}", given.hi, self.surname.hi)),
            sex: Some(sex),
            birth_year: Some(born + rng.random_range(-4..=4)),
            language: Some(language(if rng.random_bool(0.7) { "hi" } else { "en" })),
            phones,
            household: Some(self.household),
            relation: Some(relation.to_owned()),
            address: address(locality, self.place),
            flags: if relation == "grandmother" { vec![hard_of_hearing] } else { Vec::new() },
        }
    }
}

fn address(locality: &Locality, place: u32) -> Address {
    Address {
        text: Some(format!("House {}, {}", place + 1, locality.en)),
        ward: Some(locality.ward.clone()),
        place: Some(format!("{} / {}", locality.en, locality.hi)),
    }
}

/// One of the made-up numbers; `last` has at most five digits.
fn number(last: u32) -> E164 {
    let text = format!("+9199990{last:05}");
    E164::from_stored(&text).expect("a plus sign and twelve digits")
}

fn language(tag: &str) -> Language {
    tag.parse().expect("a tag of two letters")
}

//! The names and stories that the made-up records are put together from. Pure.

use ids::Class;
use rand::Rng;
use rand::rngs::StdRng;
use serde::Deserialize;

/// The file compiled in.
const BUILT_IN: &str = include_str!("../../data/demo.toml");

/// A name in both scripts.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Name {
    pub(super) en: String,
    pub(super) hi: String,
}

/// Where a family lives.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locality {
    pub(super) en: String,
    pub(super) hi: String,
    pub(super) ward: String,
}

/// What a citizen called about, and what was done.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    pub(super) category: String,
    pub(super) class: Class,
    pub(super) disposition: String,
    pub(super) summary: String,
    pub(super) notes: String,
    pub(super) report: String,
}

/// Names that go together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Community {
    pub(super) surnames: Vec<Name>,
    pub(super) women: Vec<Name>,
    pub(super) men: Vec<Name>,
}

/// All names and stories.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cast {
    pub(super) localities: Vec<Locality>,
    #[serde(rename = "community")]
    pub(super) communities: Vec<Community>,
    #[serde(rename = "story")]
    pub(super) stories: Vec<Story>,
}

impl Cast {
    pub(super) fn built_in() -> Self {
        toml::from_str(BUILT_IN).expect("a test reads the file that is compiled in")
    }
}

/// One of a list that is never empty.
pub(super) fn one<'a, T>(list: &'a [T], rng: &mut StdRng) -> &'a T {
    &list[rng.random_range(0..list.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn every_list_has_entries_and_every_story_uses_the_vocabulary() {
        let cast = Cast::built_in();
        assert!(!cast.localities.is_empty() && !cast.stories.is_empty());
        assert!(!cast.communities.is_empty());
        for names in &cast.communities {
            // Three women and two men live in the largest household: no name twice in it.
            assert!(!names.surnames.is_empty());
            assert!(names.women.len() >= 3 && names.men.len() >= 2);
        }
        for story in &cast.stories {
            assert!(
                Vocabulary::built_in().category(&story.category).is_some(),
                "{}",
                story.summary
            );
            assert!(Vocabulary::built_in().disposition(&story.disposition).is_some());
        }
    }
}

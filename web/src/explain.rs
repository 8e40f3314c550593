//! Says in one sentence, in English and in Hindi, why a console rings. Pure.
//!
//! Speaks to the agent who is asked. The whole table of candidates is not said here: it is recomputed
//! from the journal on demand.

use std::time::Duration;

use ids::{Language, Timestamp};
use routing::Explanation;

/// The reasons of one reservation as a sentence in each language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// English.
    pub en: String,
    /// Hindi.
    pub hi: String,
}

/// Puts the explanation into words for the agent who is its first candidate, at `now`.
#[must_use]
pub fn explain(explanation: &Explanation, now: Timestamp) -> Sentences {
    let mut sentences = chosen(explanation, now);
    add_skills(&mut sentences, explanation);
    if !explanation.widened_to.is_empty() && !explanation.all_ring {
        sentences
            .en
            .push_str(" The wait was long, so the operators of other queues are asked too.");
        sentences.hi.push_str(" प्रतीक्षा लंबी हुई, इसलिए दूसरी कतारों के ऑपरेटरों से भी पूछा जा रहा है।");
    }
    sentences
}

fn add_skills(sentences: &mut Sentences, explanation: &Explanation) {
    if !explanation.needs.is_empty() {
        let needs: Vec<String> =
            explanation.needs.iter().map(|need| format!("{} {}", need.skill, need.level)).collect();
        let needs = needs.join(", ");
        sentences.en.push_str(&format!(" You hold the skills that are asked for: {needs}."));
        sentences.hi.push_str(&format!(" आपके पास माँगे गए कौशल हैं: {needs}।"));
    }
    if explanation.skill_step > 0 && !explanation.all_ring {
        sentences.en.push_str(" The wait was long, so less skill is asked for than at first.");
        sentences.hi.push_str(" प्रतीक्षा लंबी हुई, इसलिए पहले से कम कौशल माँगा जा रहा है।");
    }
}

fn chosen(explanation: &Explanation, now: Timestamp) -> Sentences {
    let language = explanation.language.map(names);
    let eligible = explanation.eligible;
    if explanation.all_ring {
        return all_ring(eligible, language);
    }
    if explanation.knows_caller {
        return known();
    }
    let idle = explanation.candidates.first().map(|first| now.since(first.idle_since));
    match (eligible, idle) {
        (0 | 1, _) | (_, None) => alone(language),
        (several, Some(idle)) => longest_idle(several, idle, language),
    }
}

fn all_ring(eligible: u32, language: Option<(String, String)>) -> Sentences {
    let (who_en, who_hi) = match language {
        Some((en, hi)) => (format!(" speaking {en}"), format!("{hi} बोलने वाले ")),
        None => (String::new(), String::new()),
    };
    if eligible <= 1 {
        return Sentences {
            en: "This is an emergency, and you are the only operator who can answer it.".to_owned(),
            hi: "यह आपात कॉल है और इस समय केवल आप इसका जवाब दे सकते हैं।".to_owned(),
        };
    }
    Sentences {
        en: format!(
            "This is an emergency: all {eligible} operators{who_en} who can answer ring together."
        ),
        hi: format!("यह आपात कॉल है, इसलिए {who_hi}सभी {eligible} ऑपरेटरों को एक साथ घंटी जा रही है।"),
    }
}

fn known() -> Sentences {
    Sentences {
        en: "You talked with this caller in the last day, so you are asked first.".to_owned(),
        hi: "पिछले एक दिन में इनसे आपकी बात हुई थी, इसलिए पहले आपसे पूछा जा रहा है।".to_owned(),
    }
}

fn alone(language: Option<(String, String)>) -> Sentences {
    match language {
        Some((en, hi)) => Sentences {
            en: format!("You are the only free operator who speaks {en}, which the caller chose."),
            hi: format!("फ़ोन करने वाले ने {hi} चुनी है और इसे बोलने वाले ऑपरेटरों में केवल आप खाली हैं।"),
        },
        None => Sentences {
            en: "You are the only operator free at the moment.".to_owned(),
            hi: "इस समय केवल आप खाली हैं।".to_owned(),
        },
    }
}

fn longest_idle(several: u32, idle: Duration, language: Option<(String, String)>) -> Sentences {
    let idle = minutes_seconds(idle);
    match language {
        Some((en, hi)) => Sentences {
            en: format!(
                "The caller chose {en}; of {several} free operators who speak it, you have been idle \
                 longest ({idle})."
            ),
            hi: format!(
                "फ़ोन करने वाले ने {hi} चुनी है; इसे बोलने वाले {several} खाली ऑपरेटरों में आप सबसे \
                 लंबे समय से ({idle}) खाली हैं।"
            ),
        },
        None => Sentences {
            en: format!("Of {several} free operators, you have been idle longest ({idle})."),
            hi: format!("{several} खाली ऑपरेटरों में आप सबसे लंबे समय से ({idle}) खाली हैं।"),
        },
    }
}

/// `mm:ss`, with as many minutes as it takes.
fn minutes_seconds(span: Duration) -> String {
    let seconds = span.as_secs();
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

/// The names of a language in English and in Hindi; a language that is not listed goes by its tag.
fn names(language: Language) -> (String, String) {
    let tag = language.as_str();
    LANGUAGES.iter().find(|(known, ..)| *known == tag).map_or_else(
        || (tag.to_owned(), tag.to_owned()),
        |(_, en, hi)| ((*en).to_owned(), (*hi).to_owned()),
    )
}

const LANGUAGES: &[(&str, &str, &str)] = &[
    ("hi", "Hindi", "हिन्दी"),
    ("en", "English", "अंग्रेज़ी"),
    ("pa", "Punjabi", "पंजाबी"),
    ("ur", "Urdu", "उर्दू"),
    ("bn", "Bengali", "बांग्ला"),
];

#[cfg(test)]
mod tests {
    use ids::AgentId;
    use routing::{Candidate, Excluded};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn explanation(language: Option<&str>, idle_s: &[i64], all_ring: bool) -> Explanation {
        let candidate = |(n, seconds): (u128, &i64)| Candidate {
            agent: AgentId::from_number(n),
            idle_since: Timestamp::from_micros(NOW.as_micros() - seconds * 1_000_000),
        };
        Explanation {
            rule_version: 1,
            language: language.map(|tag| tag.parse().expect("tag")),
            candidates: (1..).zip(idle_s).map(candidate).collect(),
            eligible: u32::try_from(idle_s.len()).expect("few"),
            excluded: Excluded::default(),
            relaxation_step: 0,
            skill_step: 0,
            needs: Vec::new(),
            widened_to: Vec::new(),
            knows_caller: false,
            all_ring,
        }
    }

    #[test]
    fn the_longest_idle_of_several_is_told_how_long() {
        let said = explain(&explanation(Some("hi"), &[252, 60, 5], false), NOW);
        assert_eq!(
            said.en,
            "The caller chose Hindi; of 3 free operators who speak it, you have been idle longest \
             (04:12)."
        );
        assert!(said.hi.contains("हिन्दी") && said.hi.contains("(04:12)"), "{}", said.hi);
        let said = explain(&explanation(None, &[3725, 1], false), NOW);
        assert_eq!(said.en, "Of 2 free operators, you have been idle longest (62:05).");
    }

    #[test]
    fn the_only_one_free_is_told_so() {
        let said = explain(&explanation(Some("en"), &[9], false), NOW);
        assert_eq!(
            said.en,
            "You are the only free operator who speaks English, which the caller chose."
        );
        assert_eq!(explain(&explanation(None, &[9], false), NOW).hi, "इस समय केवल आप खाली हैं।");
    }

    #[test]
    fn an_emergency_rings_everybody_and_says_so() {
        let said = explain(&explanation(None, &[9, 8, 7], true), NOW);
        assert_eq!(said.en, "This is an emergency: all 3 operators who can answer ring together.");
        assert!(said.hi.starts_with("यह आपात कॉल है"), "{}", said.hi);
        let said = explain(&explanation(Some("hi"), &[9, 8], true), NOW);
        assert!(said.en.contains("all 2 operators speaking Hindi who can answer"), "{}", said.en);
    }

    #[test]
    fn skills_and_their_easing_are_told() {
        let need = serde_json::from_str(r#"{"skill":"children","level":2}"#).expect("a need");
        let eased =
            Explanation { skill_step: 1, needs: vec![need], ..explanation(None, &[3, 1], false) };
        let said = explain(&eased, NOW);
        assert!(said.en.contains("skills that are asked for: children 2."), "{}", said.en);
        assert!(said.en.ends_with("so less skill is asked for than at first."), "{}", said.en);
        assert!(said.hi.contains("children 2।") && said.hi.ends_with("कम कौशल माँगा जा रहा है।"));
    }

    #[test]
    fn every_sentence_is_one_sentence() {
        for language in [None, Some("hi"), Some("ta")] {
            for idle in [&[][..], &[1], &[1, 2]] {
                for all_ring in [false, true] {
                    let said = explain(&explanation(language, idle, all_ring), NOW);
                    assert!(said.en.ends_with('.') && said.hi.ends_with('।'), "{said:?}");
                    assert!(!said.en.contains("  ") && !said.hi.contains("  "), "{said:?}");
                }
            }
        }
    }
}

//! What a person types finds what is meant: both scripts, numbers, slips, permission.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeMap;

use crm::Actor;
use crm::actor::{Purpose, Role};
use crm::search::permission::grants_of;
use crm::search::{
    Change, Document, DocumentId, Facet, Grant, Highlight, Hit, Kind, Order, Part, Query, Results,
    SearchIndex, Text, TextField, Viewer,
};
use ids::{Timestamp, UserId};
use proptest::prelude::*;
use uuid::Uuid;

/// A folder, an index in it, and documents that are known by a number each.
struct Box {
    index: SearchIndex,
    cursor: i64,
    _folder: tempfile::TempDir,
}

impl Box {
    fn new(documents: Vec<Document>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(folder.path()).unwrap();
        let mut made = Self { index, cursor: 0, _folder: folder };
        made.put(documents);
        made
    }

    fn put(&mut self, documents: Vec<Document>) {
        let changes: Vec<_> =
            documents.into_iter().map(|document| Change::Put(document.into())).collect();
        self.cursor += 1;
        self.index.apply(&changes, self.cursor).unwrap();
    }

    fn find_as(&self, role: Role, query: &Query) -> Results {
        self.index.find(&viewer(role), query).unwrap()
    }

    fn find(&self, text: &str) -> Results {
        self.find_as(Role::Operator, &ask(text))
    }

    /// The numbers of the documents found, best first.
    fn numbers(&self, text: &str) -> Vec<u128> {
        self.find(text).hits.iter().map(|hit| hit.id.as_u128()).collect()
    }
}

fn ask(text: &str) -> Query {
    Query { text: text.to_owned(), limit: 50, ..Query::default() }
}

fn viewer(role: Role) -> Viewer {
    Viewer::of(&Actor { user: UserId::from_number(900), role, purpose: Purpose::Desk })
}

fn document(kind: Kind, number: u128) -> Document {
    Document {
        id: DocumentId { kind, id: Uuid::from_u128(number) },
        title: format!("document {number}"),
        subtitle: String::new(),
        names: Vec::new(),
        case_number: None,
        phones: Vec::new(),
        texts: Vec::new(),
        state: None,
        category: None,
        class: None,
        language: Some("hi".to_owned()),
        // 2026-11-22, a second apart.
        at: Timestamp::from_micros(1_795_300_000_000_000 + number as i64 * 1_000_000),
        visible_to: grants_of(None, None),
    }
}

fn contact(number: u128, names: &[&str], phone: &str) -> Document {
    Document {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        phones: vec![phone.to_owned()],
        ..document(Kind::Contact, number)
    }
}

fn case(number: u128, case_number: &str, name: &str, notes: &str) -> Document {
    Document {
        names: vec![name.to_owned()],
        case_number: Some(case_number.to_owned()),
        texts: vec![Text { field: TextField::Notes, text: notes.to_owned() }],
        state: Some("open".to_owned()),
        category: Some("fever".to_owned()),
        ..document(Kind::Case, number)
    }
}

const LAXMI: u128 = 1;
const CHAUDHARY: u128 = 2;
const MOHAMMAD: u128 = 3;
const RAHIM: u128 = 4;
const RAM: u128 = 5;
const FEVER_HI: u128 = 11;
const FEVER_EN: u128 = 12;
const DIABETES: u128 = 13;
const MIXED: u128 = 14;
const ROAD: u128 = 15;

fn filled() -> Box {
    Box::new(vec![
        contact(LAXMI, &["Laxmi Devi", "लक्ष्मी देवी"], "+919876543210"),
        contact(CHAUDHARY, &["चौधरी चरण सिंह"], "+919811100482"),
        contact(MOHAMMAD, &["Mohd Salim", "मोहम्मद सलीम"], "+919999911111"),
        contact(RAHIM, &["Rahim Khan"], "+918888877777"),
        contact(RAM, &["Ram Kumar", "राम कुमार"], "+917777766666"),
        case(FEVER_HI, "C-2611-0482", "Sunita", "तेज़ बुखार, हिन्दी में बात की। दो दिन से खाँसी।"),
        case(FEVER_EN, "C-2611-0483", "Ramesh", "High fever 101.5 F, called ambulance. Aged 61."),
        case(DIABETES, "C-2610-0017", "Kavita", "मधुमेह की दवा पूछी। २०२६ में जाँच हुई।"),
        case(MIXED, "C-2609-12345", "Kamla", "Patient को chest pain है, BP 150, संपर्क rohini"),
        case(ROAD, "C-2608-0482", "Geeta", "सड़क दुर्घटना, स्वास्थ्य केंद्र भेजा।"),
    ])
}

/// Typed, and who must be found. The list is the acceptance of the box.
const CASES: &[(&str, u128)] = &[
    // Names, in either script and in other spellings.
    ("Laxmi", LAXMI),
    ("Lakshmi", LAXMI),
    ("लक्ष्मी", LAXMI),
    ("lakshmee devi", LAXMI),
    ("Chaudhary", CHAUDHARY),
    ("choudhury", CHAUDHARY),
    ("चौधरी", CHAUDHARY),
    ("muhammad", MOHAMMAD),
    ("मोहमद", MOHAMMAD),
    ("raheem", RAHIM),
    ("laxm", LAXMI),
    ("लक्ष्", LAXMI),
    // Hindi words: nukta, nasals, danda, slips, beginnings.
    ("बुखार", FEVER_HI),
    ("बूखार", FEVER_HI),
    ("तेज", FEVER_HI),
    ("हिंदी", FEVER_HI),
    ("हिन्दी", FEVER_HI),
    ("खांसी", FEVER_HI),
    ("मधुमेह", DIABETES),
    ("मधु", DIABETES),
    ("मधुमेह।", DIABETES),
    ("जांच", DIABETES),
    ("सम्पर्क", MIXED),
    ("सडक", ROAD),
    ("स्वास्थ्य केन्द्र", ROAD),
    ("स्वस्थ्य", ROAD),
    // Hindi heard, typed in Latin letters.
    ("bukhar", FEVER_HI),
    ("bukhaar", FEVER_HI),
    ("madhumeh", DIABETES),
    ("sadak", ROAD),
    // English: slips, case, beginnings; mixed text.
    ("fever", FEVER_EN),
    ("fevr", FEVER_EN),
    ("ambulence", FEVER_EN),
    ("AMBUL", FEVER_EN),
    ("chest pain", MIXED),
    ("chest pain कमला", MIXED),
    ("Patient को", MIXED),
    // Numbers in texts, in both kinds of digits.
    ("101.5", FEVER_EN),
    ("६१", FEVER_EN),
    ("2026", DIABETES),
    ("२०२६", DIABETES),
    // Case numbers.
    ("C-2611-0482", FEVER_HI),
    ("c26110482", FEVER_HI),
    ("2611-0482", FEVER_HI),
    ("c-२६११-०४८२", FEVER_HI),
    ("C-2609", MIXED),
    ("12345", MIXED),
    ("C-0017", DIABETES),
    // Telephone numbers.
    ("3210", LAXMI),
    ("43210", LAXMI),
    ("9876543210", LAXMI),
    ("98765 43210", LAXMI),
    ("+91 98765-43210", LAXMI),
    ("09876543210", LAXMI),
    ("९८७६५४३२१०", LAXMI),
    // Several kinds of thing in one box.
    ("laxmi 3210", LAXMI),
    ("ramesh fever", FEVER_EN),
];

#[test]
fn what_is_meant_is_found_first() {
    let filled = filled();
    let wrong: Vec<String> = CASES
        .iter()
        .filter(|(typed, meant)| filled.numbers(typed).first() != Some(meant))
        .map(|(typed, meant)| format!("{typed}: {meant} not in {:?}", filled.numbers(typed)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(CASES.len() >= 25);
}

#[test]
fn what_is_not_there_is_not_found() {
    let filled = filled();
    for typed in ["वास", "zzzz", "9999", "0000", "C-2612-0001", "321", "laxmi 1111", "1500", "😀"]
    {
        assert_eq!(filled.numbers(typed), Vec::<u128>::new(), "{typed}");
    }
}

#[test]
fn a_part_of_a_number_finds_every_record_that_has_it() {
    let mut found = filled().numbers("0482");
    found.sort_unstable();
    assert_eq!(found, [CHAUDHARY, FEVER_HI, ROAD]);
}

#[test]
fn digits_allow_no_slip() {
    assert_eq!(filled().numbers("2027"), Vec::<u128>::new());
    assert_eq!(filled().numbers("26110484"), Vec::<u128>::new());
}

#[test]
fn a_name_that_sounds_alike_stands_below_the_same_name() {
    let found = Box::new(vec![
        contact(1, &["Rahim"], "+911"),
        contact(2, &["Rama"], "+912"),
        contact(3, &["Ram"], "+913"),
        contact(4, &["राम"], "+914"),
    ])
    .numbers("ram");
    assert_eq!(found[0], 3);
    assert_eq!(found[1], 4);
    assert_eq!(found[2], 2);
}

fn parts_of(hit: &Hit) -> Vec<String> {
    let joined = |highlight: &Highlight| {
        let part = |part: &Part| match part.hit {
            true => format!("[{}]", part.text),
            false => part.text.clone(),
        };
        highlight.parts.iter().map(part).collect()
    };
    hit.highlights.iter().map(joined).collect()
}

#[test]
fn marks_stand_on_the_original_spelling() {
    let filled = filled();
    let marked = |typed: &str| parts_of(&filled.find(typed).hits[0]);
    assert_eq!(marked("हिंदी तेज"), ["[तेज़] बुखार, [हिन्दी] में बात की। दो दिन से खाँसी।"]);
    assert_eq!(marked("ambulence"), ["High fever 101.5 F, called [ambulance]. Aged 61."]);
    assert_eq!(marked("Lakshmi"), ["[Laxmi] Devi", "[लक्ष्मी] देवी"]);
    assert_eq!(marked("43210"), ["…[43210]"]);
    assert_eq!(marked("c26110482"), ["[C-2611-0482]"]);
}

#[test]
fn a_hit_says_why_where_words_differ() {
    let filled = filled();
    let why = |typed: &str| {
        let hits = filled.find(typed).hits;
        let why = serde_json::to_value(&hits[0].why).unwrap();
        why.as_array().unwrap().iter().map(|why| why["reason"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(why("fever"), Vec::<serde_json::Value>::new());
    assert_eq!(why("बुखार"), Vec::<serde_json::Value>::new());
    assert_eq!(why("bukhaar"), ["sounds_same"]);
    assert_eq!(why("choudhury"), ["name_sounds_like"]);
    assert_eq!(why("मधु"), ["begins_with"]);
    assert_eq!(why("ambulence"), ["spelt_alike"]);
    assert_eq!(why("43210"), ["phone_ends_with"]);
    assert_eq!(why("C-0017"), ["case_number"]);
    assert_eq!(why("C-2610-0017"), Vec::<serde_json::Value>::new());
    assert_eq!(why("ramesh fevr"), ["spelt_alike"]);
}

#[test]
fn results_have_the_shape_of_the_contract() {
    let filled = filled();
    let mut found = filled.find("laxmi");
    found.hits[0].highlights.truncate(1);
    assert_eq!(
        serde_json::to_value(&found.hits[0]).unwrap(),
        serde_json::json!({
            "kind": "contact",
            "id": "00000000-0000-0000-0000-000000000001",
            "title": "document 1",
            "subtitle": "",
            "why": [],
            "highlights": [{
                "field": "name",
                "parts": [{ "text": "Laxmi", "hit": true }, { "text": " Devi", "hit": false }],
                "cut_before": false,
                "cut_after": false,
            }],
            "at": 1_795_300_001_000_000_i64,
        })
    );
    let fever = serde_json::to_value(filled.find("बूखार")).unwrap();
    assert_eq!(fever["hits"][0]["case_number"], "C-2611-0482");
    assert_eq!(fever["hits"][0]["highlights"][0]["field"], "notes");
    assert_eq!(
        fever["hits"][0]["why"],
        serde_json::json!([{ "reason": "sounds_same", "typed": "बूखार", "found": "बुखार" }])
    );
    assert_eq!(
        fever["facets"][0],
        serde_json::json!({ "name": "kind", "values": [{ "value": "case", "count": 1 }] })
    );
    assert_eq!(fever["total"], 1);
}

#[test]
fn what_may_not_be_opened_is_not_counted() {
    let mut filled = filled();
    let hidden = Document {
        visible_to: vec![Grant::Role(Role::MedicalDirector)],
        state: Some("closed".to_owned()),
        ..case(20, "C-2611-0999", "Hidden", "fever")
    };
    filled.put(vec![hidden]);
    let count = |results: &Results, facet: Facet, value: &str| {
        let counts = results.facets.iter().find(|counts| counts.name == facet).unwrap();
        counts.values.iter().find(|count| count.value == value).map(|count| count.count)
    };
    let operator = filled.find_as(Role::Operator, &ask("fever"));
    let director = filled.find_as(Role::MedicalDirector, &ask("fever"));
    assert_eq!((operator.total, director.total), (1, 1));
    assert_eq!(count(&operator, Facet::State, "open"), Some(1));
    assert_eq!(count(&director, Facet::State, "open"), None);
    assert_eq!(count(&director, Facet::State, "closed"), Some(1));
    assert!(operator.hits.iter().all(|hit| hit.title != "document 20"));
    assert_eq!(filled.find_as(Role::Admin, &ask("laxmi")).total, 0);
    // The number of a hidden case must not be confirmed either.
    assert_eq!(filled.find_as(Role::Operator, &ask("C-2611-0999")).total, 0);
}

#[test]
fn places_and_owners_open_single_records() {
    let owner = UserId::from_number(77);
    let placed = Document {
        visible_to: grants_of(Some("rohini-22"), Some(owner)),
        ..case(1, "C-2611-0001", "Placed", "fever")
    };
    let filled = Box::new(vec![placed]);
    let as_viewer =
        |grant: Grant| filled.index.find(&Viewer::new(vec![grant]), &ask("fever")).unwrap().total;
    assert_eq!(as_viewer(Grant::Place("rohini-22".to_owned())), 1);
    assert_eq!(as_viewer(Grant::Place("saket-1".to_owned())), 0);
    assert_eq!(as_viewer(Grant::User(owner)), 1);
    assert_eq!(as_viewer(Grant::User(UserId::from_number(78))), 0);
    assert_eq!(filled.index.find(&Viewer::new(vec![]), &ask("fever")).unwrap().total, 0);
}

#[test]
fn facets_narrow_and_still_show_the_other_values() {
    let mut documents = Vec::new();
    for number in 0..12_u128 {
        let state = if number < 8 { "open" } else { "closed" };
        let mut made = case(number, &format!("C-2611-{number:04}"), "Sunita", "fever");
        made.state = Some(state.to_owned());
        documents.push(made);
    }
    documents.push(Document {
        texts: vec![Text { field: TextField::Outcome, text: "fever".to_owned() }],
        ..document(Kind::Interaction, 50)
    });
    let filled = Box::new(documents);
    let narrowed = filled.find_as(
        Role::Operator,
        &Query {
            facets: BTreeMap::from([(Facet::State, vec!["closed".to_owned()])]),
            ..ask("fever")
        },
    );
    assert_eq!(narrowed.total, 4);
    let values = |facet: Facet| {
        let counts = narrowed.facets.iter().find(|counts| counts.name == facet).unwrap();
        counts.values.iter().map(|c| (c.value.as_str(), c.count)).collect::<Vec<_>>()
    };
    assert_eq!(values(Facet::State), [("open", 8), ("closed", 4)]);
    assert_eq!(values(Facet::Kind), [("case", 4)]);
    assert_eq!(values(Facet::Month), [("2026-11", 4)]);
    let cases = Query { kinds: vec![Kind::Interaction], ..ask("fever") };
    assert_eq!(filled.find_as(Role::Operator, &cases).total, 1);
    let none = Query { kinds: vec![Kind::Contact], ..ask("fever") };
    assert_eq!(filled.find_as(Role::Operator, &none).total, 0);
}

#[test]
fn pages_follow_each_other_without_gap_or_twin() {
    let documents = (0..130_u128)
        .map(|number| case(number, &format!("C-2611-{number:04}"), "Sunita", "fever"))
        .collect();
    let filled = Box::new(documents);
    for order in [Order::Best, Order::Newest] {
        let mut seen = Vec::new();
        let mut query = Query { limit: 50, order, ..ask("fever") };
        loop {
            let page = filled.find_as(Role::Operator, &query);
            assert_eq!(page.total, 130);
            seen.extend(page.hits.iter().map(|hit| hit.id.as_u128()));
            let Some(next) = page.next_cursor else { break };
            query.cursor = Some(next);
        }
        // Equal in everything else, the newest first; the number grows with the date.
        assert_eq!(seen, (0..130).rev().collect::<Vec<_>>());
    }
    let many = Query { limit: 5_000, ..ask("fever") };
    assert_eq!(filled.find_as(Role::Operator, &many).hits.len(), 50);
}

#[test]
fn a_change_replaces_the_old_text_and_a_removal_takes_it() {
    let mut filled = filled();
    filled.put(vec![case(FEVER_EN, "C-2611-0483", "Ramesh", "Snake bite, antivenom given")]);
    assert_eq!(filled.numbers("ambulance"), Vec::<u128>::new());
    assert_eq!(filled.numbers("antivenom"), [FEVER_EN]);
    let id = DocumentId { kind: Kind::Case, id: Uuid::from_u128(FEVER_EN) };
    filled.index.apply(&[Change::Remove(id)], 9).unwrap();
    assert_eq!(filled.numbers("antivenom"), Vec::<u128>::new());
    assert_eq!(filled.index.cursor(), 9);
}

#[test]
fn an_empty_box_shows_nothing() {
    for typed in ["", "   ", "\"*:(", "।"] {
        let found = filled().find(typed);
        assert_eq!((found.total, found.hits.len()), (0, 0), "{typed}");
    }
}

/// Texts that look like what people type, to be damaged.
const TYPED: &[&str] = &[
    "C-2611-0482 बुखार",
    "लक्ष्मी देवी 98765 43210",
    "\"chest pain\" AND (fever OR *) ~2",
    "patient’s हिन्दी,२०२६।",
    "+91-9876543210 c c2611",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_text_never_fails(
        seed in 0..TYPED.len(),
        edits in prop::collection::vec((0_usize..60, any::<char>(), 0_u8..4), 0..12),
    ) {
        thread_local!(static FILLED: Box = filled());
        let mut chars: Vec<char> = TYPED[seed].chars().collect();
        for (at, c, edit) in edits {
            let at = at.min(chars.len());
            match edit {
                0 => chars.insert(at, c),
                1 if at < chars.len() => { chars.remove(at); }
                2 if at < chars.len() => chars[at] = c,
                _ => { let again = chars.clone(); chars.extend(again); chars.truncate(2_000); }
            }
        }
        let text: String = chars.into_iter().collect();
        FILLED.with(|filled| {
            let results = filled.find(&text);
            for hit in &results.hits {
                for highlight in &hit.highlights {
                    assert!(highlight.parts.iter().any(|part| part.hit));
                }
                assert!(hit.why.len() <= 12);
            }
            assert!(results.hits.len() <= 50);
        });
    }
}

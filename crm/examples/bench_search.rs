//! Prints how fast the search is: indexes made-up documents and searches them.
//!
//! `cargo run --release -p crm --example search_speed -- 10000 100000` (numbers of documents).
//! Figures are of this machine and this text; nothing is asserted.

#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use std::time::{Duration, Instant};

use crm::Actor;
use crm::actor::{Purpose, Role};
use crm::search::permission::grants_of;
use crm::search::{
    Change, Document, DocumentId, Kind, Query, SearchIndex, Text, TextField, Viewer,
};
use ids::{Timestamp, UserId};
use uuid::Uuid;

const FIRST: &[(&str, &str)] = &[
    ("Laxmi", "लक्ष्मी"),
    ("Ramesh", "रमेश"),
    ("Sunita", "सुनीता"),
    ("Mohammad", "मोहम्मद"),
    ("Kavita", "कविता"),
    ("Geeta", "गीता"),
    ("Suresh", "सुरेश"),
    ("Anil", "अनिल"),
    ("Pooja", "पूजा"),
    ("Zakir", "ज़ाकिर"),
    ("Ravi", "रवि"),
    ("Kamla", "कमला"),
    ("Imran", "इमरान"),
    ("Fatima", "फ़ातिमा"),
    ("Vijay", "विजय"),
    ("Meena", "मीना"),
];
const LAST: &[(&str, &str)] = &[
    ("Kumar", "कुमार"),
    ("Devi", "देवी"),
    ("Sharma", "शर्मा"),
    ("Chaudhary", "चौधरी"),
    ("Singh", "सिंह"),
    ("Khan", "ख़ान"),
    ("Yadav", "यादव"),
    ("Gupta", "गुप्ता"),
    ("Verma", "वर्मा"),
    ("Ansari", "अंसारी"),
    ("Mishra", "मिश्रा"),
    ("Saini", "सैनी"),
];
const WORDS: &[&str] = &[
    "fever",
    "cough",
    "since",
    "days",
    "advised",
    "rest",
    "water",
    "tablet",
    "hospital",
    "pain",
    "chest",
    "breath",
    "pregnant",
    "weeks",
    "vomiting",
    "child",
    "ambulance",
    "called",
    "referred",
    "diabetes",
    "pressure",
    "rohini",
    "saket",
    "clinic",
    "doctor",
    "बुखार",
    "खाँसी",
    "दर्द",
    "दिन",
    "से",
    "को",
    "है",
    "में",
    "पानी",
    "आराम",
    "दवा",
    "अस्पताल",
    "बच्चा",
    "मधुमेह",
    "उल्टी",
    "गर्भवती",
    "स्वास्थ्य",
    "केंद्र",
    "सलाह",
    "दी",
    "गई",
    "रोहिणी",
    "सड़क",
    "दुर्घटना",
    "जाँच",
    "संपर्क",
    "तेज़",
];
const QUERIES: &[(&str, &str)] = &[
    ("name", "lakshmi"),
    ("name, two words, other script", "रमेश चौधरी"),
    ("word, exact", "बुखार"),
    ("word, other script", "bukhar rohini"),
    ("words, three", "chest pain hospital"),
    ("beginning", "मधु"),
    ("two slips (widened)", "ambulenze zakirr"),
    ("case number", "C-2001-0481"),
    ("telephone, last four", "0481"),
    ("telephone, whole", "9800000481"),
    ("nothing to find (widened)", "xylophone"),
];
const BATCH: usize = 5_000;
const ROUNDS: usize = 40;

/// A small generator with a fixed seed (SplitMix64), so that runs compare.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as usize % below
    }
}

fn document(number: usize, numbers: &mut Numbers) -> Document {
    let kind = Kind::ALL[number % 3];
    let (first, first_hi) = FIRST[numbers.next(FIRST.len())];
    let (last, last_hi) = LAST[numbers.next(LAST.len())];
    let mut notes = String::new();
    for _ in 0..40 {
        // One word in ten is rare, as in real notes: numbers, places, brands.
        match numbers.next(10) {
            0 => notes.push_str(&format!("item{} ", numbers.next(50_000))),
            _ => notes.extend([WORDS[numbers.next(WORDS.len())], " "]),
        }
    }
    let has_notes = kind == Kind::Case;
    let text = Text { field: TextField::Notes, text: notes };
    Document {
        id: DocumentId { kind, id: Uuid::from_u128(number as u128) },
        title: format!("{first} {last}"),
        subtitle: String::new(),
        names: vec![format!("{first} {last}"), format!("{first_hi} {last_hi}")],
        case_number: (kind == Kind::Case).then(|| {
            format!(
                "C-{:02}{:02}-{:04}",
                20 + number / 120_000,
                1 + number / 10_000 % 12,
                number % 10_000
            )
        }),
        phones: vec![format!("+9198{:08}", number % 100_000_000)],
        texts: if has_notes { vec![text] } else { Vec::new() },
        state: Some(["new", "open", "closed"][numbers.next(3)].to_owned()),
        category: Some(["illness_fever", "pregnancy", "scheme"][numbers.next(3)].to_owned()),
        class: Some(["standard", "clinical"][numbers.next(2)].to_owned()),
        language: Some(["hi", "en"][numbers.next(2)].to_owned()),
        at: Timestamp::from_micros(1_780_000_000_000_000 + number as i64 * 60_000_000),
        visible_to: grants_of(None, None),
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[place].as_secs_f64() * 1_000.0
}

fn main() -> Outcome {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|n| n.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000] } else { sizes };
    for size in sizes {
        measure(size)?;
    }
    Ok(())
}

/// Any error ends the programme with its text.
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn measure(size: usize) -> Outcome {
    let folder = tempfile::tempdir()?;
    let index = SearchIndex::open(folder.path())?;
    let mut numbers = Numbers(1);
    let start = Instant::now();
    for from in (0..size).step_by(BATCH) {
        let until = (from + BATCH).min(size);
        let changes: Vec<_> = (from..until)
            .map(|number| Change::Put(Box::new(document(number, &mut numbers))))
            .collect();
        index.apply(&changes, until as i64)?;
    }
    let took = start.elapsed().as_secs_f64();
    println!("{size} documents indexed in {took:.1} s, {:.0} documents/s", size as f64 / took);
    println!("  index on disk {:.1} MB", megabytes(folder.path()));
    let mut one = Vec::new();
    for number in 0..20 {
        let change = Change::Put(Box::new(document(number, &mut numbers)));
        let start = Instant::now();
        index.apply(&[change], (size + number) as i64)?;
        one.push(start.elapsed());
    }
    one.sort();
    println!("  one document, commit to visible: p50 {:.1} ms", percentile(&one, 50));
    searches(&index);
    Ok(())
}

fn searches(index: &SearchIndex) {
    let actor = Actor {
        user: UserId::from_number(1),
        role: Role::Operator,
        purpose: Purpose::Reason("measured".to_owned()),
    };
    let viewer = Viewer::of(&actor);
    let mut all = Vec::new();
    for (what, text) in QUERIES {
        let query = Query { text: (*text).to_owned(), ..Query::default() };
        let mut times = Vec::new();
        let mut total = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            match index.find(&viewer, &query) {
                Ok(found) => total = found.total,
                Err(error) => eprintln!("{what}: {error}"),
            }
            times.push(start.elapsed());
        }
        times.sort();
        let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
        println!("  {what:32} {total:>7} found   p50 {p50:>7.2} ms   p99 {p99:>7.2} ms");
        all.extend(times);
    }
    all.sort();
    let (p50, p99) = (percentile(&all, 50), percentile(&all, 99));
    println!("  all searches                     p50 {p50:.2} ms   p99 {p99:.2} ms");
}

fn megabytes(folder: &std::path::Path) -> f64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(found) if found.is_dir() => folders.push(entry.path()),
                Ok(found) => bytes += found.len(),
                Err(_) => {}
            }
        }
    }
    bytes as f64 / 1e6
}

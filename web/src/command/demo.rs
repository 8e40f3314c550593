//! `helpline demo`: the whole helpline on one machine with made-up citizens and known users, and
//! everything printed that a newcomer needs.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use crm::demo::{Plan, fill};
use crm::search::Indexer;
use ids::{Language, QueueId, UserId};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use rand::seq::IndexedRandom as _;
use store::Store;
use store::account::{self, NewAccount, Role, machine, setup};
use telephony::media::record::RecordingKey;

use super::serve;
use crate::auth::access;
use crate::boot::{self, Running};
use crate::config::Settings;
use crate::{clock, set_up_link};

/// The password of all users of a demo.
const PASSWORD_VARIABLE: &str = "HELPLINE_DEMO_PASSWORD";

/// The machine's token of a demo.
const TOKEN_VARIABLE: &str = "HELPLINE_DEMO_TOKEN";

/// The machine's name.
const MACHINE: &str = "demo";

/// Where chance begins when citizens are made up: every demo has the same ones.
const SEED: u64 = 104;

/// How many households are made up.
const HOUSEHOLDS: u32 = 40;

/// A demo.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keep everything in this folder, and go on with what is in it. Without it, a temporary one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The password of all users; one is made and printed if absent.
    #[arg(long, env = PASSWORD_VARIABLE, hide_env_values = true)]
    password: Option<String>,
    /// The machine's token, at least 32 characters; one is made and printed if absent.
    #[arg(long, env = TOKEN_VARIABLE, hide_env_values = true)]
    token: Option<String>,
}

impl Demo {
    /// Makes what is missing, serves until told to stop, and deletes the folder if it is temporary.
    ///
    /// # Errors
    /// A part cannot start.
    pub async fn run(self, mut settings: Settings) -> anyhow::Result<()> {
        let temporary = match &self.data {
            Some(_) => None,
            None => Some(tempfile::tempdir().context("a temporary data folder")?),
        };
        let folder = temporary.as_ref().map(|folder| folder.path().to_owned());
        if let Some(folder) = self.data.clone().or(folder) {
            settings.data.folder = folder;
        }
        settings.database.url = None;
        let store = boot::open_store(&settings).await?;
        if settings.recording.key.is_none() {
            settings.recording.key = Some(recording_key(&settings.data.folder)?);
        }
        let password = self.password.unwrap_or_else(make_password);
        let staff = people(&store, &settings, &password).await?;
        let token = machine_token(&store, self.token.as_deref()).await?;
        let plan = Plan { seed: SEED, now: clock::now(), staff: &staff, households: HOUSEHOLDS };
        fill(&store, &plan).await.context("the made-up citizens")?;
        index(&settings, store).await?;
        let page = set_up_link::base(&settings);
        let folder = settings.data.folder.display().to_string();
        let running = boot::start(settings).await?;
        print(&running, &page, &password, token.as_deref(), &folder);
        serve::until_told(running).await
    }
}

/// The key of the demo's recordings, made when the folder is new. A real helpline keeps its key apart
/// from the recordings.
fn recording_key(folder: &Path) -> anyhow::Result<RecordingKey> {
    let file = folder.join("recording.key");
    let of_file = || format!("the key of the demo's recordings, {}", file.display());
    if !file.exists() {
        let mut bytes = [0_u8; 32];
        OsRng.try_fill_bytes(&mut bytes).with_context(of_file)?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(&file);
        made.and_then(|mut made| made.write_all(hex.as_bytes())).with_context(of_file)?;
    }
    let text = std::fs::read_to_string(&file).with_context(of_file)?;
    RecordingKey::parse(&text).with_context(of_file)
}

/// The made-up citizens in the search index, so that the first search finds them.
async fn index(settings: &Settings, store: Store) -> anyhow::Result<()> {
    let index = boot::open_index(settings).await?;
    if index.must_rebuild().is_some() {
        let indexer = Indexer::new(store, index, boot::INDEX_CONSUMER);
        indexer.rebuild(|_| {}).await.context("the search index of the demo")?;
    }
    Ok(())
}

/// The demo's users with the password set; the operators among them.
async fn people(store: &Store, settings: &Settings, password: &str) -> anyhow::Result<Vec<UserId>> {
    let mut operators = Vec::new();
    for (username, name, role, languages) in CAST {
        let id = person(store, settings, (username, name, *role, languages)).await?;
        setup::set_password(store, id, password)
            .await
            .with_context(|| format!("the password ({PASSWORD_VARIABLE})"))?;
        if *role == Role::Operator {
            operators.push(id);
        }
    }
    Ok(operators)
}

/// One user, made if missing.
async fn person(
    store: &Store,
    settings: &Settings,
    (username, name, role, languages): (&str, &str, Role, &[&str]),
) -> anyhow::Result<UserId> {
    let languages: Result<Vec<Language>, _> = languages.iter().map(|tag| tag.parse()).collect();
    let new = &NewAccount {
        id: UserId::from_uuid(clock::fresh_id()),
        username: username.to_owned(),
        name: name.to_owned(),
        role,
        languages: languages.context("the languages of the demo's users")?,
        queues: queues(settings, role),
        skills: Vec::new(),
    };
    let now = clock::now();
    let make = |txn| async move {
        if let Some(found) = account::find_by_username(&txn, &new.username).await? {
            return anyhow::Ok(found.id);
        }
        Ok(account::create(&txn, new, now).await?.id)
    };
    store.write_txn(make).await
}

fn queues(settings: &Settings, role: Role) -> Vec<QueueId> {
    match role {
        Role::Operator => settings.queues.iter().map(|queue| queue.id).collect(),
        // Doctors are reached by escalation, not by a public number.
        Role::Doctor
        | Role::Supervisor
        | Role::Admin
        | Role::MedicalDirector
        | Role::Facility
        | Role::CardDesk
        | Role::Field
        | Role::Auditor => Vec::new(),
    }
}

/// The machine's token, to be printed; `None` if a folder that was kept has a machine whose token was
/// printed before.
async fn machine_token(store: &Store, given: Option<&str>) -> anyhow::Result<Option<String>> {
    let (id, now) = (clock::fresh_id(), clock::now());
    let scopes = &access::scopes();
    let make = |txn| async move {
        let machines = machine::list(&txn).await?;
        let before = machines.into_iter().find(|machine| machine.name == MACHINE);
        if let Some(before) = before {
            if given.is_none() {
                return anyhow::Ok(None);
            }
            machine::revoke(&txn, before.id).await?;
        }
        Ok(Some(machine::create(&txn, id, MACHINE, scopes, given, now).await?))
    };
    store.write_txn(make).await.with_context(|| format!("the machine's token ({TOKEN_VARIABLE})"))
}

/// Four words of a list of unusual ones, and a number: easy to type, hard to guess within a demo.
fn make_password() -> String {
    let mut rng = rand::rng();
    let mut words: Vec<_> = WORDS.choose_multiple(&mut rng, 4).copied().collect();
    let number = rand::random_range(100..1000).to_string();
    words.push(&number);
    words.join("-")
}

fn print(running: &Running, page: &str, password: &str, token: Option<&str>, folder: &str) {
    let sip = running.addresses().sip;
    println!();
    println!("The helpline runs, with made-up citizens.");
    println!();
    println!("  1. Open      {page}/console/");
    println!("     Sign in   operator1   password   {password}");
    println!("     (also operator2..8, doctor1..4, supervisor1, admin, auditor1; same password)");
    println!("     Say \"Available\", and allow the microphone.");
    println!();
    println!("  2. Call      {page}/  in a second window, as a citizen");
    println!(
        "     or        helpline dial --to sip:104@{sip} --press 1@4s --press 0@8s --hang-up-after 60s"
    );
    println!("     or        any SIP phone on this machine, to sip:104@{sip} (or 1031)");
    println!("     9 is an emergency, 0 a person, at every moment.");
    println!();
    match token {
        Some(token) => println!("  For machines: Authorization: Bearer {token}"),
        None => println!("  For machines: the token that was printed when this folder was new."),
    }
    println!("  Everything is kept in {folder}");
    println!();
}

type Character = (&'static str, &'static str, Role, &'static [&'static str]);

/// The demo's users. Names are made up.
const CAST: &[Character] = &[
    ("operator1", "Asha Verma", Role::Operator, &["hi", "en"]),
    ("operator2", "Imran Qureshi", Role::Operator, &["hi", "en", "ur"]),
    ("operator3", "Gurpreet Kaur", Role::Operator, &["hi", "pa"]),
    ("operator4", "Maya Das", Role::Operator, &["hi", "en", "bn"]),
    ("operator5", "Sunil Yadav", Role::Operator, &["hi"]),
    ("operator6", "Anita George", Role::Operator, &["en", "hi"]),
    ("operator7", "Ravi Shankar Jha", Role::Operator, &["hi"]),
    ("operator8", "Farah Siddiqui", Role::Operator, &["hi", "en", "ur"]),
    ("doctor1", "Dr Kavita Rao", Role::Doctor, &["hi", "en"]),
    ("doctor2", "Dr Arjun Mehta", Role::Doctor, &["hi", "en"]),
    ("doctor3", "Dr Harjit Singh", Role::Doctor, &["hi", "pa", "en"]),
    ("doctor4", "Dr Nasreen Ali", Role::Doctor, &["hi", "ur", "en"]),
    ("supervisor1", "Meena Iyer", Role::Supervisor, &["hi", "en"]),
    ("admin", "Administrator", Role::Admin, &["en"]),
    ("auditor1", "Auditor", Role::Auditor, &["en"]),
];

const WORDS: &[&str] = &[
    "apricot", "banyan", "cobalt", "drizzle", "ember", "fennel", "glacier", "harbour", "indigo",
    "jasmine", "kestrel", "lantern", "monsoon", "nutmeg", "orchard", "pebble", "quartz", "rhubarb",
    "saffron", "thimble", "umbra", "velvet", "walnut", "yonder", "zephyr", "bramble", "cinder",
    "dahlia", "falcon", "gimlet", "hazel", "ivory", "juniper", "lagoon", "marble", "nectar",
    "otter", "pewter", "ripple", "sorrel", "tundra", "vellum", "willow", "cardamom", "peacock",
    "mangrove", "tamarind", "lotus",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_good_enough_for_every_user() {
        for _ in 0..20 {
            let password = make_password();
            for (username, name, ..) in CAST {
                let checked = account::password::check(&password, username, name);
                assert!(checked.is_ok(), "{password} for {username}: {checked:?}");
            }
        }
    }

    #[test]
    fn the_key_of_a_folder_is_made_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = recording_key(folder.path()).expect("made");
        let again = recording_key(folder.path()).expect("read");
        assert_eq!(made.id(), again.id());
    }

    #[test]
    fn every_user_of_the_demo_has_a_name_of_its_own() {
        let mut names: Vec<_> = CAST.iter().map(|(username, ..)| username).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CAST.len());
    }
}

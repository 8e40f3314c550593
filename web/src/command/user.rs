//! `helpline user add|reset|unlock`: accounts, from the machine's own command line. `serve` knows no
//! password; the first person comes in by the one-time link that `add` prints.

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use ids::{Language, Level, QueueId, SkillLevel, UserId};
use store::account::{self, Account, NewAccount, Role, setup};
use store::{Store, TxnError};

use crate::config::Settings;
use crate::{boot, clock, set_up_link};

/// What to do with an account.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account and print its one-time set-up link.
    Add {
        /// The name to sign in with.
        username: String,
        /// What the person may be.
        #[arg(long, value_enum)]
        role: RoleWord,
        /// The name to show; the user name if absent.
        #[arg(long)]
        name: Option<String>,
        /// Languages spoken with citizens, with commas.
        #[arg(long, value_delimiter = ',', default_value = "hi,en")]
        languages: Vec<Language>,
        /// Queues served, with commas; all if absent.
        #[arg(long, value_delimiter = ',')]
        queues: Vec<QueueId>,
        /// Skills held, each with its level 1 to 5: children:4,heart:2; 3 without a level.
        #[arg(long, value_delimiter = ',', value_parser = skill_level)]
        skills: Vec<SkillLevel>,
    },
    /// Take password, lock and sessions from an account and print a new set-up link.
    Reset {
        /// The name to sign in with.
        username: String,
    },
    /// Take the lock off an account after too many wrong passwords.
    Unlock {
        /// The name to sign in with.
        username: String,
    },
}

/// A role, on the command line.
#[derive(Clone, Copy, Debug)]
pub struct RoleWord(Role);

impl ValueEnum for RoleWord {
    fn value_variants<'a>() -> &'a [Self] {
        const WORDS: &[RoleWord] = &[
            RoleWord(Role::Operator),
            RoleWord(Role::Doctor),
            RoleWord(Role::Supervisor),
            RoleWord(Role::Admin),
            RoleWord(Role::MedicalDirector),
            RoleWord(Role::Facility),
            RoleWord(Role::CardDesk),
            RoleWord(Role::Field),
            RoleWord(Role::Auditor),
        ];
        WORDS
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.as_str()))
    }
}

/// Why a command on accounts failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Create(#[from] account::CreateError),
    #[error("the account's row")]
    Sql(#[from] store::sea_orm::DbErr),
    #[error("the account's transaction")]
    Txn(#[from] TxnError),
}

impl User {
    /// Does it and prints what came of it.
    ///
    /// # Errors
    /// There is no such account, or the user name cannot be used.
    pub async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let store = boot::open_store(settings).await?;
        match self {
            Self::Add { username, role, name, languages, queues, skills } => {
                let all = || settings.queues.iter().map(|queue| queue.id).collect();
                let new = NewAccount {
                    id: UserId::from_uuid(clock::fresh_id()),
                    name: name.unwrap_or_else(|| username.clone()),
                    username,
                    role: role.0,
                    languages,
                    queues: if queues.is_empty() { all() } else { queues },
                    skills,
                };
                check_queues(settings, &new.queues)?;
                let token = add(&store, &new).await?;
                print_link(settings, &new.username, &token);
            }
            Self::Reset { username } => {
                let found = find(&store, &username).await?;
                let now = clock::now();
                let reset =
                    |txn| async move { Ok::<_, Failed>(setup::reset(&txn, found.id, now).await?) };
                let token = store.write_txn(reset).await?.context("there is no such account")?;
                print_link(settings, &username, &token);
            }
            Self::Unlock { username } => {
                let found = find(&store, &username).await?;
                let unlock =
                    |txn| async move { Ok::<_, Failed>(account::unlock(&txn, found.id).await?) };
                store.write_txn(unlock).await?;
                println!("{username} may sign in again.");
            }
        }
        Ok(())
    }
}

/// A skill as it is typed: `children:4`, or `children` for level 3.
fn skill_level(text: &str) -> anyhow::Result<SkillLevel> {
    let (name, level) = match text.split_once(':') {
        Some((name, level)) => (name, Level::try_from(level.parse::<u8>()?)?),
        None => (text, Level::default()),
    };
    Ok(SkillLevel { skill: name.parse()?, level })
}

fn check_queues(settings: &Settings, queues: &[QueueId]) -> anyhow::Result<()> {
    let known = |id: &QueueId| settings.queues.iter().any(|queue| queue.id == *id);
    match queues.iter().find(|id| !known(id)) {
        Some(unknown) => bail!("there is no queue \"{unknown}\""),
        None => Ok(()),
    }
}

async fn add(store: &Store, new: &NewAccount) -> anyhow::Result<String> {
    let now = clock::now();
    let make = |txn| async move {
        let made = account::create(&txn, new, now).await?;
        Ok::<_, Failed>(setup::issue_link(&txn, made.id, now).await?)
    };
    store.write_txn(make).await?.context("the account vanished while it was made")
}

async fn find(store: &Store, username: &str) -> anyhow::Result<Account> {
    let read =
        |txn| async move { Ok::<_, Failed>(account::find_by_username(&txn, username).await?) };
    store.read_txn(read).await?.with_context(|| format!("there is no account \"{username}\""))
}

fn print_link(settings: &Settings, username: &str, token: &str) {
    println!("{username} sets a password here, once, within 24 hours:");
    println!("  {}", set_up_link::of(settings, token));
}

//! What greetings and calendars have in common: versions, one of them in force, and the way back.

use serde::Deserialize;
use store::WriteTxn;
use store::audit::{self, Action, Entity, Entry, Purpose};
use store::config_version::{self, Kind, NewVersion, Published, Version};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::auth::Permitted;
use crate::auth::access::KeepsGreetings;
use crate::clock;
use crate::greetings::{self, Texts, World};
use crate::idempotency::IdempotencyKey;
use crate::problem::{Answer, Problem, ProblemKind};
use crate::wire::configuration::{AllInForce, ConfigVersions, Draft, InForce, Proof};

/// Versions of one page.
const PAGE: u64 = 20;

/// A text to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    /// The text, as TOML; at most 64 KiB.
    pub text: String,
    /// What is to be said of it, at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionPage {
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<i64>,
}

/// Greetings, or calendars.
#[derive(Clone, Copy)]
pub(super) struct Configured<'a> {
    pub(super) app: &'a App,
    pub(super) kind: Kind,
}

impl Configured<'_> {
    pub(super) async fn all(self) -> Answer<AllInForce> {
        let mut in_force = Vec::new();
        for name in self.texts().await?.of(self.kind).keys() {
            in_force.push(self.one(name).await?);
        }
        Ok(AllInForce { in_force })
    }

    pub(super) async fn one(self, name: &str) -> Answer<InForce> {
        let published = self.published(name).await?;
        let proof = self.check(name, &published.version.text).await.ok().flatten();
        Ok(InForce::new(published, proof))
    }

    pub(super) async fn page(self, name: &str, page: &VersionPage) -> Answer<ConfigVersions> {
        self.published(name).await?;
        let (kind, before) = (self.kind, page.cursor);
        let read = |txn| async move {
            Answer::Ok(config_version::list(&txn, kind, name, before, PAGE).await?)
        };
        let versions = self.app.store().read_txn(read).await?;
        let full = u64::try_from(versions.len()).is_ok_and(|count| count == PAGE);
        let next_cursor = versions.last().filter(|_| full).map(|last| last.version);
        Ok(ConfigVersions { versions: versions.into_iter().map(Into::into).collect(), next_cursor })
    }

    /// Keeps a text that could be put in force.
    pub(super) async fn add(
        self,
        by: &Permitted<KeepsGreetings>,
        key: &IdempotencyKey,
        name: &str,
        new: NewText,
    ) -> Answer<Draft> {
        self.published(name).await?;
        let proof = self.check(name, &new.text).await?;
        let (kind, now) = (self.kind, clock::now());
        let user = by.authority.user();
        let new = &NewVersion {
            id: key.id(user, &format!("{} {name}", kind.as_str())),
            name: name.to_owned(),
            text: new.text,
            author: Some(user),
            note: new.note,
        };
        let keep = |txn| async move {
            let kept = config_version::add(&txn, kind, new, now).await?;
            note(&txn, by, Action::Create, kept.id).await?;
            Answer::Ok(kept)
        };
        let kept = self.app.store().write_txn(keep).await?;
        Ok(Draft { version: kept.into(), proof })
    }

    /// Puts a version in force; new calls get it at once.
    pub(super) async fn publish(
        self,
        by: &Permitted<KeepsGreetings>,
        name: &str,
        version: i64,
        seen: i64,
    ) -> Answer<InForce> {
        let app = self.app;
        let _one_at_a_time = app.publishing().lock().await;
        let text = self.version(name, version).await?.text;
        let proof = self.check(name, &text).await?;
        let mut texts = self.texts().await?;
        texts.of_mut(self.kind).insert(name.to_owned(), text);
        let lines = World::new(app.settings(), app.library(), &texts).lines()?;
        let (kind, now, user) = (self.kind, clock::now(), by.authority.user());
        let publish = |txn| async move {
            let user = Some(user);
            let published =
                config_version::publish(&txn, kind, name, version, seen, user, now).await?;
            note(&txn, by, Action::ChangeState, published.version.id).await?;
            Answer::Ok(published)
        };
        let published = app.store().write_txn(publish).await?;
        app.exchange().set_lines(lines);
        tracing::info!(kind = kind.as_str(), name, version, "put in force");
        Ok(InForce::new(published, proof))
    }

    /// Puts the version in force that was before.
    pub(super) async fn roll_back(
        self,
        by: &Permitted<KeepsGreetings>,
        name: &str,
        seen: i64,
    ) -> Answer<InForce> {
        self.published(name).await?;
        let kind = self.kind;
        let read = |txn| async move {
            Answer::Ok(config_version::published_before(&txn, kind, name).await?)
        };
        match self.app.store().read_txn(read).await? {
            Some(before) => self.publish(by, name, before.version, seen).await,
            None => Err(Problem::new(
                ProblemKind::WrongState,
                "No other version was ever in force; there is nothing to go back to.",
            )),
        }
    }

    /// One version, or what is in force.
    pub(super) async fn text(self, name: &str, version: Option<i64>) -> Answer<String> {
        match version {
            Some(version) => Ok(self.version(name, version).await?.text),
            None => Ok(self.published(name).await?.version.text),
        }
    }

    pub(super) async fn texts(self) -> Answer<Texts> {
        Ok(Texts::in_force(self.app.store()).await?)
    }

    async fn published(self, name: &str) -> Answer<Published> {
        let kind = self.kind;
        let read =
            |txn| async move { Answer::Ok(config_version::published(&txn, kind, name).await?) };
        self.app.store().read_txn(read).await?.ok_or_else(|| Problem::not_found(self.word()))
    }

    async fn version(self, name: &str, version: i64) -> Answer<Version> {
        let kind = self.kind;
        let read =
            |txn| async move { Answer::Ok(config_version::get(&txn, kind, name, version).await?) };
        self.app.store().read_txn(read).await?.ok_or_else(|| Problem::not_found("version"))
    }

    /// Checks a text by itself, against the settings and what is in force.
    async fn check(self, name: &str, text: &str) -> Answer<Option<Proof>> {
        match self.kind {
            Kind::Calendar => {
                greetings::read_calendar(name, text)?;
                Ok(None)
            }
            Kind::Flow => {
                let texts = self.texts().await?;
                let world = World::new(self.app.settings(), self.app.library(), &texts);
                let (_, proof) = world.prove(name, text)?;
                Ok(Some(proof.into()))
            }
        }
    }

    const fn word(self) -> &'static str {
        match self.kind {
            Kind::Flow => "greeting",
            Kind::Calendar => "calendar",
        }
    }
}

async fn note(
    txn: &WriteTxn,
    by: &Permitted<KeepsGreetings>,
    action: Action,
    version: Uuid,
) -> Answer<()> {
    let entry = Entry {
        at: clock::now(),
        user: by.authority.user(),
        role: by.authority.role(),
        action,
        entity: Entity::Configuration,
        ids: vec![version],
        purpose: Purpose::Desk,
    };
    Ok(audit::record(txn, &entry).await?)
}

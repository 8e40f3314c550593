//! `[[trunk]]`: the lines to carriers. Data, its checks, and what telephony makes of it; what each key
//! means is told at length in `config.default.toml`.

use std::fmt;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;
use telephony::driver::trunk::{
    Account, DigestAlgorithm, Transport, TrunkAddress, TrunkConfig, TrunkName,
};

use super::ConfigProblem;
use super::section::Sip;
use super::value::{blank_is_none, each_from_text, from_text};

/// Most trunks.
const TRUNKS_MAX: usize = 64;

/// One `[[trunk]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trunk {
    /// Its name.
    #[serde(deserialize_with = "from_text")]
    pub name: TrunkName,
    /// From where its calls come.
    #[serde(default, deserialize_with = "each_from_text")]
    pub networks: Vec<IpNet>,
    /// Where calls are sent.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub send_to: Option<TrunkAddress>,
    /// How they are sent.
    #[serde(default)]
    pub transport: TransportWord,
    /// The user of the account at the carrier.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub user: Option<String>,
    /// Its password; once the settings are read, also if it came from a file or the environment.
    #[serde(default)]
    pub password: Option<Password>,
    /// The file whose first line is the password.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub password_file: Option<PathBuf>,
    /// The environment variable that holds it.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub password_env: Option<String>,
    /// The realm of the account.
    #[serde(default, deserialize_with = "blank_is_none")]
    pub realm: Option<String>,
    /// Whether the carrier learns by REGISTER where we are.
    #[serde(default)]
    pub register: bool,
    /// Whether its P-Asserted-Identity is believed.
    #[serde(default)]
    pub trusted: bool,
    /// Whether its calls must know the password.
    #[serde(default)]
    pub require_digest: bool,
    /// The digests that they may use.
    #[serde(default = "both_digests", deserialize_with = "each_from_text")]
    pub digest_algorithms: Vec<DigestAlgorithm>,
    /// Calls at once; `None`: as many as all trunks together.
    #[serde(default)]
    pub calls_max: Option<u32>,
    /// New calls a second; `None`: as many as all trunks together.
    #[serde(default)]
    pub calls_per_second_max: Option<u32>,
    /// The smallest is tried first.
    #[serde(default = "middle_priority")]
    pub priority: u16,
}

fn both_digests() -> Vec<DigestAlgorithm> {
    vec![DigestAlgorithm::Sha256, DigestAlgorithm::Md5]
}

const fn middle_priority() -> u16 {
    10
}

/// `udp` or `tcp`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportWord {
    /// Datagrams.
    #[default]
    Udp,
    /// A connection.
    Tcp,
}

/// A password, which no log line and no error repeats.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(not shown)")
    }
}

impl Trunk {
    /// Takes the password from its file or the environment, if the settings say so.
    pub(super) fn read_password(
        &mut self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<(), ConfigProblem> {
        let given =
            [self.password.is_some(), self.password_file.is_some(), self.password_env.is_some()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            return self.bad(
                "trunk.password",
                "is given twice; of `password`, `password_file` and `password_env` one is enough",
            );
        }
        if let Some(file) = &self.password_file {
            let text = std::fs::read_to_string(file).map_err(|e| {
                self.problem(
                    "trunk.password_file",
                    &format!("{} cannot be read: {e}", file.display()),
                )
            })?;
            self.password = Some(Password(text.lines().next().unwrap_or_default().to_owned()));
        }
        if let Some(name) = &self.password_env {
            let Some(text) = environment(name) else {
                return self.bad("trunk.password_env", &format!("the variable {name} is not set"));
            };
            self.password = Some(Password(text));
        }
        match &self.password {
            Some(Password(text)) if text.trim().is_empty() => {
                self.bad("trunk.password", "is empty")
            }
            Some(Password(text)) if text.chars().any(char::is_control) => {
                self.bad("trunk.password", "holds a control character")
            }
            Some(_) | None => Ok(()),
        }
    }

    fn problem(&self, key: &'static str, why: &str) -> ConfigProblem {
        ConfigProblem::Value { key, why: format!("trunk \"{}\": {why}", self.name) }
    }

    fn bad(&self, key: &'static str, why: &str) -> Result<(), ConfigProblem> {
        Err(self.problem(key, why))
    }

    fn check(&self) -> Result<(), ConfigProblem> {
        if self.networks.is_empty() && self.send_to.is_none() {
            return self.bad(
                "trunk.networks",
                "is empty, and there is no `send_to`: no call could come or go",
            );
        }
        let has_account = self.user.is_some() && self.password.is_some();
        if self.user.is_some() != self.password.is_some() {
            return self.bad("trunk.user", "and `password` go together; one of them is missing");
        }
        if let Some(user) = &self.user
            && !user.chars().all(|c| c.is_ascii_alphanumeric() || "+-_.".contains(c))
        {
            return self.bad("trunk.user", "may hold letters, digits, '+', '-', '_' and '.'");
        }
        if self.realm.as_ref().is_some_and(|realm| realm.contains(['"', '\\', '\r', '\n'])) {
            return self.bad("trunk.realm", "holds a quote, a backslash or a line end");
        }
        if self.register && (self.send_to.is_none() || !has_account) {
            return self.bad("trunk.register", "needs `send_to`, `user` and `password`");
        }
        if self.require_digest && !has_account {
            return self.bad("trunk.require_digest", "needs `user` and `password`");
        }
        if self.require_digest && self.digest_algorithms.is_empty() {
            return self.bad("trunk.digest_algorithms", "is empty, but `require_digest` is on");
        }
        if self.calls_max == Some(0) || self.calls_per_second_max == Some(0) {
            return self.bad("trunk.calls_max", "and `calls_per_second_max` must be at least 1");
        }
        Ok(())
    }

    fn config(&self, sip: &Sip) -> TrunkConfig {
        let account = self.user.as_ref().zip(self.password.as_ref());
        let count =
            |own: Option<u32>, all| usize::try_from(own.unwrap_or(all)).unwrap_or(usize::MAX);
        TrunkConfig {
            name: self.name.clone(),
            networks: self.networks.clone(),
            send_to: self.send_to.clone(),
            transport: match self.transport {
                TransportWord::Udp => Transport::Udp,
                TransportWord::Tcp => Transport::Tcp,
            },
            account: account.map(|(user, password)| Account {
                user: user.clone(),
                password: password.0.clone(),
                realm: self.realm.clone(),
            }),
            registers: self.register,
            trusted: self.trusted,
            challenges: if self.require_digest {
                self.digest_algorithms.clone()
            } else {
                Vec::new()
            },
            calls_max: count(self.calls_max, sip.calls_max),
            calls_per_second_max: count(self.calls_per_second_max, sip.calls_per_second_max),
            priority: self.priority,
        }
    }
}

/// That the trunks fit together, and with the short form.
pub(super) fn check(trunks: &[Trunk], sip: &Sip) -> Result<(), ConfigProblem> {
    if let Some(trunk) = trunks.get(TRUNKS_MAX) {
        return trunk.bad("trunk", &format!("is one too many; there may be {TRUNKS_MAX}"));
    }
    let short_form = TrunkName::default();
    for (n, trunk) in trunks.iter().enumerate() {
        trunk.check()?;
        let before = &trunks[..n];
        let has_short_form = !sip.trunks.is_empty() && trunk.name == short_form;
        if has_short_form || before.iter().any(|other| other.name == trunk.name) {
            return trunk
                .bad("trunk.name", "is taken already (\"default\" is that of `sip.trunks`)");
        }
        let twice = trunk
            .networks
            .iter()
            .find(|range| before.iter().any(|other| other.networks.contains(range)));
        if let Some(range) = twice {
            return trunk.bad("trunk.networks", &format!("{range} is a network of another trunk"));
        }
    }
    Ok(())
}

/// The trunks for telephony: those of `[[trunk]]`, then the short form, which comes last so that it takes
/// nothing from a trunk with a name.
#[must_use]
pub fn configs(trunks: &[Trunk], sip: &Sip) -> Vec<TrunkConfig> {
    let named = trunks.iter().map(|trunk| trunk.config(sip));
    let short = (!sip.trunks.is_empty())
        .then(|| TrunkConfig::by_address(TrunkName::default(), sip.trunks.clone()));
    named.chain(short).collect()
}

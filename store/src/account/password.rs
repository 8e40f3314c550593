//! Passwords: the rule for a new one, and their hashes. Computes on threads of its own, because a
//! hash takes 20 ms and 19 MiB on purpose.
//!
//! The rule follows NIST SP 800-63B: a length, a guess at how soon it would be found, no rule of
//! character classes, no expiry.

use std::sync::OnceLock;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;
use zxcvbn::feedback::{Feedback, Warning};

/// Shortest password, in characters.
pub const CHARS_MIN: usize = 10;
/// Longest password, in characters: beyond it only the computing time grows.
pub const CHARS_MAX: usize = 128;

/// Hashes computed at once; more wait.
static HASHERS: Semaphore = Semaphore::const_new(4);
/// Longest wait for a turn to hash.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// What is wrong with a new password. `Display` says it in English; [`Weakness::key`] names the
/// sentence for the console, which has it in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`CHARS_MIN`] characters.
    #[error("A password needs at least 10 characters.")]
    TooShort,
    /// More than [`CHARS_MAX`] characters.
    #[error("A password has at most 128 characters.")]
    TooLong,
    /// One of the passwords that everybody tries first, or close to it.
    #[error("This password is known to everyone who guesses passwords. Choose another one.")]
    Common,
    /// Rows of keys, repeats or sequences.
    #[error("Rows of keys, repeats and sequences are guessed soon. Use a few unusual words.")]
    Pattern,
    /// A name, a date or a year.
    #[error("Names, dates and years are guessed soon. Use a few unusual words.")]
    NameOrDate,
    /// Guessed too soon for another reason.
    #[error(
        "This password would be guessed soon. Add another word or two, the less common the better."
    )]
    Guessable,
}

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many passwords were being computed for too long.
    #[error("too many passwords are being checked at once")]
    Busy,
    /// The computation itself failed; the stored hash is damaged, say.
    #[error("a password hash could not be computed")]
    Compute(#[source] argon2::password_hash::Error),
    /// The thread of the computation ended early, as at the end of the program.
    #[error("the computation of a password hash was cut off")]
    Stopped(#[source] tokio::task::JoinError),
}

impl Weakness {
    /// The key of the sentence in the console's texts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::TooShort => "password.too_short",
            Self::TooLong => "password.too_long",
            Self::Common => "password.common",
            Self::Pattern => "password.pattern",
            Self::NameOrDate => "password.name_or_date",
            Self::Guessable => "password.guessable",
        }
    }
}

/// Checks a new password of the person with that user name and display name. Pure.
///
/// # Errors
/// What is wrong with it.
pub fn check(password: &str, username: &str, name: &str) -> Result<(), Weakness> {
    let password = normal(password);
    let length = password.chars().count();
    if length < CHARS_MIN {
        return Err(Weakness::TooShort);
    }
    if length > CHARS_MAX {
        return Err(Weakness::TooLong);
    }
    let known = [username, name, "helpline", "operator", "doctor"];
    let known: Vec<&str> = known.into_iter().chain(name.split_whitespace()).collect();
    let guess = zxcvbn::zxcvbn(&password, &known);
    if guess.score() >= Score::Three {
        return Ok(());
    }
    Err(guess.feedback().and_then(Feedback::warning).map_or(Weakness::Guessable, why))
}

fn why(warning: Warning) -> Weakness {
    match warning {
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Weakness::Common,
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess
        | Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess
        | Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Pattern,
        Warning::RecentYearsAreEasyToGuess
        | Warning::DatesAreOftenEasyToGuess
        | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Weakness::NameOrDate,
        Warning::AWordByItselfIsEasyToGuess => Weakness::Guessable,
    }
}

/// The hash to store: argon2id with the crate's default cost, as a PHC string.
pub(super) async fn hash(password: &str) -> Result<String, HashError> {
    let password = normal(password);
    compute(move || hash_now(&password)).await
}

/// Is this the password of that hash? Without a hash the answer is no, after the same time.
pub(super) async fn matches(password: &str, hash: Option<String>) -> Result<bool, HashError> {
    let password = normal(password);
    // Cut, not refused: a password of any length takes the same way as a wrong one.
    let password: String = password.chars().take(CHARS_MAX + 1).collect();
    compute(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => nobodys_hash()?.to_owned(),
        };
        let hash = PasswordHash::new(&hash).map_err(|_| argon2::password_hash::Error::Internal)?;
        match Argon2::default().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(known),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await
}

async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
) -> Result<T, HashError> {
    let turn = tokio::time::timeout(TURN_TIMEOUT, HASHERS.acquire()).await;
    let _turn = turn.map_err(|_| HashError::Busy)?.expect("this semaphore is never closed");
    let computed = tokio::task::spawn_blocking(work).await.map_err(HashError::Stopped)?;
    computed.map_err(HashError::Compute)
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// A hash that nobody's password has, to spend the same time on an unknown user name.
fn nobodys_hash() -> Result<&'static str, argon2::password_hash::Error> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash);
    }
    let hash = hash_now(&super::secret::token())?;
    Ok(HASH.get_or_init(|| hash))
}

/// One spelling for what looks the same: keyboards differ in how they compose Devanagari.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

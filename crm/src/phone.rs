//! A telephone number in its international form (ITU-T E.164), from whatever people and carriers
//! write. Pure. Rules of numbering come from libphonenumber's tables (`rlibphonenumber`).
//!
//! A number is personal data: `Display` shows the last five digits, `Debug` none, and there is no
//! `Serialize`. [`E164::expose`] is the one way to the digits, so that a search for the word finds
//! every place where a number leaves the program.

use core::fmt;

use arrayvec::ArrayString;
use rlibphonenumber::{
    NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, Region, ValidationError,
};
use thiserror::Error;

#[cfg(test)]
mod tests;

/// Longest text looked at, in bytes: a SIP URI with parameters fits, an attack does not.
const TEXT_LEN_MAX: usize = 128;

/// A plus sign and at most fifteen digits (ITU-T E.164 §6.1).
const E164_LEN_MAX: usize = 16;

/// Digits that the masked form shows.
const MASK_DIGITS: usize = 5;

/// Why a text is not a telephone number. Never holds the text: it is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum PhoneError {
    /// Nothing was given.
    #[error("no telephone number was given")]
    Empty,
    /// Longer than any number written with any ornament.
    #[error("the text is too long for a telephone number")]
    TextTooLong,
    /// Letters, or no digits: `anonymous`, `unknown`.
    #[error("the text is not a telephone number")]
    NotANumber,
    /// A service number such as 104 or 112, or a number without its area code.
    #[error("the number is too short to be dialled from everywhere")]
    TooShort,
    /// More digits than a number of that country has.
    #[error("the number has too many digits")]
    TooLong,
    /// No country has that code.
    #[error("the number begins with an unknown country code")]
    UnknownCountry,
}

/// A telephone number in international form: `+`, country code, subscriber number.
///
/// Equal numbers are equal values however they were written. The length is checked, the range is
/// not: a citizen whose operator was given a new range yesterday must not be refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(ArrayString<E164_LEN_MAX>);

impl E164 {
    /// Reads a number as people, forms and SIP headers write it.
    ///
    /// Without `+` or `00` it is taken as Indian. Accepts digits of any script, spaces, `-`, `/`,
    /// brackets, the trunk prefix `0`, and the forms `sip:<number>@host;…` and `tel:<number>`.
    ///
    /// # Errors
    /// [`PhoneError`] for anything else, short service numbers included.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(PhoneError::TextTooLong);
        }
        let text = user_part(text.trim());
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        // libphonenumber also reads "1800-FLOWERS"; a caller-id with letters is a name, not a number.
        if text.chars().any(char::is_alphabetic) {
            return Err(PhoneError::NotANumber);
        }
        let number = PhoneNumber::parse(text, Some(Region::IN)).map_err(|e| refused(&e))?;
        match number.is_possible_with_reason() {
            Ok(NumberLengthType::IsPossible) => {}
            Ok(NumberLengthType::IsPossibleLocalOnly) => return Err(PhoneError::TooShort),
            Err(why) => return Err(impossible(why)),
        }
        let text = number.format_as(PhoneNumberFormat::E164);
        Self::from_stored(&text).ok_or(PhoneError::TooLong)
    }

    /// Takes back what [`E164::expose`] gave, from a row. `None` if it is not of that form.
    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        ArrayString::from(text).ok().map(Self)
    }

    /// The whole number, `+919999012345`: for a row, for the wire to the carrier, and for the
    /// screen of somebody who may see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last `count` digits, fewer if there are not so many. Personal like the whole.
    #[must_use]
    pub fn last_digits(&self, count: usize) -> &str {
        let digits = &self.0[1..];
        &digits[digits.len().saturating_sub(count)..]
    }
}

/// The masked form: `…12345`.
impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.last_digits(MASK_DIGITS))
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("E164(hidden)")
    }
}

/// The part of a `sip:`, `sips:` or `tel:` URI that holds the number; other text as it is.
fn user_part(text: &str) -> &str {
    let Some((scheme, rest)) = text.split_once(':') else {
        return text;
    };
    if !["sip", "sips", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return text;
    }
    let user = rest.split_once('@').map_or(rest, |(user, _)| user);
    user.split(';').next().unwrap_or(user).trim()
}

fn refused(error: &ParseError) -> PhoneError {
    match error {
        ParseError::InvalidCountryCode => PhoneError::UnknownCountry,
        ParseError::NotANumber(_) => PhoneError::NotANumber,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
        ParseError::TooLongNsn => PhoneError::TooLong,
    }
}

fn impossible(error: ValidationError) -> PhoneError {
    match error {
        ValidationError::InvalidCountryCode => PhoneError::UnknownCountry,
        // A length between two possible ones lacks digits more often than it has too many.
        ValidationError::TooShort | ValidationError::InvalidLength => PhoneError::TooShort,
        ValidationError::TooLong => PhoneError::TooLong,
    }
}

//! Text as it is kept, and the words that columns and JSON share with our enums. Pure.

use garde::Validate;
use ids::Class;
use unicode_normalization::UnicodeNormalization;

use crate::error::{CrmError, FieldError};

/// Takes out what no keyboard writes: control characters but for the ends of lines and tabs. A NUL
/// cannot be stored at all, and the others hide text from whoever reads it.
pub(crate) fn printable(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(kept).collect()
}

/// Trims, and puts letters into one form (NFC), so that equal names are equal bytes.
pub(crate) fn clean(text: &str) -> String {
    printable(text).trim().nfc().collect()
}

/// Like [`clean`]; nothing is left of blank text.
pub(crate) fn clean_option(text: Option<&str>) -> Option<String> {
    text.map(clean).filter(|text| !text.is_empty())
}

/// Checks what the derive of the type says, and turns its report into ours.
pub(crate) fn check<T: Validate<Context = ()>>(value: &T) -> Result<(), CrmError> {
    let Err(report) = value.validate() else {
        return Ok(());
    };
    let errors = report.iter().map(|(path, error)| FieldError {
        field: path.to_string(),
        message: error.message().to_owned(),
    });
    Err(CrmError::Invalid(errors.collect()))
}

/// An enum without facts, with the word that stands for each variant in columns and JSON.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every variant, in the order of its definition.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word as columns, JSON and search hold it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The variant that this word stands for.
            #[must_use]
            pub fn from_name(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}
pub(crate) use words;

/// The word for a class, as its `Serialize` gives it.
pub(crate) const fn class_name(class: Class) -> &'static str {
    match class {
        Class::Emergency => "emergency",
        Class::Clinical => "clinical",
        Class::CallbackDue => "callback_due",
        Class::Standard => "standard",
        Class::Info => "info",
    }
}

/// The class that this word stands for.
pub(crate) fn class_from_name(word: &str) -> Option<Class> {
    [Class::Emergency, Class::Clinical, Class::CallbackDue, Class::Standard, Class::Info]
        .into_iter()
        .find(|class| class_name(*class) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_keyboard_writes_is_taken_out_and_joiners_stay() {
        assert_eq!(clean(" a\0b\u{7}c\r\nd\t "), "abc\nd");
        // The zero-width joiner decides how a conjunct is drawn: it belongs to the spelling.
        assert_eq!(clean("क्\u{200d}ष"), "क्\u{200d}ष");
        assert_eq!(clean_option(Some("\0 ")), None);
    }

    #[test]
    fn classes_have_the_words_of_their_json() {
        for class in
            [Class::Emergency, Class::Clinical, Class::CallbackDue, Class::Standard, Class::Info]
        {
            let json = serde_json::to_value(class).unwrap();
            assert_eq!(json, class_name(class));
            assert_eq!(class_from_name(class_name(class)), Some(class));
        }
        assert_eq!(class_from_name("urgent"), None);
    }
}

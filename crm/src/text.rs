//! Text as it is kept, and the words that columns and JSON share with our enums. Pure.

use garde::Validate;
use ids::Class;
use unicode_normalization::UnicodeNormalization;

use crate::error::{CrmError, FieldError};

/// Trims, and puts letters into one form (NFC), so that equal names are equal bytes.
pub(crate) fn clean(text: &str) -> String {
    text.trim().nfc().collect()
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

//! The kinds of problems: a stable word, a status code and a title each. Data only.

use axum::http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:ident, $title:literal;)+) => {
        /// What kind of problem; the console decides by the word, people read the title.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemKind {$($(#[$doc])* $name,)+}

        impl ProblemKind {
            /// Every kind, in the order of the status codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word, `type` on the wire.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self {$(Self::$name => $slug,)+}
            }

            /// The status code.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self {$(Self::$name => StatusCode::$status,)+}
            }

            /// The title, in English.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {$(Self::$name => $title,)+}
            }
        }
    };
}

kinds! {
    /// The request cannot be read: not JSON, a bad id in the path, a bad header.
    Malformed = "malformed", BAD_REQUEST, "The request cannot be read";
    /// Nobody is signed in, or the session is over.
    NotSignedIn = "not-signed-in", UNAUTHORIZED, "Not signed in";
    /// The user name or the password is wrong; which one is not told.
    WrongPassword = "wrong-password", UNAUTHORIZED, "Wrong user name or password";
    /// The caller's role, place or scope does not allow it.
    Forbidden = "forbidden", FORBIDDEN, "Not allowed";
    /// The request came without the session's token, or from another site's page.
    CrossSite = "cross-site", FORBIDDEN, "Not from our own page";
    /// The account is disabled.
    Disabled = "account-disabled", FORBIDDEN, "The account is disabled";
    /// No such thing.
    NotFound = "not-found", NOT_FOUND, "Not found";
    /// The path exists, the method does not.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed";
    /// The reservation is over: taken by another, timed out, or the caller hung up.
    ReservationOver = "reservation-over", CONFLICT, "The reservation is over";
    /// A case cannot be closed without a report.
    ReportRequired = "report-required", CONFLICT, "A report is required first";
    /// The form of the call is not saved yet, so wrap-up cannot end.
    FormUnsaved = "form-unsaved", CONFLICT, "The form of the call is not saved";
    /// The state of the thing does not allow it.
    WrongState = "wrong-state", CONFLICT, "Not possible in this state";
    /// A thing of that name exists already.
    AlreadyExists = "already-exists", CONFLICT, "It exists already";
    /// Somebody else saved in between.
    VersionConflict = "version-conflict", PRECONDITION_FAILED, "Changed by somebody else";
    /// The body is larger than allowed.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "Too large";
    /// The body is not `application/json`.
    NotJson = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body must be JSON";
    /// The thing has no such part.
    NoSuchRange = "no-such-range", RANGE_NOT_SATISFIABLE, "There is no such part";
    /// The request can be read, but a field was not accepted.
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "A field was not accepted";
    /// Too many wrong passwords; the account rests for a while.
    Locked = "account-locked", LOCKED, "The account is locked for a while";
    /// A write on a versioned thing came without `If-Match`.
    VersionRequired = "version-required", PRECONDITION_REQUIRED, "The version is missing";
    /// Too many requests.
    TooMany = "too-many-requests", TOO_MANY_REQUESTS, "Too many requests";
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, "A fault of ours";
    /// Not now: starting, stopping, full, or too slow.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "Not available at the moment";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ProblemKind;

    #[test]
    fn every_kind_has_a_word_of_its_own_and_a_status_of_an_error() {
        let mut words = HashSet::new();
        for kind in ProblemKind::ALL {
            assert!(words.insert(kind.slug()), "{} twice", kind.slug());
            let status = kind.status();
            assert!(status.is_client_error() || status.is_server_error(), "{status}");
        }
    }
}

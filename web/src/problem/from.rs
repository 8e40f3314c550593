//! Errors of the crates below as problems: the one table. Each match is exhaustive, so a new error
//! below must be given its words here.

use std::time::Duration;

use crm::CrmError;
use crm::case::RefusedWhy as CaseRefused;
use crm::error::Conflict;
use crm::recording::RecordingRefused;
use crm::search::SearchError;
use store::TxnError;
use store::account::CreateError;
use store::account::password::HashError;
use store::account::session::FindError;
use store::account::setup::SetupError;
use store::audit::Entity;
use store::config_version::{AddError, PublishError};
use store::roster::RosterError;
use store::sea_orm::DbErr;
use switchboard::{ExchangeError, RecordingError};
use telephony::call::Refusal;

use crate::greetings::{TextsError, Wrong};

use super::{Current, FieldError, Problem, ProblemKind};

/// How long to wait for a database that was busy past its deadline, or for a free place.
const BUSY_WAIT: Duration = Duration::from_secs(2);

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Self {
        let state = |detail: &'static str| Self::new(ProblemKind::WrongState, detail);
        match error {
            ExchangeError::Refused(why) => refused_by_floor(why),
            ExchangeError::NotYourCall => state("The call is over, or it is not yours."),
            ExchangeError::NotOnTheFloor => {
                state("You are not on the floor: the event stream is not connected.")
            }
            ExchangeError::NoAudio => {
                state("Connect the audio of your browser first, or set your telephone.")
            }
            ExchangeError::AnswerTheTelephone => {
                state("Your telephone rings: answer it to take the caller.")
            }
            ExchangeError::StationNotAllowed => Self::field(
                "address",
                "No telephone may be there: it is in no network of `station.networks`.",
            ),
            ExchangeError::CallRefused(refusal) => refused_call(refusal),
            ExchangeError::Recording(RecordingError::WrongState) => {
                state("The call is not being recorded, or its recording is not paused.")
            }
            ExchangeError::Recording(RecordingError::Unavailable) => {
                Self::new(ProblemKind::Unavailable, "The recorder does not answer; try again.")
                    .retry_after(BUSY_WAIT)
            }
            ExchangeError::Unavailable => {
                Self::new(ProblemKind::Unavailable, "The exchange does not answer.")
                    .retry_after(BUSY_WAIT)
            }
        }
    }
}

fn refused_by_floor(why: routing::RefusedWhy) -> Problem {
    use routing::RefusedWhy as Why;
    let state = |detail: &'static str| Problem::new(ProblemKind::WrongState, detail);
    match why {
        Why::ReservationOver => {
            Problem::new(ProblemKind::ReservationOver, "The caller is no longer yours to take.")
        }
        Why::WrongState => state("Not possible in the state you are in."),
        Why::UnknownAgent => state("You are not on the floor."),
        Why::UnknownCall => state("The call is over."),
        Why::UnknownQueue => state("There is no such queue."),
        Why::AlreadyWaiting => state("The caller waits already."),
        Why::NotMoreUrgent => state("A caller can only become more urgent."),
        Why::StaysEmergency => state("An emergency stays one until somebody answers."),
        Why::Unchanged => state("The caller is of this class, or in this queue, already."),
        Why::ReportUnfiled => Problem::new(
            ProblemKind::FormUnsaved,
            "File the report of this call with a disposition first.",
        ),
        Why::Full => {
            Problem::new(ProblemKind::Unavailable, "The floor is full.").retry_after(BUSY_WAIT)
        }
    }
}

fn refused_call(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NoCommonCodec => {
            Problem::new(ProblemKind::WrongState, "The offer has no G.711 audio.")
        }
        Refusal::BadDescription => Problem::field("sdp", "The description cannot be used."),
        Refusal::Busy => {
            Problem::new(ProblemKind::Unavailable, "No place is free; the telephone works too.")
                .retry_after(BUSY_WAIT)
        }
        Refusal::UnknownNumber => Problem::field("number", "That is not a number of the helpline."),
        Refusal::Stopping => Problem::new(ProblemKind::Unavailable, "The program is stopping.")
            .retry_after(Duration::from_secs(10)),
        Refusal::Fault => Problem::fault(ExchangeError::CallRefused(refusal)),
    }
}

impl From<TxnError> for Problem {
    fn from(error: TxnError) -> Self {
        match error {
            TxnError::Busy(_) | TxnError::Conflict { .. } => {
                Self::new(ProblemKind::Unavailable, "The records are busy; nothing was written.")
                    .retry_after(BUSY_WAIT)
                    .because(error)
            }
            TxnError::Begin(_) | TxnError::Kept | TxnError::Commit(_) => Self::fault(error),
        }
    }
}

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        Self::fault(error)
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Txn(error) => error.into(),
            error @ FindError::Sql(_) => Self::fault(error),
        }
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => {
                Self::new(ProblemKind::Unavailable, "Too many people are signing in; try again.")
                    .retry_after(BUSY_WAIT)
            }
            error @ (HashError::Compute(_) | HashError::Stopped(_)) => Self::fault(error),
        }
    }
}

impl From<SetupError> for Problem {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::InvalidLink => Self::field("token", "The set-up link does not work."),
            SetupError::NoAccount => Self::not_found("user"),
            SetupError::Weak(weakness) => Self::field("password", weakness.to_string()),
            SetupError::Hash(error) => error.into(),
            SetupError::Txn(error) => error.into(),
            error @ SetupError::Sql(_) => Self::fault(error),
        }
    }
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::UsernameTaken => {
                Self::new(ProblemKind::AlreadyExists, "The user name is taken.")
            }
            CreateError::BadUsername => Self::field("username", error.to_string()),
            CreateError::BadName => Self::field("name", error.to_string()),
            error @ CreateError::Sql(_) => Self::fault(error),
        }
    }
}

impl From<AddError> for Problem {
    fn from(error: AddError) -> Self {
        match error {
            AddError::BadName => Self::field("name", error.to_string()),
            AddError::TextTooLong => Self::field("text", error.to_string()),
            AddError::NoteTooLong => Self::field("note", error.to_string()),
            error @ AddError::Sql(_) => Self::fault(error),
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::UnknownVersion => Self::not_found("version"),
            PublishError::Stale { current } => {
                Self::new(ProblemKind::VersionConflict, "Somebody else published in between.")
                    .current(Current { version: current, changed_by: None, changed_at: None })
            }
            error @ PublishError::Sql(_) => Self::fault(error),
        }
    }
}

impl From<RosterError> for Problem {
    fn from(error: RosterError) -> Self {
        match error {
            RosterError::UnknownAgent => Self::field("agent", "There is no such person."),
            RosterError::NotFound => Self::not_found("entry of the roster"),
            RosterError::NoteTooLong => Self::field("note", error.to_string()),
            RosterError::BadLeave => Self::field("plan.until", error.to_string()),
            RosterError::BadNeed => Self::field("seats", error.to_string()),
            RosterError::Full => {
                Self::new(ProblemKind::WrongState, "The roster is full: remove what is over.")
            }
            RosterError::Stale { current, changed } => {
                let (by, at) = changed.unzip();
                Self::new(ProblemKind::VersionConflict, "Somebody else changed it in between.")
                    .current(Current {
                        version: current,
                        changed_by: by,
                        changed_at: at.map(Into::into),
                    })
            }
            error @ RosterError::Sql(_) => Self::fault(error),
        }
    }
}

impl From<TextsError> for Problem {
    fn from(error: TextsError) -> Self {
        match error {
            TextsError::Txn(error) => error.into(),
            error @ (TextsError::Add(_) | TextsError::Publish(_) | TextsError::Sql(_)) => {
                Self::fault(error)
            }
        }
    }
}

impl From<Vec<Wrong>> for Problem {
    fn from(wrong: Vec<Wrong>) -> Self {
        let mut problem = Self::new(
            ProblemKind::Invalid,
            "It cannot be put in force: not every branch would end at a person.",
        );
        let field = |wrong: Wrong| FieldError { field: wrong.place, message: wrong.sentence };
        problem.errors = wrong.into_iter().map(field).collect();
        problem
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::NotAllowed(_) => {
                Self::new(ProblemKind::Forbidden, "Your role does not allow this.")
            }
            SearchError::ReasonRequired => {
                Self::field("reason", "Say why you search, or leave it out.")
            }
            SearchError::TooSlow => {
                Self::new(ProblemKind::Unavailable, "The search took too long.")
                    .retry_after(BUSY_WAIT)
            }
            SearchError::Txn(error) => error.into(),
            error @ (SearchError::Index(_) | SearchError::Stopped(_) | SearchError::Audit(_)) => {
                Self::fault(error)
            }
        }
    }
}

impl From<CrmError> for Problem {
    fn from(error: CrmError) -> Self {
        match error {
            CrmError::NotAllowed(_) => {
                Self::new(ProblemKind::Forbidden, "Your role does not allow this.")
            }
            CrmError::NotFound { entity, id: _ } => Self::not_found(name(entity)),
            CrmError::Conflict(conflict) => conflict.into(),
            CrmError::DraftConflict { current } => Self::new(
                ProblemKind::VersionConflict,
                "The draft was saved from another window in between.",
            )
            .current(Current {
                version: current.sequence,
                changed_by: None,
                changed_at: Some(current.saved_at.into()),
            }),
            CrmError::Invalid(fields) => {
                let mut problem = Self::new(ProblemKind::Invalid, "A field was not accepted.");
                let field =
                    |e: crm::error::FieldError| FieldError { field: e.field, message: e.message };
                problem.errors = fields.into_iter().map(field).collect();
                problem
            }
            CrmError::Refused(refused) => refused_case(refused.why),
            CrmError::Recording(refused) => refused_recording(refused),
            CrmError::BadCursor => {
                Self::new(ProblemKind::Malformed, "The cursor is not one of this list.")
            }
            CrmError::Txn(error) => error.into(),
            error @ (CrmError::UnreadableRow { .. } | CrmError::Sql(_)) => Self::fault(error),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        Self::new(ProblemKind::VersionConflict, "Somebody else saved in between.").current(
            Current {
                version: conflict.current,
                changed_by: Some(conflict.changed_by),
                changed_at: Some(conflict.changed_at.into()),
            },
        )
    }
}

fn refused_recording(refused: RecordingRefused) -> Problem {
    let state = |detail: &'static str| Problem::new(ProblemKind::WrongState, detail);
    match refused {
        RecordingRefused::ReasonRequired => {
            Problem::field("x-reason", "Say why: you were not on this call.")
        }
        RecordingRefused::StillRecording => state("The call goes on; wait until it is over."),
        RecordingRefused::NoSound => state("Nothing of this call was recorded."),
        RecordingRefused::Deleted => state("The recording was deleted."),
        RecordingRefused::LegalHold => state("The recording is under a legal hold."),
    }
}

fn refused_case(why: CaseRefused) -> Problem {
    let state = |detail: &'static str| Problem::new(ProblemKind::WrongState, detail);
    match why {
        CaseRefused::ReportRequired => {
            Problem::new(ProblemKind::ReportRequired, "File a report before closing the case.")
        }
        CaseRefused::WrongState => state("The case's state does not lead there."),
        CaseRefused::WindowOver => {
            state("The case was closed more than seven days ago; open a new one.")
        }
        CaseRefused::MomentPassed => Problem::field("pending_until", "This moment has passed."),
        CaseRefused::MomentTooFar => {
            Problem::field("pending_until", "This moment is more than a year away.")
        }
    }
}

const fn name(entity: Entity) -> &'static str {
    match entity {
        Entity::Contact => "contact",
        Entity::Household => "household",
        Entity::Case => "case",
        Entity::Report => "report",
        Entity::Interaction => "interaction",
        Entity::Recording => "recording",
        Entity::Callback => "call-back wish",
        Entity::User => "user",
        Entity::Configuration => "version",
        Entity::Roster => "entry of the roster",
        Entity::Mixed => "record",
    }
}

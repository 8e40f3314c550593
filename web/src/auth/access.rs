//! Kinds of access: which roles, and which scope of a machine. Data only; one type for each, named by
//! the endpoints. The records' own table (`crm::access`) is asked besides.

use store::account::Role;

/// Who may call an endpoint.
pub trait Access: Send + Sync + 'static {
    /// The roles that may.
    const ROLES: &'static [Role];
    /// The scope that a machine's token must hold; `None`: people only.
    const SCOPE: Option<&'static str>;
}

macro_rules! access {
    ($($(#[$doc:meta])* $name:ident: [$($role:ident),+], $scope:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Access for $name {
            const ROLES: &'static [Role] = &[$(Role::$role),+];
            const SCOPE: Option<&'static str> = $scope;
        }
    )+

    /// Every scope that an endpoint asks for.
    #[must_use]
    pub fn scopes() -> Vec<&'static str> {
        let mut scopes: Vec<&'static str> = [$($scope),+].into_iter().flatten().collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }};
}

access! {
    /// Whoever is signed in.
    Anyone: [
        Operator, Doctor, Supervisor, Admin, MedicalDirector, Facility, CardDesk, Field, Auditor
    ], None;

    /// Those who take calls.
    TakesCalls: [Operator, Doctor], None;

    /// Those who have to do with the floor.
    SeesFloor: [Operator, Doctor, Supervisor, Admin], Some("floor:read");

    /// Those who watch the whole floor.
    WatchesFloor: [Supervisor, Admin], Some("floor:read");

    /// Those who direct it.
    DirectsFloor: [Supervisor, Admin], None;

    /// Those who keep the roster.
    KeepsRoster: [Supervisor, Admin], None;

    /// Those who read how the queues did.
    ReadsMetrics: [Supervisor, Admin, Auditor], Some("metrics:read");

    /// Those who watch events as people.
    WatchesEvents: [Operator, Doctor, Supervisor, Admin], None;

    /// Those who see calls: their own, or all.
    SeesCalls: [Operator, Doctor, Supervisor], None;

    /// Those who read the records of citizens.
    ReadsRecords: [Operator, Doctor, Supervisor], Some("records:read");

    /// Those who write them.
    WritesRecords: [Operator, Doctor, Supervisor], Some("records:write");

    /// Those who hear recorded calls: people, by name.
    HearsRecordings: [Operator, Doctor, Supervisor], None;

    /// Those who decide how long a recording is kept.
    KeepsRecordings: [Supervisor], None;

    /// Those who keep accounts.
    KeepsAccounts: [Admin], Some("users:write");

    /// Those who write greetings and calendars and put them in force.
    KeepsGreetings: [Supervisor, Admin], Some("configuration:write");

    /// Those who read the audit.
    ReadsAudit: [Auditor], Some("audit:read");
}

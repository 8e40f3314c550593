//! What a simulated day came to.

use std::fmt;

/// What a day came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Report {
    pub(crate) answered: u32,
    pub(crate) abandoned: u32,
    pub(crate) events: u32,
    pub(crate) rings: u32,
    pub(crate) missed: u32,
    pub(crate) rejected: u32,
    pub(crate) lost: u32,
    pub(crate) taken: u32,
    pub(crate) replaced: u32,
    pub(crate) relaxed: u32,
    pub(crate) late: u32,
    pub(crate) raised: u32,
    pub(crate) moved: u32,
    pub(crate) reclassed: u32,
    pub(crate) forced: u32,
    pub(crate) withdrawn: u32,
    pub(crate) estimated: u32,
    pub(crate) widened: u32,
    pub(crate) eased: u32,
    pub(crate) dropped: u32,
    pub(crate) known: u32,
    pub(crate) regained: u32,
    pub(crate) overdue: u32,
    pub(crate) returned: u32,
    pub(crate) restarts: u32,
    pub(crate) jumps: u32,
    pub(crate) twice: u32,
}

impl Report {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            answered: self.answered + other.answered,
            abandoned: self.abandoned + other.abandoned,
            events: self.events + other.events,
            rings: self.rings + other.rings,
            missed: self.missed + other.missed,
            rejected: self.rejected + other.rejected,
            lost: self.lost + other.lost,
            taken: self.taken + other.taken,
            replaced: self.replaced + other.replaced,
            relaxed: self.relaxed + other.relaxed,
            late: self.late + other.late,
            raised: self.raised + other.raised,
            moved: self.moved + other.moved,
            reclassed: self.reclassed + other.reclassed,
            forced: self.forced + other.forced,
            withdrawn: self.withdrawn + other.withdrawn,
            estimated: self.estimated + other.estimated,
            widened: self.widened + other.widened,
            eased: self.eased + other.eased,
            dropped: self.dropped + other.dropped,
            known: self.known + other.known,
            regained: self.regained + other.regained,
            overdue: self.overdue + other.overdue,
            returned: self.returned + other.returned,
            restarts: self.restarts + other.restarts,
            jumps: self.jumps + other.jumps,
            twice: self.twice + other.twice,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answered, abandoned, events, rings, missed, rejected, .. } = self;
        let Self { lost, taken, replaced, relaxed, late, raised, .. } = self;
        let Self { returned, restarts, jumps, twice, moved, reclassed, forced, .. } = self;
        let Self {
            withdrawn, estimated, widened, eased, dropped, known, regained, overdue, ..
        } = self;
        write!(f, "{answered} answered, {abandoned} abandoned, {events} events, {rings} rings ")?;
        write!(
            f,
            "({missed} missed, {rejected} rejected, {lost} lost with the agent, {taken} taken "
        )?;
        write!(
            f,
            "by another, {replaced} replaced, {relaxed} relaxed), {late} late acceptances, "
        )?;
        write!(
            f,
            "{raised} raised, {returned} returned, {restarts} restarts, {jumps} clock jumps, "
        )?;
        write!(f, "{twice} events twice, {moved} moved, {reclassed} reclassed, {forced} forced, ")?;
        write!(
            f,
            "{withdrawn} withdrawn, {estimated} waits estimated, {widened} widened, {eased} eased, {dropped} dropped, "
        )?;
        write!(f, "{known} known to the agent, {regained} places regained, {overdue} overdue")
    }
}

//! Callers who wait, and where each is kept.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use ids::{CallId, Class, ReservationId, Timestamp};

use super::line::Turn;
use super::queue::{Reach, Tier};
use super::table::Table;
use super::{AgentSlot, LanguageIndex, QueueIndex, Timer};
use crate::config::FloorConfig;
use crate::event::CallerKey;

/// Where a caller's row is. Reused; never compared to decide anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallerSlot(pub(crate) u32);

/// One caller who waits for a person: nobody asked yet, or consoles ringing.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) call: CallId,
    pub(crate) queue: QueueIndex,
    pub(crate) class: Class,
    pub(crate) language: Option<LanguageIndex>,
    pub(crate) since: Timestamp,
    pub(crate) head: bool,
    /// Number of arrival, unique over the floor's life.
    pub(crate) arrival: u64,
    /// How far the rules are relaxed for the consoles that ring now.
    pub(crate) relaxation: Relaxation,
    /// Who calls, if that is known.
    pub(crate) key: Option<CallerKey>,
    /// The agent who knows this caller, and until when that counts.
    pub(crate) sticky: Option<(AgentSlot, Timestamp)>,
    /// The step of its queue's skills in force: agents of this tier and those before are asked.
    pub(crate) tier: Tier,
    /// Further queues whose agents are asked: the steps of the overflow in force, in order.
    pub(crate) wider: Vec<Reach>,
    /// When the next step of either comes into force.
    pub(crate) relaxes_at: Option<Timestamp>,
    /// An emergency for which nobody was signed in: all who are, of any queue, are asked from then on.
    pub(crate) everywhere: bool,
    /// A supervisor was told that nobody is signed in.
    pub(crate) alerted: bool,
    /// Reservations that ring; at most one below `emergency`.
    pub(crate) ringing: BTreeSet<ReservationId>,
    /// Agents who declined, and until when they are not asked again.
    pub(crate) cooling: Vec<(AgentSlot, Timestamp)>,
}

/// How far the rules are relaxed so that an emergency reaches a person. The numbers appear in
/// explanations.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Relaxation {
    /// All rules hold.
    #[default]
    None = 0,
    /// Agents are asked who do not speak the caller's language.
    AnyLanguage = 1,
    /// Agents are asked who did not answer an earlier reservation.
    NotResponding = 2,
}

impl Caller {
    pub(crate) fn turn(&self, slot: CallerSlot) -> Turn {
        Turn { tail: !self.head, since: self.since, arrival: self.arrival, slot }
    }

    pub(crate) fn is_cooling(&self, agent: AgentSlot) -> bool {
        self.cooling.iter().any(|(cooling, _)| *cooling == agent)
    }

    /// The end of an agent's cool-down for this caller.
    pub(crate) fn cool_down_timer(&self, caller: CallerSlot, agent: AgentSlot) -> Timer {
        Timer::CoolDown { arrival: self.arrival, agent, caller }
    }

    /// Whose agents are asked: those of the caller's own queue, then those of the overflow.
    pub(crate) fn reach(&self) -> impl Iterator<Item = Reach> + use<'_> {
        let own = Reach { queue: self.queue, tier: self.tier };
        core::iter::once(own).chain(self.wider.iter().copied())
    }

    /// The language that agents who ring for this caller must speak.
    pub(crate) fn language_in_force(&self) -> Option<LanguageIndex> {
        match self.relaxation {
            Relaxation::None => self.language,
            Relaxation::AnyLanguage | Relaxation::NotResponding => None,
        }
    }
}

/// The class a caller counts as after its wait so far: one higher after each `ageing`, never
/// `emergency`.
pub(crate) fn effective_class(
    config: &FloorConfig,
    class: Class,
    since: Timestamp,
    now: Timestamp,
) -> Class {
    let Some(base) = BELOW_EMERGENCY.iter().position(|below| *below == class) else {
        return class;
    };
    let lifts = now.since(since).as_micros() / config.ageing.as_micros();
    BELOW_EMERGENCY[base.saturating_sub(usize::try_from(lifts).unwrap_or(usize::MAX))]
}

/// The classes that ageing moves within, most urgent first.
pub(crate) const BELOW_EMERGENCY: [Class; 4] =
    [Class::Clinical, Class::CallbackDue, Class::Standard, Class::Info];

/// All waiting callers.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallerTable {
    by_call: Table<CallId, CallerSlot>,
    rows: Vec<Option<Caller>>,
    free: Vec<CallerSlot>,
}

impl CallerTable {
    /// Adds a caller whose call is not in the table.
    pub(crate) fn insert(&mut self, caller: Caller) -> CallerSlot {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.rows.push(None);
            CallerSlot(u32::try_from(self.rows.len() - 1).expect("waiting_max fits in 32 bits"))
        });
        self.by_call.insert(caller.call, slot);
        self.rows[slot.0 as usize] = Some(caller);
        slot
    }

    pub(crate) fn remove(&mut self, slot: CallerSlot) -> Caller {
        let caller = self.rows[slot.0 as usize].take().expect("a slot in use holds a caller");
        self.by_call.remove(&caller.call);
        self.free.push(slot);
        caller
    }

    pub(crate) fn slot(&self, call: CallId) -> Option<CallerSlot> {
        self.by_call.get(&call).copied()
    }

    pub(crate) fn get(&self, slot: CallerSlot) -> &Caller {
        self.rows[slot.0 as usize].as_ref().expect("a slot in use holds a caller")
    }

    /// The caller of a slot, if it is in use.
    pub(crate) fn find(&self, slot: CallerSlot) -> Option<&Caller> {
        self.rows.get(slot.0 as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: CallerSlot) -> &mut Caller {
        self.rows[slot.0 as usize].as_mut().expect("a slot in use holds a caller")
    }

    pub(crate) fn len(&self) -> usize {
        self.by_call.len()
    }

    /// Every caller, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (CallerSlot, &Caller)> {
        (0..).zip(&self.rows).filter_map(|(slot, row)| Some((CallerSlot(slot), row.as_ref()?)))
    }
}

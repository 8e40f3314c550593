//! The settings of a floor: queues, times, limits. Plain data, checked once: as it is made.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use ids::{Class, QueueId, SkillLevel};
use serde::{Deserialize, Serialize};

/// What is special to one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueRules {
    /// Most callers waiting in the queue; one more is refused. Emergencies, those who return and
    /// those whom a supervisor moves here always enter.
    pub waiting_max: Option<u32>,
    /// Whose agents are asked too, once a caller has waited long enough; the longest wait last. The
    /// queue's own agents stay eligible. An emergency reaches all of them at once.
    pub overflow: Vec<Overflow>,
    /// The skills that callers need, by how long they have waited: the first step after no wait, each
    /// later and no harder than the one before, the last without needs. Empty: any agent of the queue.
    /// An emergency has all steps at once.
    pub skills: Vec<SkillStep>,
}

/// From some wait on, agents who hold these skills are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillStep {
    /// Once a caller has waited so long.
    pub after: Duration,
    /// What an agent must hold, each at least at the level.
    pub needs: Vec<SkillLevel>,
}

/// From some wait on, the agents of another queue are asked as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overflow {
    /// Once a caller has waited so long.
    pub after: Duration,
    /// The agents of this queue too.
    pub queue: QueueId,
}

/// What a floor needs to know before the first event. Times are rounded down to microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FloorConfig {
    /// The queues, 1 to 1024, each once.
    pub queues: Vec<QueueId>,
    /// What is special to some of them.
    pub rules: BTreeMap<QueueId, QueueRules>,
    /// Names this set of rules in every explanation; raise it whenever a rule or a time changes.
    pub rule_version: u32,
    /// How long a console rings for a caller below `emergency`.
    pub ring: Duration,
    /// How long consoles ring for an emergency.
    pub ring_emergency: Duration,
    /// How long an agent who declined a caller is not asked for the same caller again.
    pub reject_cool_down: Duration,
    /// Wrap-up after a call below `emergency`; zero for none.
    pub wrap_up: Duration,
    /// Wrap-up after an emergency; zero for none.
    pub wrap_up_emergency: Duration,
    /// Wrap-up does not end before the report of the call is filed; a supervisor is told when its
    /// time is over all the same. Has no meaning after a call without wrap-up.
    pub report_required: bool,
    /// A caller who hung up while waiting and calls again within this time has the old wait.
    pub return_grace: Duration,
    /// A caller who talked with an agent within this time ...
    pub sticky_within: Duration,
    /// ... is offered to the same agent first, if available, for so long after joining the queue.
    pub sticky_for: Duration,
    /// A caller below `emergency` counts one class higher after each such wait, up to `clinical`.
    pub ageing: Duration,
    /// Most agents ever registered; one more is refused.
    pub agents_max: u32,
    /// Most callers waiting; one more is refused. Emergencies and returning callers are taken up to
    /// twice as many, for neither can be told to try again later.
    pub waiting_max: u32,
    /// Most different languages ever named by agents and callers; one more is refused.
    pub languages_max: u16,
}

impl Default for FloorConfig {
    fn default() -> Self {
        Self {
            queues: Vec::new(),
            rules: BTreeMap::new(),
            rule_version: 1,
            ring: Duration::from_secs(20),
            ring_emergency: Duration::from_secs(10),
            reject_cool_down: Duration::from_secs(10),
            wrap_up: Duration::from_secs(30),
            wrap_up_emergency: Duration::from_secs(120),
            report_required: false,
            return_grace: Duration::from_secs(5 * 60),
            sticky_within: Duration::from_secs(24 * 60 * 60),
            sticky_for: Duration::from_secs(15),
            ageing: Duration::from_secs(300),
            agents_max: 10_000,
            waiting_max: 100_000,
            languages_max: 64,
        }
    }
}

impl FloorConfig {
    /// The defaults, with these queues.
    #[must_use]
    pub fn with_queues(queues: Vec<QueueId>) -> Self {
        Self { queues, ..Self::default() }
    }

    /// Says whether a floor can be made of this.
    ///
    /// # Errors
    /// The first rule of [`ConfigError`] that is broken.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.queues.is_empty() {
            return Err(ConfigError::NoQueues);
        }
        if self.queues.len() > QUEUES_MAX {
            return Err(ConfigError::TooManyQueues);
        }
        let mut sorted = self.queues.clone();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ConfigError::QueueTwice(pair[0]));
        }
        for (queue, rules) in &self.rules {
            self.check_rules(*queue, rules)?;
        }
        for (time, setting) in [
            (self.ring, "ring"),
            (self.ring_emergency, "ring_emergency"),
            (self.reject_cool_down, "reject_cool_down"),
            (self.ageing, "ageing"),
        ] {
            if time < Duration::from_millis(1) {
                return Err(ConfigError::TooShort(setting));
            }
        }
        if self.agents_max == 0 || self.waiting_max == 0 || self.languages_max == 0 {
            return Err(ConfigError::ZeroLimit);
        }
        Ok(())
    }

    fn check_rules(&self, queue: QueueId, rules: &QueueRules) -> Result<(), ConfigError> {
        if !self.queues.contains(&queue) {
            return Err(ConfigError::UnknownQueue(queue));
        }
        if rules.waiting_max == Some(0) {
            return Err(ConfigError::ZeroLimit);
        }
        for (number, step) in rules.overflow.iter().enumerate() {
            let before = &rules.overflow[..number];
            if !self.queues.contains(&step.queue) {
                return Err(ConfigError::UnknownQueue(step.queue));
            }
            let twice = before.iter().any(|earlier| earlier.queue == step.queue);
            let disorder = before.last().is_some_and(|earlier| earlier.after > step.after);
            if step.queue == queue || twice || disorder {
                return Err(ConfigError::BadOverflow(queue));
            }
        }
        let bad = |why| ConfigError::BadSkills(queue, why);
        check_skills(&rules.skills).map_err(bad)
    }

    /// The steps of a queue's skills, in order; none if it asks for none.
    pub(crate) fn skills_of(&self, queue: QueueId) -> &[SkillStep] {
        self.rules.get(&queue).map_or(&[], |rules| &rules.skills)
    }

    /// How many groups the skills of a queue make of its agents.
    pub(crate) fn tiers_of(&self, queue: QueueId) -> u8 {
        u8::try_from(self.skills_of(queue).len().max(1)).unwrap_or(u8::MAX)
    }

    /// Where callers of a queue overflow to, in order.
    pub(crate) fn overflow_of(&self, queue: QueueId) -> &[Overflow] {
        self.rules.get(&queue).map_or(&[], |rules| &rules.overflow)
    }

    /// Most callers who wait in a queue.
    pub(crate) fn waiting_max_of(&self, queue: QueueId) -> u32 {
        self.rules.get(&queue).and_then(|rules| rules.waiting_max).unwrap_or(self.waiting_max)
    }

    pub(crate) fn ring_for(&self, class: Class) -> Duration {
        if class == Class::Emergency { self.ring_emergency } else { self.ring }
    }

    pub(crate) fn wrap_up_after(&self, class: Class) -> Duration {
        if class == Class::Emergency { self.wrap_up_emergency } else { self.wrap_up }
    }
}

/// A caller must never wait for a skill that nobody has, nor lose by waiting.
fn check_skills(steps: &[SkillStep]) -> Result<(), SkillsFault> {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return Ok(()) };
    if steps.len() > SKILL_STEPS_MAX {
        return Err(SkillsFault::TooMany);
    }
    if !first.after.is_zero() {
        return Err(SkillsFault::BeginsLate);
    }
    if !last.needs.is_empty() {
        return Err(SkillsFault::NeverAnybody);
    }
    for step in steps {
        let twice = |(at, need): (usize, &SkillLevel)| {
            step.needs[..at].iter().any(|before| before.skill == need.skill)
        };
        if step.needs.iter().enumerate().any(twice) {
            return Err(SkillsFault::NeedTwice);
        }
    }
    for pair in steps.windows(2) {
        let eased = |need: &SkillLevel| {
            let mut before = pair[0].needs.iter();
            before.any(|held| held.skill == need.skill && held.level >= need.level)
        };
        if pair[1].after <= pair[0].after {
            return Err(SkillsFault::OutOfOrder);
        }
        if !pair[1].needs.iter().all(eased) {
            return Err(SkillsFault::Harder);
        }
    }
    Ok(())
}

/// What is wrong with the skill steps of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkillsFault {
    /// More than 8 steps.
    TooMany,
    /// The first step is not after 0.
    BeginsLate,
    /// The last step needs a skill.
    NeverAnybody,
    /// A step names a skill twice.
    NeedTwice,
    /// A step does not come later than the one before.
    OutOfOrder,
    /// A step asks for more than the one before.
    Harder,
}

impl fmt::Display for SkillsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => "are more than 8",
            Self::BeginsLate => "do not begin with a step after 0",
            Self::NeverAnybody => "do not end with a step that needs nothing (`needs = []`)",
            Self::NeedTwice => "name a skill twice in one step",
            Self::OutOfOrder => "are not in order of time",
            Self::Harder => "become harder: a step may only ask for less than the one before",
        })
    }
}

/// Why no floor can be made of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// A floor needs a queue.
    NoQueues,
    /// More than 1024 queues.
    TooManyQueues,
    /// A queue is named twice.
    QueueTwice(QueueId),
    /// Rules name a queue that is not configured.
    UnknownQueue(QueueId),
    /// A queue overflows to itself, to one queue twice, or its steps are not in order of time.
    BadOverflow(QueueId),
    /// The skill steps of a queue break a rule.
    BadSkills(QueueId, SkillsFault),
    /// The named time is below a millisecond: timers would fire without end.
    TooShort(&'static str),
    /// A limit is zero.
    ZeroLimit,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoQueues => f.write_str("the floor has no queue"),
            Self::TooManyQueues => write!(f, "the floor has more than {QUEUES_MAX} queues"),
            Self::QueueTwice(queue) => write!(f, "the queue {queue} is configured twice"),
            Self::UnknownQueue(queue) => write!(f, "rules name {queue}, which is not a queue"),
            Self::BadOverflow(queue) => {
                write!(
                    f,
                    "the overflow of {queue} names itself or a queue twice, or is out of order"
                )
            }
            Self::BadSkills(queue, fault) => write!(f, "the skill steps of {queue} {fault}"),
            Self::TooShort(setting) => write!(f, "floor.{setting} is shorter than a millisecond"),
            Self::ZeroLimit => f.write_str("a limit of the floor is zero"),
        }
    }
}

impl core::error::Error for ConfigError {}

/// Most skill steps of one queue: what an event costs grows with them.
const SKILL_STEPS_MAX: usize = 8;

/// Most queues of one floor.
const QUEUES_MAX: usize = 1024;

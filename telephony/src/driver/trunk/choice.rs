//! Which trunk a call is tried on, and whether a failed try is one for the next trunk. Pure.

use super::health::{TrunkFault, TrunkHealth};

/// What the choice looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    /// The smallest is tried first.
    pub(crate) priority: u16,
    /// How it is doing.
    pub(crate) health: TrunkHealth,
    /// Whether it has room for one more call.
    pub(crate) has_room: bool,
}

/// The order in which to try: the living by priority, then the ailing, then those that are down. A
/// trunk that is down comes last and is not left out: where nothing else works, trying costs seconds.
pub(crate) fn order(candidates: &[Candidate]) -> Vec<usize> {
    let mut order: Vec<usize> =
        (0..candidates.len()).filter(|index| candidates[*index].has_room).collect();
    order.sort_by_key(|index| {
        let candidate = &candidates[*index];
        (rank(candidate.health), candidate.priority, *index)
    });
    order
}

fn rank(health: TrunkHealth) -> u8 {
    match health {
        TrunkHealth::Up => 0,
        TrunkHealth::Degraded { .. } => 1,
        TrunkHealth::Down { .. } => 2,
    }
}

/// What a refusal of an INVITE is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The trunk: the next one may do better.
    Trunk(TrunkFault),
    /// The called side: another trunk would hear the same, or ring a telephone twice.
    Called,
}

/// Reads a refusal (RFC 3261 §21.4 to §21.6). 401, 403 and 407 are refusals of us, not of the call.
pub(crate) fn about(code: u16) -> About {
    match code {
        401 | 403 | 407 | 408 | 500..=599 => About::Trunk(TrunkFault::Answered(code)),
        _ => About::Called,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: TrunkHealth = TrunkHealth::Up;
    const AILING: TrunkHealth = TrunkHealth::Degraded { why: TrunkFault::NoAnswer };
    const DOWN: TrunkHealth = TrunkHealth::Down { why: TrunkFault::Answered(500) };

    fn candidate(priority: u16, health: TrunkHealth) -> Candidate {
        Candidate { priority, health, has_room: true }
    }

    #[test]
    fn the_healthiest_comes_first_and_priority_decides_among_equals() {
        let trunks =
            [candidate(1, DOWN), candidate(5, AILING), candidate(20, UP), candidate(10, UP)];
        assert_eq!(order(&trunks), [3, 2, 1, 0]);
    }

    #[test]
    fn a_full_trunk_is_not_tried() {
        let full = Candidate { has_room: false, ..candidate(1, UP) };
        assert_eq!(order(&[full, candidate(2, DOWN)]), [1]);
        assert!(order(&[full]).is_empty());
    }

    #[test]
    fn a_refusal_by_the_called_side_is_final() {
        for code in [302, 404, 410, 480, 484, 486, 487, 488, 600, 603, 604] {
            assert_eq!(about(code), About::Called, "{code}");
        }
        for code in [401, 403, 407, 408, 500, 502, 503, 504, 580] {
            assert_eq!(about(code), About::Trunk(TrunkFault::Answered(code)), "{code}");
        }
    }
}

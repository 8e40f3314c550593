use super::*;

fn timing() -> GateTiming {
    GateTiming::default()
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

/// A path, and the time in milliseconds.
struct Walk {
    path: Path,
    start: Instant,
}

impl Walk {
    fn new(start: Instant) -> Self {
        Self { path: Path::new(timing(), start), start }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn check(&mut self, ms: u64, port: u16, priority: u32, nominates: bool) -> Option<PathNews> {
        let now = self.at(ms);
        let mut forgotten = Vec::new();
        let lost = self.path.handle_timeout(now, &mut forgotten);
        let (news, _) = self.path.checked(now, address(port), Check { priority, nominates });
        news.or(lost)
    }

    /// When the next loss is told, in milliseconds, if nothing more comes.
    fn lost_after(&mut self) -> u64 {
        loop {
            let at = self.path.poll_timeout().expect("a deadline");
            if self.path.handle_timeout(at, &mut Vec::new()) == Some(PathNews::Lost) {
                return (at - self.start).as_millis() as u64;
            }
        }
    }
}

fn walk() -> Walk {
    Walk::new(tokio::time::Instant::now().into_std())
}

const AT_1: Option<PathNews> = Some(PathNews::At(SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    1,
)));
const AT_2: Option<PathNews> = Some(PathNews::At(SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    2,
)));

#[test]
fn a_path_begins_with_a_nomination() {
    let mut walk = walk();
    assert_eq!(walk.check(0, 1, 9, false), None);
    assert!(walk.path.knows(address(1)) && !walk.path.is_open());
    assert_eq!(walk.check(50, 1, 9, true), AT_1);
    assert_eq!(walk.check(100, 1, 9, true), None);
}

#[test]
fn of_nominations_at_once_the_highest_priority_counts() {
    let mut low_first = walk();
    assert_eq!(low_first.check(0, 1, 5, true), AT_1);
    assert_eq!(low_first.check(20, 2, 9, true), AT_2);
    let mut high_first = walk();
    assert_eq!(high_first.check(0, 1, 9, true), AT_1);
    assert_eq!(high_first.check(20, 2, 5, true), None);
    // Said again later, it is meant.
    assert_eq!(high_first.check(2500, 2, 5, true), AT_2);
}

#[test]
fn a_changed_address_of_the_same_candidate_counts_at_once() {
    let mut walk = walk();
    assert_eq!(walk.check(0, 1, 9, true), AT_1);
    assert_eq!(walk.check(10, 2, 9, true), AT_2);
}

#[test]
fn a_living_address_replaces_a_silent_one() {
    let mut walk = walk();
    assert_eq!(walk.check(0, 1, 9, true), AT_1);
    assert_eq!(walk.check(2000, 2, 5, false), None);
    assert_eq!(walk.check(4000, 2, 5, false), AT_2);
}

#[test]
fn who_checks_often_is_missed_soon() {
    let mut walk = walk();
    for n in 0..6 {
        walk.check(n * 2500, 1, 9, true);
    }
    assert_eq!(walk.lost_after(), 5 * 2500 + 6000);
    assert_eq!(walk.check(60_000, 1, 9, false), AT_1, "it comes back");
}

#[test]
fn who_checks_at_the_pace_of_the_rfc_is_not_lost_between_two() {
    let mut walk = walk();
    for n in 0..20 {
        let news = walk.check(n * 6000, 1, 9, n == 0);
        assert_eq!(news, if n == 0 { AT_1 } else { None });
    }
    assert_eq!(walk.lost_after(), 19 * 6000 + 13_000);
}

#[test]
fn media_is_life_but_no_consent() {
    let mut walk = walk();
    walk.check(0, 1, 9, true);
    walk.path.media_heard(walk.at(12_000));
    assert_eq!(walk.lost_after(), 25_000);
    assert_eq!(walk.check(26_000, 1, 9, true), AT_1);
    walk.path.media_heard(walk.at(55_900));
    assert_eq!(walk.lost_after(), 56_000);
}

#[test]
fn addresses_are_forgotten_and_never_too_many() {
    let mut walk = walk();
    for port in 1..=100 {
        walk.check(u64::from(port), port, 9, port == 1);
    }
    assert_eq!(walk.path.addresses().count(), ADDRESSES_MAX);
    assert!(walk.path.knows(address(1)), "the chosen one stays");
    assert!(walk.path.knows(address(100)) && !walk.path.knows(address(80)));
    let mut forgotten = Vec::new();
    let later = walk.at(40_000);
    walk.path.handle_timeout(later, &mut forgotten);
    assert_eq!((forgotten.len(), walk.path.addresses().count()), (ADDRESSES_MAX, 0));
    assert_eq!(walk.path.poll_timeout(), None);
}

#[test]
fn who_does_not_connect_is_told_once() {
    let mut walk = walk();
    assert_eq!(walk.path.give_up(), Some(PathNews::Lost));
    assert_eq!(walk.path.give_up(), None);
    assert_eq!(walk.check(0, 1, 9, true), AT_1);
}

//! When somebody must be told that a certificate ends. Pure.

/// What is said, from quiet to loud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// At most 21 days are left.
    ThreeWeeks,
    /// At most 7 days.
    Week,
    /// At most one day.
    Day,
    /// It is over: browsers refuse the page.
    Over,
}

impl Notice {
    /// What `days` left call for, if anything.
    #[must_use]
    pub fn at(days: f64) -> Option<Self> {
        match days {
            days if days < 0.0 => Some(Self::Over),
            days if days <= 1.0 => Some(Self::Day),
            days if days <= 7.0 => Some(Self::Week),
            days if days <= 21.0 => Some(Self::ThreeWeeks),
            _ => None,
        }
    }
}

/// What was said of one certificate, so that each thing is said once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said(Option<Notice>);

impl Said {
    /// What is to be said now; `None` if it was said, or nothing is.
    pub fn next(&mut self, days: f64) -> Option<Notice> {
        let notice = Notice::at(days);
        let louder = notice > self.0;
        self.0 = notice;
        notice.filter(|_| louder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_said_once_as_the_days_go_by() {
        let mut said = Said::default();
        let mut heard = Vec::new();
        let mut days = 30.0;
        while days > -2.0 {
            heard.extend(said.next(days));
            days -= 0.25;
        }
        assert_eq!(heard, [Notice::ThreeWeeks, Notice::Week, Notice::Day, Notice::Over]);
    }

    #[test]
    fn a_new_certificate_begins_anew() {
        let mut said = Said::default();
        assert_eq!(said.next(0.5), Some(Notice::Day));
        assert_eq!(said.next(90.0), None);
        assert_eq!(said.next(6.0), Some(Notice::Week));
    }
}

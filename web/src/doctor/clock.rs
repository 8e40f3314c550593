//! Whether the machine's clock is kept right: waits, rosters and certificates go by it.

use std::process::{Command, Stdio};

use super::finding::Finding;

const CHECK: &str = "clock";

/// Asks systemd.
#[must_use]
pub fn look() -> Finding {
    let asked = Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let said = asked.ok().filter(|output| output.status.success());
    judge(said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).as_deref())
}

/// Pure.
fn judge(synchronized: Option<&str>) -> Finding {
    match synchronized {
        Some("yes") => Finding::ok(CHECK, "kept right over the network"),
        Some("no") => Finding::wrong(
            CHECK,
            "nobody keeps it right: waits and records get wrong times",
            "run `timedatectl set-ntp true`, or install chrony",
        ),
        Some(_) | None => Finding::warning(
            CHECK,
            "this system does not tell whether it is kept right",
            "make sure that chrony or systemd-timesyncd runs on the machine",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn only_a_clock_that_is_kept_is_well() {
        let verdicts = [Some("yes"), Some("no"), None].map(|said| judge(said).verdict);
        assert_eq!(verdicts, [Verdict::Ok, Verdict::Wrong, Verdict::Warning]);
    }
}

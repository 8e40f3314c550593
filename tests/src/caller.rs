//! A citizen on the line while a test does something else: `helpline dial` as a process.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::program::{Program, command};

/// How long anything that must happen may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A citizen who calls; gone with this value.
#[derive(Debug)]
pub struct Caller(Child);

impl Drop for Caller {
    fn drop(&mut self) {
        // Ended already in a test that passes.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Caller {
    /// Calls a number, with more of what `helpline dial` understands.
    ///
    /// # Panics
    /// The program cannot be started.
    #[must_use]
    pub fn begin(program: &Program, number: &str, more: &[&str]) -> Self {
        let to = format!("sip:{number}@{}", program.sip);
        let mut dial: Command = command(&["dial", "--to", &to]).expect("built");
        let child = dial.args(more).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.expect("it dials"))
    }

    /// Waits until a call is alive.
    ///
    /// # Panics
    /// None is after half a minute.
    pub async fn until_on_the_line(&self, program: &Program) {
        let until = Instant::now() + PATIENCE;
        while program.metric("helpline_calls").await.expect("metrics") < 1.0 {
            assert!(Instant::now() < until, "nobody is on the line");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the other side has hung up; false if the call was lost or refused.
    ///
    /// # Panics
    /// The caller is left in silence for half a minute.
    pub async fn was_hung_up(mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().expect("a status") {
                return status.success();
            }
            assert!(Instant::now() < until, "the caller is left in silence");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

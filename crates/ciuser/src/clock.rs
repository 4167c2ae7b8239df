//! The system's clock, behind core's port.

#![expect(clippy::disallowed_methods, reason = "the home of the clock")]

use std::sync::LazyLock;
use std::time::Instant;

use async_trait::async_trait;
use ciuser_core::port::Clock;
use jiff::{SignedDuration, Timestamp};

/// Begins when somebody first asks how long the program has been at work.
static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The time that the system shows, and waiting that lets other work of the thread go on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

#[async_trait(?Send)]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::try_from(BEGUN.elapsed()).unwrap_or(SignedDuration::MAX)
    }

    async fn sleep(&self, duration: SignedDuration) {
        // What lies in the past is waited for already.
        let duration = std::time::Duration::try_from(duration).unwrap_or_default();
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_takes_the_time_it_was_asked_to_and_none_for_the_past() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let before = SystemClock.now();
            SystemClock.sleep(SignedDuration::from_hours(-1)).await;
            let begun = SystemClock.uptime();
            SystemClock.sleep(SignedDuration::from_millis(5)).await;
            assert!(SystemClock.now() > before);
            assert!(SystemClock.uptime() - begun >= SignedDuration::from_millis(5));
        });
    }
}

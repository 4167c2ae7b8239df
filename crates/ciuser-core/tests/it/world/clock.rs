//! Time that moves when somebody sleeps, signals, the person, and what is reported.

use async_trait::async_trait;
use ciuser_core::apply::{Ask, Event, Report};
use ciuser_core::port::{Clock, Hold};
use jiff::{SignedDuration, Timestamp};

use super::Sim;

#[async_trait(?Send)]
impl Clock for Sim {
    fn now(&self) -> Timestamp {
        self.now.get().checked_add(self.skew.get()).unwrap()
    }

    fn uptime(&self) -> SignedDuration {
        self.now.get().duration_since(Timestamp::UNIX_EPOCH)
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.pass(duration);
        self.turn().await;
    }
}

impl Sim {
    pub(super) fn set_held(&self, held: bool) {
        let mut all = self.held.get();
        all[self.process.get()] = held;
        self.held.set(all);
    }

    /// The time at the services.
    pub(crate) fn server_now(&self) -> Timestamp {
        self.now.get()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, duration: SignedDuration) {
        self.now.set(self.now.get().checked_add(duration).unwrap());
    }
}

impl Hold for Sim {
    fn hold(&self) {
        self.set_held(true);
    }

    fn release(&self) {
        self.set_held(false);
    }

    fn interrupted(&self) -> bool {
        self.signalled.get() && !self.held.get()[self.process.get()]
    }
}

impl Ask for Sim {
    fn confirm(&self, question: &str) -> Option<bool> {
        self.effect("ask", |_| {
            self.questions.borrow_mut().push(question.to_owned());
            self.person.get()
        })
    }
}

impl Report for Sim {
    fn event(&self, event: Event<'_>) {
        self.events.borrow_mut().push(format!("{event:?}"));
    }
}

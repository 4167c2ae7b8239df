//! What the typed lines mean.

use std::io::{BufRead, Write};

use ciuser_policy::service;

use super::Lines;
use crate::ui::wizard::list::Item;
use crate::ui::wizard::stop::{List, Stop};
use crate::wizard::{Event, Field, Verdict, Wizard};

impl<R: BufRead, W: Write> Lines<'_, R, W> {
    pub(super) fn answer(&mut self, stop: Stop, line: &str, wizard: &Wizard) -> std::io::Result<Vec<Event>> {
        match (line, stop) {
            ("?", _) => {
                self.explain(stop)?;
                Ok(Vec::new())
            }
            ("<", _) => Ok(self.retreat(wizard)),
            (_, Stop::Text(field)) => Ok(self.text(field, line, wizard)),
            (_, Stop::List(list)) => self.choose(list, line, wizard),
            (_, Stop::Decision) => self.decide(line),
        }
    }

    fn text(&mut self, field: Field, line: &str, wizard: &Wizard) -> Vec<Event> {
        self.answered = Some(Stop::Text(field));
        let mut events = match line {
            "" => Vec::new(),
            "-" => vec![Event::Typed(field, String::new())],
            _ => vec![Event::Typed(field, line.to_owned())],
        };
        if let (Field::TagKey(row), "-") = (field, line) {
            events.push(Event::Typed(Field::TagValue(row), String::new()));
        }
        // An empty tag key, or the last empty row of a kind, is no row to go on from.
        if !(line.is_empty() && wizard.form().text(field).is_empty()) {
            events.push(Event::Left(field));
        }
        events
    }

    fn choose(&mut self, list: List, line: &str, wizard: &Wizard) -> std::io::Result<Vec<Event>> {
        if line.is_empty() {
            self.answered = Some(Stop::List(list));
            return Ok(Vec::new());
        }
        if let Some(services) = line.strip_prefix("for ").filter(|_| list == List::Policies) {
            return self.usual(services, wizard);
        }
        if let Some(number) = line.strip_prefix("d ") {
            return self.read_document(number, wizard);
        }
        let numbers: Result<Vec<usize>, _> = line
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .map(str::parse)
            .collect();
        let Ok(numbers) = numbers else {
            self.offer(list, line, wizard)?;
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        for number in numbers {
            match self.numbered(number) {
                Some(item) => {
                    let (name, chosen) = (item.name.clone(), item.chosen);
                    events.push(item.event.clone());
                    let done = if chosen && item_is_many(list) {
                        "is not chosen any more"
                    } else {
                        "is chosen"
                    };
                    self.say(&format!("{name} {done}."))?;
                }
                None => self.no_such_number(number)?,
            }
        }
        if list == List::Attach && !events.is_empty() {
            self.answered = Some(Stop::List(list));
        }
        // The numbers stay, and what is chosen has changed: the next choice must know.
        for item in self.shown.iter_mut().filter(|item| events.contains(&item.event)) {
            item.chosen = !item.chosen || !item.many;
        }
        Ok(events)
    }

    fn numbered(&self, number: usize) -> Option<&Item> {
        self.shown.get(number.checked_sub(1)?)
    }

    fn no_such_number(&mut self, number: usize) -> std::io::Result<()> {
        self.verdict(&Verdict::bad(format!(
            "there is no choice {number}; words search for some"
        )))
    }

    /// Chooses the usual policies of services, as `--for` does.
    fn usual(&mut self, services: &str, wizard: &Wizard) -> std::io::Result<Vec<Event>> {
        let mut events = Vec::new();
        for service in services.split([',', ' ']).filter(|service| !service.is_empty()) {
            let Some(policy) = service::policies_for(service).and_then(|name| name.parse().ok()) else {
                let known: Vec<&str> = service::known_services().collect();
                let hint = format!("known: {}", known.join(", "));
                let unknown = Verdict::bad(format!("no managed policy is known for the service {service}"));
                self.verdict(&unknown.with_hint(Some(hint)))?;
                continue;
            };
            self.say(&format!("{policy} is chosen."))?;
            if !wizard.form().policies.contains(&policy) {
                events.push(Event::Policy(policy));
            }
        }
        Ok(events)
    }

    fn read_document(&mut self, number: &str, wizard: &Wizard) -> std::io::Result<Vec<Event>> {
        let item = number.trim().parse().ok().and_then(|number| self.numbered(number));
        let Some(policy) = item.and_then(|item| item.policy.clone()) else {
            self.verdict(&Verdict::bad(
                "d reads out the document of a number that was offered, such as d 1",
            ))?;
            return Ok(Vec::new());
        };
        match wizard.document(&policy) {
            Ok(document) => {
                self.say(&document)?;
                Ok(Vec::new())
            }
            Err(_) => {
                self.say("It is one of the account's own and is being read; ask for it once more.")?;
                Ok(vec![Event::Document(policy)])
            }
        }
    }

    fn decide(&mut self, line: &str) -> std::io::Result<Vec<Event>> {
        Ok(match line {
            "1" => vec![Event::Apply],
            "2" => vec![Event::Back],
            "3" => return self.save(),
            "4" => vec![Event::Quit],
            _ => {
                self.verdict(&Verdict::bad("a number from 1 to 4 is needed"))?;
                Vec::new()
            }
        })
    }

    fn save(&mut self) -> std::io::Result<Vec<Event>> {
        self.prompt(&format!("Write to [{}]", self.facts.save_as.clone()))?;
        let Some(line) = self.read()? else {
            return Ok(vec![Event::Quit]);
        };
        Ok(match line.trim() {
            "<" => Vec::new(),
            "" => vec![Event::Save(self.facts.save_as.clone())],
            file => vec![Event::Save(file.to_owned())],
        })
    }
}

/// Taking a choice back is possible where several can be made.
fn item_is_many(list: List) -> bool {
    matches!(list, List::Policies | List::Groups)
}

/// Says what is chosen from a list.
pub(super) fn chosen(list: List, wizard: &Wizard) -> String {
    let form = wizard.form();
    match list {
        List::Policies => match form.policies.as_slice() {
            [] => "none".to_owned(),
            policies => policies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        },
        List::Groups => match form.groups.as_slice() {
            [] => "none".to_owned(),
            groups => groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        },
        List::Boundary => form.boundary.as_ref().map_or("none".to_owned(), ToString::to_string),
        List::Attach => String::new(),
    }
}

//! Reads the reference from its table; what the lines are is described where they are made, in `xtask`.

use crate::catalogue::Source;
use crate::catalogue::blob::{Table, Unreadable};
use crate::catalogue::reference::rows::{
    ActionResourceRow, ActionRow, ConditionKeyRow, ResourceTypeRow, Run, ServiceRow,
};
use crate::catalogue::reference::{AccessLevel, AuthorizationReference, ValueType};

/// Unpacks and reads a whole reference.
pub(super) fn load(mut blob: &[u8]) -> Result<AuthorizationReference, Unreadable> {
    read(Table::unpack(&mut blob)?)
}

fn read(mut table: Table) -> Result<AuthorizationReference, Unreadable> {
    let sources = [Source::from_row(table.row()?), Source::from_row(table.row()?)];
    let mut loader = Loader {
        reference: AuthorizationReference::empty(sources),
        table,
    };
    let [condition_keys, services] = loader.table.row()?;
    let (condition_keys, services) = (loader.number(condition_keys)?, loader.number(services)?);
    for _ in 0..condition_keys {
        loader.condition_key()?;
    }
    for _ in 0..services {
        loader.service()?;
    }
    loader.end()
}

struct Loader {
    table: Table,
    reference: AuthorizationReference,
}

impl Loader {
    fn condition_key(&mut self) -> Result<(), Unreadable> {
        let [name, value_type, global] = self.table.row()?;
        let row = ConditionKeyRow {
            name,
            around_variable: around_variable(name),
            value_type: self.read(ValueType::from_name(value_type))?,
            is_global: match global {
                "*" => true,
                "" => false,
                _ => return Err(self.table.misread()),
            },
        };
        self.reference.condition_keys.push(row);
        Ok(())
    }

    /// Reads a service with its resource types and actions.
    fn service(&mut self) -> Result<(), Unreadable> {
        let [prefix, name, condition_keys, resource_types, actions] = self.table.row()?;
        let condition_keys = self.key_numbers(condition_keys)?;
        let (resource_types, actions) = (self.number(resource_types)?, self.number(actions)?);
        let types_before = self.reference.resource_types.len();
        for _ in 0..resource_types {
            self.resource_type()?;
        }
        let resource_types = self.run(types_before, self.reference.resource_types.len())?;
        let actions_before = self.reference.actions.len();
        for _ in 0..actions {
            self.action(resource_types)?;
        }
        let row = ServiceRow {
            prefix,
            name,
            condition_keys,
            resource_types,
            actions: self.run(actions_before, self.reference.actions.len())?,
        };
        self.reference.services.push(row);
        Ok(())
    }

    fn resource_type(&mut self) -> Result<(), Unreadable> {
        let [name, arn_formats, condition_keys] = self.table.row()?;
        let row = ResourceTypeRow {
            name,
            arn_formats,
            condition_keys: self.key_numbers(condition_keys)?,
        };
        self.reference.resource_types.push(row);
        Ok(())
    }

    /// Reads an action of the service that is next, which has these resource types.
    fn action(&mut self, resource_types: Run) -> Result<(), Unreadable> {
        let [name, access_level, resources, condition_keys, dependent_actions] = self.table.row()?;
        let row = ActionRow {
            name,
            resources: self.resources(resources, resource_types)?,
            condition_keys: self.key_numbers(condition_keys)?,
            dependent_actions: self.action_numbers(dependent_actions)?,
            number: self.read(u32::try_from(self.reference.actions.len()).ok())?,
            service: self.read(u16::try_from(self.reference.services.len()).ok())?,
            access_level: self.read(AccessLevel::from_letter(access_level))?,
        };
        self.reference.actions.push(row);
        Ok(())
    }

    /// Reads the resource types that an action takes: numbers in its service, `*` if required, `:` and condition keys.
    fn resources(&mut self, cell: &'static str, resource_types: Run) -> Result<Run, Unreadable> {
        let before = self.reference.action_resources.len();
        for entry in cell.split_ascii_whitespace() {
            let (number, condition_keys) = entry.split_once(':').unwrap_or((entry, ""));
            let (number, required) = match number.strip_suffix('*') {
                Some(number) => (number, true),
                None => (number, false),
            };
            let number = self.number(number)?;
            let exists = usize::from(number) < resource_types.of(&self.reference.resource_types).len();
            let first = u16::try_from(resource_types.start()).ok().filter(|_| exists);
            let row = ActionResourceRow {
                condition_keys: self.key_numbers(condition_keys)?,
                resource_type: self.read(first.and_then(|first| first.checked_add(number)))?,
                required,
            };
            self.reference.action_resources.push(row);
        }
        self.run(before, self.reference.action_resources.len())
    }

    fn key_numbers(&mut self, cell: &'static str) -> Result<Run, Unreadable> {
        let before = self.reference.key_numbers.len();
        for number in cell.split_terminator(',') {
            let number = self.number(number)?;
            let exists = usize::from(number) < self.reference.condition_keys.len();
            let number = self.read(Some(number).filter(|_| exists))?;
            self.reference.key_numbers.push(number);
        }
        self.run(before, self.reference.key_numbers.len())
    }

    /// Reads numbers of actions; that these exist is known at the end only.
    fn action_numbers(&mut self, cell: &'static str) -> Result<Run, Unreadable> {
        let before = self.reference.action_numbers.len();
        for number in cell.split_terminator(',') {
            let number = self.read(number.parse().ok())?;
            self.reference.action_numbers.push(number);
        }
        self.run(before, self.reference.action_numbers.len())
    }

    fn end(mut self) -> Result<AuthorizationReference, Unreadable> {
        let actions = self.reference.actions.len();
        let exists = |number: &u32| (*number as usize) < actions;
        if !self.reference.action_numbers.iter().all(exists) || self.table.next_row::<1>()?.is_some() {
            return Err(self.table.misread());
        }
        Ok(self.reference)
    }

    fn number(&self, text: &str) -> Result<u16, Unreadable> {
        self.read(text.parse().ok())
    }

    fn run(&self, start: usize, end: usize) -> Result<Run, Unreadable> {
        self.read(Run::between(start, end))
    }

    /// Returns what was made of the present line, or that nothing could be.
    fn read<T>(&self, made: Option<T>) -> Result<T, Unreadable> {
        made.ok_or_else(|| self.table.misread())
    }
}

/// Splits a key's name around its variable part, which AWS writes as `${TagKey}` or `<key>`.
fn around_variable(name: &'static str) -> Option<(&'static str, &'static str)> {
    let (before, rest) = name.split_once("${").or_else(|| name.split_once('<'))?;
    let (_, after) = rest.split_once(['}', '>'])?;
    Some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::reference::Action;

    const GOOD: &str = "\
data\t1\t2026-01-02\tMIT
dependents\t2\t2026-01\tMIT
2\t1
aws:RequestTag/${TagKey}\tString\t*
box:lid\tBool\t
box\tBoxes\t0,1\t2\t2
box\tarn:${Partition}:box:::${Box}\t1
lid\tarn:${Partition}:box:::lid,arn:${Partition}:box:::top\t
CloseBox\tW\t0*:1 1\t\t
OpenBox\tR\t\t0\t0
";

    fn read(text: &str) -> Result<&'static AuthorizationReference, String> {
        let text = text.to_owned().leak();
        match super::read(Table::of(text)) {
            Ok(reference) => Ok(Box::leak(Box::new(reference))),
            Err(unreadable) => Err(unreadable.to_string()),
        }
    }

    fn fault(line: usize) -> Option<String> {
        Some(format!("line {line} has other columns than expected"))
    }

    #[test]
    fn what_the_table_says_is_there() {
        let reference = read(GOOD).unwrap();
        assert_eq!(
            reference.sources().map(|source| source.as_of),
            ["2026-01-02", "2026-01"]
        );
        let [close, open] = reference.actions().collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(
            format!("{:?}", close.resources().collect::<Vec<_>>()),
            "[ActionResource(box*), ActionResource(lid)]"
        );
        assert_eq!((close.number(), open.number()), (0, 1));
        assert_eq!(
            format!("{:?}", open.dependent_actions().collect::<Vec<_>>()),
            "[Action(box:CloseBox)]"
        );
        let names = |action: Action| action.condition_keys().map(|key| key.name()).collect::<Vec<_>>();
        assert_eq!(
            (names(close), names(open)),
            (vec!["box:lid"], vec!["aws:RequestTag/${TagKey}"])
        );
    }

    #[test]
    fn a_number_of_what_does_not_exist_is_a_fault_and_not_left_out() {
        for (good, bad, line) in [
            ("Boxes\t0,1", "Boxes\t0,2", 6),
            ("${Box}\t1", "${Box}\t2", 7),
            ("0*:1 1", "0*:2 1", 9),
            ("0*:1 1", "0*:1 2", 9),
            ("OpenBox\tR\t\t0\t0", "OpenBox\tR\t\t0\t2", 10),
        ] {
            assert!(GOOD.contains(good), "{good}");
            assert_eq!(read(&GOOD.replace(good, bad)).err(), fault(line), "{bad}");
        }
    }

    #[test]
    fn a_word_that_means_nothing_is_a_fault() {
        for (good, bad, line) in [
            ("2\t1\n", "2\tone\n", 3),
            ("Bool", "Boolean", 5),
            ("String\t*", "String\tall", 4),
            ("\tW\t", "\tX\t", 9),
            ("0*:1 1", "0! 1", 9),
        ] {
            assert!(GOOD.contains(good), "{good}");
            assert_eq!(read(&GOOD.replace(good, bad)).err(), fault(line), "{bad}");
        }
    }

    #[test]
    fn a_table_with_less_or_more_than_it_says_is_a_fault() {
        let (first, _) = GOOD.split_at(GOOD.rfind("OpenBox").unwrap());
        assert_eq!(read(first).err(), fault(10));
        assert_eq!(read(&format!("{GOOD}OpenBox\n")).err(), fault(11));
        assert_eq!(read("").err(), fault(1));
    }
}

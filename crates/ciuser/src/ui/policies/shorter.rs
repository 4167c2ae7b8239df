//! How much shorter a policy got.

use crate::ui::Ui;

/// The sizes of a policy in characters without white space.
#[derive(Debug)]
pub(crate) struct ShorterRow<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// The size that it had.
    pub(crate) before: usize,
    /// The size that it has, or could have.
    pub(crate) after: usize,
    /// What has a quota, and how much.
    pub(crate) quotas: Vec<(&'static str, usize)>,
    /// Whether it means the same for the actions that AWS has now only.
    pub(crate) only_known_actions: bool,
}

impl Ui {
    /// Says how much shorter a policy got, and what it may be with that.
    pub(crate) fn shorter(&self, row: &ShorterRow<'_>) {
        let &ShorterRow { before, after, .. } = row;
        let quotas = row.quotas.iter().map(|(what, quota)| in_quota(after, *quota, what));
        let quotas = quotas.collect::<Vec<_>>().join(", ");
        let quotas = if quotas.is_empty() {
            quotas
        } else {
            format!("; {quotas}")
        };
        let sign = self.sign("✓", "ok");
        if after >= before {
            let lead = format!("  {sign} {}  ", self.bold(row.name));
            let text = format!("{} characters, as short as it gets{quotas}", thousands(after));
            self.talk(&self.hanging(&lead, &text));
            return;
        }
        let proven = if row.only_known_actions {
            " for the actions that AWS has now"
        } else {
            ""
        };
        let lead = format!("  {} {}  ", self.green(sign), self.bold(row.name));
        let text = format!(
            "{} {} {} characters ({} saved), proven to mean the same{proven}{quotas}",
            thousands(before),
            self.sign("→", "->"),
            thousands(after),
            share(before - after, before),
        );
        self.talk(&self.hanging(&lead, &text));
    }
}

fn in_quota(size: usize, quota: usize, what: &str) -> String {
    let quota_in_words = thousands(quota);
    match size.checked_sub(quota) {
        Some(over @ 1..) => format!("{} over the {quota_in_words} for {what}", thousands(over)),
        _ => format!("{} of the {quota_in_words} for {what}", share(size, quota)),
    }
}

/// Writes a part of a whole in percent.
fn share(part: usize, whole: usize) -> String {
    format!("{} %", (part * 100 + whole / 2).checked_div(whole).unwrap_or_default())
}

/// Writes a number with commas: `6,144`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == first {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_shares_are_rounded() {
        assert_eq!(
            [7, 999, 6144, 1234567].map(thousands),
            ["7", "999", "6,144", "1,234,567"]
        );
        assert_eq!([share(1, 3), share(2, 3), share(1, 1000)], ["33 %", "67 %", "0 %"]);
    }
}

//! Measures the policy engine; `cargo run -p xtask -- bench policy` runs it and writes the page.
//!
//! `measure WHAT [REQUESTS]` prints one JSON object. `REQUESTS` is a file of JSON lines with `action`, `resource` and
//! `context`; they are decided by the three policies of the console procedure.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a program that measures reads a file and the clock, and prints; what is not there ends it"
)]

#[path = "../tests/it/rewrite.rs"]
mod rewrite;

use std::time::{Duration, Instant};

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::Document;
use ciuser_policy::evaluate::PolicySet;
use ciuser_policy::minimise::{Options, minimise};
use ciuser_policy::request::{Context, Request};
use serde_json::{Value, json};

type Outcome = Result<Value, Box<dyn std::error::Error>>;

/// The policies of the console procedure.
const PROCEDURE: [&str; 3] = [
    "AmazonS3FullAccess",
    "CloudFrontFullAccess",
    "AdministratorAccess-AWSElasticBeanstalk",
];
/// As long a figure is measured.
const WINDOW: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match arguments.as_slice() {
        ["policies"] => policies()?,
        ["decide", requests] => decide(requests)?,
        ["growth"] => growth()?,
        ["labelled", cases] => labelled(cases)?,
        ["rewritten"] => rewritten_managed()?,
        ["versions"] => versions()?,
        ["minimise"] => minimised()?,
        _ => {
            return Err(
                "measure policies | decide FILE | growth | labelled FILE | rewritten | versions | minimise".into(),
            );
        }
    };
    println!("{figures}");
    Ok(())
}

fn managed(name: &str) -> Result<&'static str, String> {
    let policy = Catalogue::embedded().by_name(name);
    policy
        .map(|policy| policy.document())
        .ok_or_else(|| format!("no policy `{name}`"))
}

fn read(text: &str) -> Result<Document, String> {
    Document::read(text).ok_or_else(|| "not a policy".to_owned())
}

fn set(documents: &[Document]) -> PolicySet {
    PolicySet::compile(documents.iter().map(|document| ("policy", document)))
}

fn grants(document: &Document) -> Grants {
    Grants::of([("policy", document)])
}

/// The policies themselves, for other engines.
fn policies() -> Outcome {
    let policies = PROCEDURE.iter().map(|name| Ok(serde_json::from_str(managed(name)?)?));
    policies
        .collect::<Result<Vec<Value>, Box<dyn std::error::Error>>>()
        .map(Value::from)
}

/// Decisions a second, each request in turn; and how long it takes to get ready.
fn decide(requests: &str) -> Outcome {
    let texts = PROCEDURE
        .iter()
        .map(|name| managed(name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut ready = Vec::new();
    let mut policies = PolicySet::default();
    for _ in 0..200 {
        let start = Instant::now();
        let documents = texts.iter().map(|text| read(text)).collect::<Result<Vec<_>, _>>()?;
        policies = set(&documents);
        ready.push(start.elapsed());
    }
    let requests = requests_of(&std::fs::read_to_string(requests)?)?;
    let rate = rate(&policies, &requests);
    Ok(json!({
        "statements": policies.len(),
        "requests": requests.len(),
        "decisions_per_second": rate,
        "ready_ms": median_ms(&mut ready),
        "one": spread(one_by_one(&policies, &requests)),
    }))
}

/// How long each of many decisions takes by itself.
fn one_by_one(policies: &PolicySet, requests: &[Request]) -> Vec<Duration> {
    let mut took = Vec::new();
    for request in requests.iter().cycle().take(100_000) {
        let start = Instant::now();
        std::hint::black_box(policies.decide(std::hint::black_box(request)));
        took.push(start.elapsed());
    }
    took
}

fn requests_of(lines: &str) -> Result<Vec<Request>, Box<dyn std::error::Error>> {
    let mut requests = Vec::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line)?;
        let text = |key: &str| line[key].as_str().unwrap_or_default();
        let context = line["context"].as_object().into_iter().flatten();
        let context: Context = context
            .map(|(key, value)| (key, value.as_str().unwrap_or_default()))
            .collect();
        requests.push(Request::new(text("action"), text("resource")).with_context(context));
    }
    Ok(requests)
}

fn rate(policies: &PolicySet, requests: &[Request]) -> f64 {
    let start = Instant::now();
    let mut decisions = 0_u32;
    while start.elapsed() < WINDOW {
        for _ in 0..20 {
            for request in requests {
                std::hint::black_box(policies.decide(std::hint::black_box(request)));
                decisions += 1;
            }
        }
    }
    f64::from(decisions) / start.elapsed().as_secs_f64()
}

/// What more statements cost: the statements of AWS's policies, one after the other.
fn growth() -> Outcome {
    let mut rows = Vec::new();
    for statements in [10, 100, 1_000] {
        let mut all = Vec::new();
        for policy in Catalogue::embedded().policies() {
            let document: Value = serde_json::from_str(policy.document())?;
            all.extend(document["Statement"].as_array().into_iter().flatten().cloned());
        }
        let step = (all.len() / statements).max(1);
        let some: Vec<Value> = all.into_iter().step_by(step).take(statements).collect();
        let document = json!({"Version": "2012-10-17", "Statement": some});
        let other = rewrite::rewritten(&document, &mut rewrite::Dice::new(1));
        let [document, other] = [document, other].map(|document| read(&document.to_string()));
        let (document, other) = (document?, other?);
        let actions = [
            "s3:GetObject",
            "ec2:RunInstances",
            "iam:PassRole",
            "lambda:InvokeFunction",
            "logs:PutLogEvents",
        ];
        let requests = actions.map(|action| Request::new(action, "arn:aws:s3:::bucket/key"));
        let start = Instant::now();
        let proven = contains(&grants(&document), &grants(&other)) == Containment::Proven;
        let proof_ms = start.elapsed().as_secs_f64() * 1_000.0;
        rows.push(json!({
            "statements": statements,
            "decisions_per_second": rate(&set(std::slice::from_ref(&document)), &requests),
            "proof_ms": proof_ms,
            "proven": proven,
        }));
    }
    Ok(rows.into())
}

/// The verdicts that AWS states, all together.
fn labelled(cases: &str) -> Outcome {
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(cases)?)?;
    let mut took = Vec::new();
    let mut others = Vec::new();
    for case in cases["cases"].as_array().into_iter().flatten() {
        let side = |side: &str| read(&case[side].to_string().replace("<ACCOUNT ID>", "111111111111"));
        let (reference, candidate) = (side("reference")?, side("candidate")?);
        let start = Instant::now();
        let outcome = contains(&grants(&reference), &grants(&candidate));
        took.push(start.elapsed());
        let stated = match outcome {
            Containment::Proven => "PASS",
            Containment::NotProven(_) => "FAIL",
            Containment::Undecided => "undecided",
        };
        if case["expect"] != stated {
            others.push(case["id"].clone());
        }
    }
    let mut figures = spread(took);
    figures["others"] = others.into();
    Ok(figures)
}

/// Every managed policy against itself written in another way, both ways.
fn rewritten_managed() -> Outcome {
    let mut took = Vec::new();
    let mut not_proven = Vec::new();
    for (seed, policy) in (1..).zip(Catalogue::embedded().policies()) {
        let document = serde_json::from_str(policy.document())?;
        let other = rewrite::rewritten(&document, &mut rewrite::Dice::new(seed)).to_string();
        let [one, other] = [grants(&read(policy.document())?), grants(&read(&other)?)];
        let start = Instant::now();
        let both = [contains(&one, &other), contains(&other, &one)];
        took.push(start.elapsed());
        if both != [Containment::Proven, Containment::Proven] {
            not_proven.push(policy.name);
        }
    }
    let mut figures = spread(took);
    figures["not_proven"] = json!(not_proven);
    Ok(figures)
}

/// The last version of every managed policy against the one before.
fn versions() -> Outcome {
    let mut took = Vec::new();
    let (mut within, mut confirmed, mut others) = (0, 0, Vec::new());
    for policy in Catalogue::embedded().policies() {
        let versions = policy.versions();
        let [.., before, last] = versions.as_slice() else {
            continue;
        };
        let [before, last] = [grants(&read(before.document())?), grants(&read(last.document())?)];
        let start = Instant::now();
        let outcome = contains(&before, &last);
        took.push(start.elapsed());
        match outcome {
            Containment::Proven => within += 1,
            Containment::NotProven(witness) if witness.confirmed => confirmed += 1,
            _ => others.push(policy.name),
        }
    }
    let mut figures = spread(took);
    figures["within"] = json!(within);
    figures["confirmed"] = json!(confirmed);
    figures["others"] = json!(others);
    Ok(figures)
}

/// How much shorter managed policies get, each proven to mean the same.
fn minimised() -> Outcome {
    let mut took = Vec::new();
    let mut shrunk = Vec::new();
    let (mut before, mut after) = (0, 0);
    for policy in Catalogue::embedded().policies() {
        let document = read(policy.document())?;
        let start = Instant::now();
        let shorter = minimise(&document, Options::default());
        took.push(start.elapsed());
        let [one, other] = [&document, &shorter].map(grants);
        if contains(&one, &other) != Containment::Proven || contains(&other, &one) != Containment::Proven {
            return Err(format!("`{}` is not the same when it is minimised", policy.name).into());
        }
        let sizes = [document.size(), shorter.size()].map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        before += sizes[0];
        after += sizes[1];
        shrunk.push(1.0 - f64::from(sizes[1]) / f64::from(sizes[0]));
    }
    shrunk.sort_by(f64::total_cmp);
    let mut figures = spread(took);
    figures["before"] = json!(before);
    figures["after"] = json!(after);
    figures["median_shrink"] = json!(shrunk[shrunk.len() / 2]);
    Ok(figures)
}

fn median_ms(took: &mut [Duration]) -> f64 {
    took.sort_unstable();
    took[took.len() / 2].as_secs_f64() * 1_000.0
}

/// Returns the middle, the hundredth longest, the longest, and all together.
fn spread(mut took: Vec<Duration>) -> Value {
    let total: Duration = took.iter().sum();
    let p50 = median_ms(&mut took);
    json!({
        "count": took.len(),
        "total_s": total.as_secs_f64(),
        "p50_ms": p50,
        "p99_ms": took[took.len() * 99 / 100].as_secs_f64() * 1_000.0,
        "max_ms": took[took.len() - 1].as_secs_f64() * 1_000.0,
    })
}

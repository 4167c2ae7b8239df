//! Decides requests with the crate iam-rs, and prints how many a second. `iam_rs POLICIES REQUESTS`

use std::time::{Duration, Instant};

use iam_rs::{Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId};
use serde_json::{Value, json};

fn main() {
    let files: Vec<String> = std::env::args().skip(1).map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let policies: Vec<Value> = serde_json::from_str(&files[0]).unwrap();
    let policies = policies.iter().map(|policy| IAMPolicy::from_json(&policy.to_string()).unwrap()).collect();
    let evaluator = PolicyEvaluator::with_policies(policies);
    let requests: Vec<IAMRequest> = files[1].lines().map(request).collect();
    let is_allowed = |request: &&IAMRequest| evaluator.evaluate(request).is_ok_and(|result| result.decision == Decision::Allow);
    let allowed = requests.iter().filter(is_allowed).count();
    let start = Instant::now();
    let mut decisions = 0;
    while start.elapsed() < Duration::from_secs(3) {
        for request in &requests {
            let _ = std::hint::black_box(evaluator.evaluate(request));
            decisions += 1;
        }
    }
    let rate = f64::from(decisions) / start.elapsed().as_secs_f64();
    println!("{}", json!({"allowed": allowed, "decisions_per_second": rate}));
}

fn request(line: &str) -> IAMRequest {
    let line: Value = serde_json::from_str(line).unwrap();
    let mut context = Context::new();
    for (key, value) in line["context"].as_object().unwrap() {
        context.insert(key.clone(), ContextValue::String(value.as_str().unwrap().to_owned()));
    }
    let principal = Principal::Aws(PrincipalId::String("arn:aws:iam::111122223333:user/ci".to_owned()));
    let resource = Arn::parse(line["resource"].as_str().unwrap()).unwrap();
    IAMRequest::new_with_context(principal, line["action"].as_str().unwrap(), resource, context)
}

//! A double of Secrets Manager and Parameter Store: the few operations that are used, with the answers that AWS
//! documents. It checks no signature; moto and ministack judge the requests in the foreign tests.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_aws::{NobodyToAsk, Options, Session as AwsSession, StaticCredentials};
use ciuser_core::name::{Region, RunId};
use ciuser_core::port::{Store, Transport, TransportError};
use ciuser_core::target::StoreSpec;
use http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::rig::{Waits, answer, json as answered, key, lost, reach, run};
use crate::store::Session;
use crate::store::contract::{Ground, Rig};
use crate::targets::Reach;

pub(super) type Answered = Result<Response<Bytes>, TransportError>;

/// A secret: its versions in order, the newest current.
#[derive(Debug, Default)]
pub(super) struct FakeSecret {
    pub(super) versions: Vec<(String, Value)>,
    pub(super) asked: Value,
    pub(super) more: Value,
    pub(super) deleted: bool,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) secrets: BTreeMap<String, FakeSecret>,
    /// Parameters, as their `PutParameter` asked for each version.
    pub(super) parameters: BTreeMap<String, Vec<Value>>,
    pub(super) calls: Vec<String>,
    /// An operation, and what happens to its next call instead of an answer; after it was carried out, or before.
    pub(super) fault: Option<(&'static str, bool, Answered)>,
    /// An operation that fails whenever it is called.
    pub(super) broken: Option<&'static str>,
}

/// The two services.
pub(super) struct Aws(pub(super) Mutex<State>);

impl std::fmt::Debug for Aws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aws")
    }
}

#[async_trait]
impl Transport for Aws {
    async fn send(&self, request: Request<Bytes>) -> Answered {
        let target = request.headers()["x-amz-target"].to_str().unwrap();
        let (service, operation) = target.split_once('.').unwrap();
        let state = &mut *self.0.lock().unwrap();
        state.calls.push(operation.to_owned());
        if state.broken == Some(operation) {
            return refused(500, "InternalServerError");
        }
        let strikes = state.fault.take_if(|(struck, ..)| *struck == operation);
        if let Some((_, false, instead)) = strikes {
            return instead;
        }
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let answer = match service {
            "secretsmanager" => secrets_manager(&mut state.secrets, operation, &asked),
            "AmazonSSM" => ssm(&mut state.parameters, operation, &asked),
            other => panic!("{other} is not served"),
        };
        match strikes {
            Some((_, _, instead)) => instead,
            None => match answer {
                Ok(value) => answered(200, &value),
                Err(code) => refused(400, code),
            },
        }
    }
}

/// An error as these services write it.
pub(super) fn refused(status: u16, code: &str) -> Answered {
    answered(
        status,
        &json!({ "__type": code, "message": format!("because of {code}") }),
    )
}

fn secrets_manager(
    secrets: &mut BTreeMap<String, FakeSecret>,
    operation: &str,
    asked: &Value,
) -> Result<Value, &'static str> {
    let name = asked.get("SecretId").or(asked.get("Name")).unwrap().as_str().unwrap();
    if operation == "CreateSecret" {
        if secrets.contains_key(name) {
            return Err("ResourceExistsException");
        }
        let version = asked["ClientRequestToken"].as_str().unwrap().to_owned();
        let made = FakeSecret {
            versions: vec![(version, asked["SecretString"].clone())],
            asked: asked.clone(),
            ..FakeSecret::default()
        };
        secrets.insert(name.to_owned(), made);
        return Ok(json!({}));
    }
    let secret = secrets.get_mut(name).ok_or("ResourceNotFoundException")?;
    if secret.deleted && !["DescribeSecret", "RestoreSecret"].contains(&operation) {
        return Err("InvalidRequestException");
    }
    match operation {
        "DescribeSecret" => Ok(described(secret)),
        "GetSecretValue" => match secret.versions.last() {
            Some((version, value)) => Ok(json!({ "VersionId": version, "SecretString": value })),
            None => Err("ResourceNotFoundException"),
        },
        "PutSecretValue" => {
            let (token, value) = (asked["ClientRequestToken"].as_str().unwrap(), &asked["SecretString"]);
            match secret.versions.iter().find(|(version, _)| version == token) {
                Some((_, same)) if same == value => {}
                Some(_) => return Err("ResourceExistsException"),
                None => secret.versions.push((token.to_owned(), value.clone())),
            }
            Ok(json!({}))
        }
        "DeleteSecret" => {
            assert_eq!(asked["RecoveryWindowInDays"], 30);
            assert!(asked.get("ForceDeleteWithoutRecovery").is_none());
            secret.deleted = true;
            Ok(json!({}))
        }
        "RestoreSecret" => {
            secret.deleted = false;
            Ok(json!({}))
        }
        other => panic!("{other} is not served"),
    }
}

fn described(secret: &FakeSecret) -> Value {
    let stages: serde_json::Map<_, _> = (secret.versions.iter().rev())
        .zip(["AWSCURRENT", "AWSPREVIOUS"])
        .map(|((version, _), stage)| (version.clone(), json!([stage])))
        .collect();
    let mut described = json!({ "VersionIdsToStages": stages, "Tags": secret.asked["Tags"] });
    if secret.deleted {
        described["DeletedDate"] = json!(1_794_998_527.25);
    }
    for (field, value) in secret.more.as_object().into_iter().flatten() {
        described[field] = value.clone();
    }
    described
}

fn ssm(parameters: &mut BTreeMap<String, Vec<Value>>, operation: &str, asked: &Value) -> Result<Value, &'static str> {
    let name = asked["Name"].as_str().unwrap();
    match operation {
        "PutParameter" => {
            let overwrite = asked["Overwrite"].as_bool().unwrap();
            assert!(
                !overwrite || asked.get("Tags").is_none(),
                "AWS takes tags of a new parameter only"
            );
            if !overwrite && parameters.contains_key(name) {
                return Err("ParameterAlreadyExists");
            }
            parameters.entry(name.to_owned()).or_default().push(asked.clone());
            Ok(json!({ "Version": 1, "Tier": "Standard" }))
        }
        "DeleteParameter" => parameters.remove(name).map(|_| json!({})).ok_or("ParameterNotFound"),
        "GetParameter" => {
            assert_eq!(asked["WithDecryption"], true);
            let versions = parameters.get(name).ok_or("ParameterNotFound")?;
            let newest = versions.last().unwrap();
            let shown = json!({ "Type": newest["Type"], "Value": newest["Value"], "Version": versions.len() });
            Ok(json!({ "Parameter": shown }))
        }
        // The oldest first, one a page.
        "GetParameterHistory" => {
            assert_eq!(asked["WithDecryption"], false);
            let versions = parameters.get(name).ok_or("ParameterNotFound")?;
            let page: usize = asked
                .get("NextToken")
                .map_or(0, |token| token.as_str().unwrap().parse().unwrap());
            let shown = &versions[page];
            let next = (page + 1 < versions.len()).then(|| (page + 1).to_string());
            let shown = json!({ "Version": page + 1, "KeyId": shown["KeyId"], "Tier": shown["Tier"] });
            Ok(json!({ "Parameters": [shown], "NextToken": next }))
        }
        other => panic!("{other} is not served"),
    }
}

impl Aws {
    pub(super) fn new() -> Arc<Aws> {
        Arc::new(Aws(Mutex::default()))
    }

    /// Lets the next call of an operation be carried out, and its answer be lost.
    pub(super) fn lose_answer(&self, operation: &'static str) {
        self.0.lock().unwrap().fault = Some((operation, true, Err(lost())));
    }

    /// Answers the next call of an operation so, without carrying it out.
    pub(super) fn answer(&self, operation: &'static str, instead: Answered) {
        self.0.lock().unwrap().fault = Some((operation, false, instead));
    }

    /// Returns how often an operation was asked for.
    pub(super) fn count(&self, operation: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .calls
            .iter()
            .filter(|call| *call == operation)
            .count()
    }

    /// Opens a store that reaches it from `us-east-1`.
    pub(super) fn open<'s>(self: &Arc<Self>, spec: &StoreSpec, session: &'s Session<'_>) -> Box<dyn Store + 's> {
        self.open_from(Some("us-east-1"), spec, session)
    }

    /// Opens a store with a session that is in this region, or in none.
    pub(super) fn open_from<'s>(
        self: &Arc<Self>,
        region: Option<&str>,
        spec: &StoreSpec,
        session: &'s Session<'_>,
    ) -> Box<dyn Store + 's> {
        crate::store::open(spec, session, self.reach(region)).unwrap()
    }

    /// Reaches it with a session that is in this region, or in none.
    pub(super) fn reach(self: &Arc<Self>, region: Option<&str>) -> &'static Reach<'static> {
        let waits: &'static Waits = Box::leak(Box::default());
        Box::leak(Box::new(self.reach_waiting(region, waits)))
    }

    fn reach_waiting<'w>(self: &Arc<Self>, region: Option<&str>, waits: &'w Waits) -> Reach<'w> {
        let options = Options {
            profile: None,
            region: region.map(|region| Region::new(region).unwrap()),
            endpoint_url: None,
            run: RunId::from_entropy([7; 8]),
            credentials: Some(StaticCredentials {
                id: key().id,
                secret: key().secret,
                session_token: None,
            }),
            sleep: None,
        };
        let aws = run(AwsSession::connect(options, self.clone(), &NobodyToAsk)).unwrap();
        Reach {
            aws: Some(aws),
            ..reach(self.clone(), waits, SecretString::from("token"))
        }
    }
}

/// One of the two kinds of stores, for the contract.
pub(super) trait Kind {
    fn spec() -> StoreSpec;
    fn occupy(aws: &Aws, text: &str);
}

/// The ground that such a store stands on.
pub(super) struct AwsGround<K> {
    rig: Rig,
    aws: Arc<Aws>,
    kind: PhantomData<K>,
}

impl<K: Kind> Ground for AwsGround<K> {
    fn new() -> AwsGround<K> {
        AwsGround {
            rig: Rig::new(),
            aws: Aws::new(),
            kind: PhantomData,
        }
    }

    fn rig(&self) -> &Rig {
        &self.rig
    }

    fn spec(&self) -> StoreSpec {
        K::spec()
    }

    fn reach(&self) -> Reach<'_> {
        self.aws.reach_waiting(Some("us-east-1"), &self.rig.waits)
    }

    fn seen(&self) -> String {
        let state = self.aws.0.lock().unwrap();
        format!("{:?} {:?}", state.secrets, state.parameters)
    }

    fn occupy(&self, text: &str) {
        K::occupy(&self.aws, text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        let state = self.aws.0.lock().unwrap();
        let secrets = state.secrets.values().map(|secret| &secret.versions.last().unwrap().1);
        let parameters = state
            .parameters
            .values()
            .map(|versions| &versions.last().unwrap()["Value"]);
        secrets.chain(parameters).all(|value| value == text)
    }
}

/// A page that no service of AWS answers with.
pub(super) fn page() -> Answered {
    answer(
        200,
        &[("content-type", "text/html")],
        "<html>the hotel's network</html>",
    )
}

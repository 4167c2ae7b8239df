//! The stores of AWS, in front of a double of the two services.

mod aws;
mod secrets_manager;
mod ssm;

use ciuser_core::target::StoreSpec;

use self::aws::AwsGround;
use crate::store::contract::contract;

/// A secret of Secrets Manager.
struct InSecretsManager;

/// A parameter of Parameter Store.
struct InSsm;

impl aws::Kind for InSecretsManager {
    fn spec() -> StoreSpec {
        secrets_manager::spec()
    }

    fn occupy(aws: &aws::Aws, text: &str) {
        secrets_manager::made(aws, Some(text), serde_json::Value::Null);
    }
}

impl aws::Kind for InSsm {
    fn spec() -> StoreSpec {
        ssm::spec()
    }

    fn occupy(aws: &aws::Aws, text: &str) {
        ssm::made(aws, serde_json::json!({ "Type": "SecureString", "Value": text }));
    }
}

contract!(every_secret: AwsGround<InSecretsManager>);
contract!(every_parameter: AwsGround<InSsm>);

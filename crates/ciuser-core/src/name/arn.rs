//! ARNs of users and managed policies, taken apart and put together in any partition.

use super::checked::{AccountId, NameError, UserName, checked_name};

checked_name! {
    /// The first part of an ARN after `arn:`: `aws`, `aws-cn`, `aws-us-gov`, ...
    Partition, "a partition", "`aws`, `aws-cn`, `aws-us-gov` or another that begins with `aws`", |t| {
        t.starts_with("aws") && t.len() <= 32 && t.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    }
}

checked_name! {
    /// The ARN of a managed policy, of AWS (`arn:aws:iam::aws:policy/...`) or of an account.
    PolicyArn, "the ARN of a managed policy", "as in `arn:aws:iam::aws:policy/AmazonS3FullAccess`", |t| {
        (20..=2048).contains(&t.len()) && policy_parts(t).is_some()
    }
}

checked_name! {
    /// The ARN of an IAM user.
    UserArn, "the ARN of a user", "as in `arn:aws:iam::111122223333:user/ci/CI_USER`", |t| {
        (20..=2048).contains(&t.len()) && user_parts(t).is_some()
    }
}

/// Splits `arn:PARTITION:iam::ACCOUNT:KIND/REST` into partition, account and rest.
fn iam_parts<'a>(arn: &'a str, kind: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(partition), Some("iam"), Some(""), Some(account), Some(resource)) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return None;
    };
    let rest = resource.strip_prefix(kind)?.strip_prefix('/')?;
    Partition::new(partition).ok()?;
    Some((partition, account, rest))
}

fn policy_parts(arn: &str) -> Option<(&str, &str, &str)> {
    let (partition, account, rest) = iam_parts(arn, "policy")?;
    let owner = account == "aws" || AccountId::new(account).is_ok();
    let name = rest.rsplit('/').next()?;
    (owner && super::PolicyName::new(name).is_ok()).then_some((partition, account, name))
}

fn user_parts(arn: &str) -> Option<(&str, &str, &str)> {
    let (partition, account, rest) = iam_parts(arn, "user")?;
    let name = rest.rsplit('/').next()?;
    (AccountId::new(account).is_ok() && UserName::new(name).is_ok()).then_some((partition, account, name))
}

impl Partition {
    /// Reads the partition out of any ARN, such as the caller's.
    ///
    /// # Errors
    /// When the text is not an ARN.
    pub fn of_arn(arn: &str) -> Result<Partition, NameError> {
        let second = arn.strip_prefix("arn:").and_then(|rest| rest.split(':').next());
        Partition::new(second.unwrap_or(arn))
    }
}

impl PolicyArn {
    /// Returns the policy's name, the last part of the ARN.
    pub fn policy_name(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }

    /// Tells whether AWS keeps this policy.
    pub fn is_aws_managed(&self) -> bool {
        self.account() == "aws"
    }

    /// Returns the account that keeps the policy; `aws` for AWS's own.
    pub fn account(&self) -> &str {
        policy_parts(self.as_str()).map_or("", |(_, account, _)| account)
    }

    /// Returns the partition the policy lives in.
    pub fn partition(&self) -> &str {
        policy_parts(self.as_str()).map_or("", |(partition, _, _)| partition)
    }
}

impl UserArn {
    /// Returns the account that the user is in.
    pub fn account(&self) -> &str {
        self.as_str().split(':').nth(4).unwrap_or_default()
    }

    /// Returns the user's name, the last part of the ARN.
    pub fn user_name(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_arns_of_every_partition_are_read() {
        for arn in [
            "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            "arn:aws-cn:iam::aws:policy/service-role/AmazonEC2ContainerServiceRole",
            "arn:aws-us-gov:iam::111122223333:policy/ci/deploy",
        ] {
            assert_eq!(PolicyArn::new(arn).unwrap().as_str(), arn);
        }
        let arn = PolicyArn::new("arn:aws-cn:iam::aws:policy/job-function/Billing").unwrap();
        assert_eq!(
            (arn.policy_name(), arn.partition(), arn.is_aws_managed()),
            ("Billing", "aws-cn", true)
        );
    }

    #[test]
    fn what_is_not_the_arn_of_a_policy_is_refused() {
        for bad in [
            "AmazonS3FullAccess",
            "arn:aws:iam::aws:role/Admin-of-everything",
            "arn:aws:s3:::bucket-with-a-long-name",
            "arn:aws:iam::12:policy/short-account",
            "arn:aws:iam::aws:policy/",
            "arn:gcp:iam::aws:policy/AmazonS3FullAccess",
        ] {
            assert!(PolicyArn::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_partition_is_read_from_the_caller() {
        let caller = "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/me";
        assert_eq!(Partition::of_arn(caller).unwrap().as_str(), "aws-us-gov");
        assert!(Partition::of_arn("nonsense").is_err());
    }
}

//! The text of the jobs, and of their places in a workflow.
//!
//! Values from outside are written as JSON strings, which YAML reads; into shell commands they come as parameters inside
//! double quotes, checked by the command line before.

use std::fmt::Write as _;

use ciuser_core::target::Variable;

use super::deploy::{Deploy, Service, Settings};
use super::merge::Ours;

const CANARY: &str = "check-aws-key";
const SITE: &str = "deploy-static-site";
const APP: &str = "deploy-elastic-beanstalk";

const CANARY_STEP: &str = r#"
    - run:
        name: Ask AWS whose key this is
        command: |
          arn="$(aws sts get-caller-identity --query Arn --output text)"
          echo "$arn, by the access key that ends in ${AWS_ACCESS_KEY_ID: -4}"
          if [[ "$arn" != *"<< parameters.user >>" ]]; then
            echo "this is not << parameters.user >>"
            exit 1
          fi
"#;

const SITE_STEP: &str = r#"
    - run:
        name: Copy << parameters.directory >> to the bucket
        command: |
          if [ -z "$(ls -A "<< parameters.directory >>")" ]; then
            echo "<< parameters.directory >> is empty, and would empty the bucket"
            exit 1
          fi
          aws s3 sync "<< parameters.directory >>" "s3://<< parameters.bucket >>" --delete
"#;

const CLOUDFRONT_STEP: &str = r#"
    - when:
        condition: << parameters.distribution >>
        steps:
          - run:
              name: Have CloudFront fetch it anew
              command: |
                aws cloudfront create-invalidation --distribution-id "<< parameters.distribution >>" --paths "/*"
"#;

const APP_STEP: &str = r#"
    - run:
        name: Deploy << parameters.directory >> to the environment
        command: |
          application="<< parameters.application >>"
          environment="<< parameters.environment >>"
          label="build-${CIRCLE_BUILD_NUM}-${CIRCLE_SHA1:0:12}"
          bundle="$(mktemp -d)/$label.zip"
          (cd "<< parameters.directory >>" && zip --quiet --recurse-paths "$bundle" . --exclude '.git/*')
          bucket="$(aws elasticbeanstalk create-storage-location --query S3Bucket --output text)"
          aws s3 cp "$bundle" "s3://$bucket/$application/$label.zip"
          aws elasticbeanstalk create-application-version --application-name "$application" \
            --version-label "$label" --source-bundle "S3Bucket=$bucket,S3Key=$application/$label.zip"
          aws elasticbeanstalk update-environment --environment-name "$environment" --version-label "$label"
          aws elasticbeanstalk wait environment-updated --environment-names "$environment"
          live="$(aws elasticbeanstalk describe-environments --environment-names "$environment" \
            --query 'Environments[0].VersionLabel' --output text)"
          if [ "$live" != "$label" ]; then
            echo "the environment runs $live, not $label: look into its events"
            exit 1
          fi
"#;

const WORKSPACE_STEPS: &str = "
    - checkout
    - when:
        condition: << parameters.workspace >>
        steps:
          - attach_workspace:
              at: .
";

/// For a user whose key has other names in the pipeline than the AWS CLI reads.
const NAMES_STEP: &str = r#"
    - run:
        name: Give the key the names that the AWS CLI reads
        command: |
          {
            echo 'export AWS_ACCESS_KEY_ID="${<< parameters.access-key-id >>}"'
            echo 'export AWS_SECRET_ACCESS_KEY="${<< parameters.secret-access-key >>}"'
            echo 'export AWS_REGION="${<< parameters.region >>}"'
            echo 'export AWS_DEFAULT_REGION="${<< parameters.default-region >>}"'
          } >> "$BASH_ENV"
"#;

/// Returns the jobs and their workflow.
pub(crate) fn ours(deploys: &[Deploy], settings: &Settings) -> Ours {
    let uses = |service| deploys.iter().any(|deploy| deploy.services.contains(&service));
    let renamed = deploys.iter().any(|deploy| !deploy.names.is_standard());
    let job =
        |name, about, parameters: &str, steps: &[&str]| Job { name, about, renamed }.text(parameters, steps, settings);
    let mut jobs = Vec::new();
    if settings.canary {
        jobs.push(job(
            CANARY,
            "Say whose AWS key the pipeline has, and fail if it is somebody else's",
            &text("user"),
            &[CANARY_STEP],
        ));
    }
    if uses(Service::S3) {
        let cloudfront = uses(Service::Cloudfront);
        let mut parameters = format!("{}{}{WORKSPACE}", text("directory"), text("bucket"));
        if cloudfront {
            parameters.push_str(DISTRIBUTION);
        }
        let about = "Make an S3 bucket hold what a directory holds";
        let steps = [
            WORKSPACE_STEPS,
            SITE_STEP,
            if cloudfront { CLOUDFRONT_STEP } else { "" },
        ];
        jobs.push(job(SITE, about, &parameters, &steps));
    }
    if uses(Service::Elasticbeanstalk) {
        let parameters = [
            text("directory"),
            text("application"),
            text("environment"),
            WORKSPACE.to_owned(),
        ]
        .concat();
        let about = "Deploy a directory to Elastic Beanstalk, and see that it runs";
        jobs.push(job(APP, about, &parameters, &[WORKSPACE_STEPS, APP_STEP]));
    }
    Ours {
        jobs: jobs.join("\n"),
        workflow: settings.workflow.clone(),
        items: deploys
            .iter()
            .map(|deploy| items(deploy, settings))
            .collect::<Vec<_>>()
            .concat(),
    }
}

const WORKSPACE: &str = "
    workspace:
      type: boolean
      default: false
";

const DISTRIBUTION: &str = r#"
    distribution:
      type: string
      default: ""
"#;

fn text(name: &str) -> String {
    format!("\n    {name}:\n      type: string\n")
}

/// A job, but for its parameters and steps.
struct Job {
    name: &'static str,
    about: &'static str,
    renamed: bool,
}

impl Job {
    fn text(&self, parameters: &str, steps: &[&str], settings: &Settings) -> String {
        let mut text = format!("{}:\n  description: {}\n  parameters:", self.name, self.about);
        text.push_str(parameters);
        if self.renamed {
            for (parameter, variable) in NAMES {
                let name = variable.standard_name();
                let _ = write!(
                    text,
                    "\n    {parameter}:\n      type: env_var_name\n      default: {name}\n"
                );
            }
        }
        let _ = write!(text, "\n  docker:\n    - image: {}\n  steps:", quoted(&settings.image));
        if self.renamed {
            text.push_str(NAMES_STEP);
        }
        text.extend(steps.iter().copied());
        // The parts begin and end with a line's end, so that each can be read for itself.
        text.replace("\n\n", "\n").trim_end().to_owned()
    }
}

const NAMES: [(&str, Variable); 4] = [
    ("access-key-id", Variable::AccessKeyId),
    ("secret-access-key", Variable::SecretAccessKey),
    ("region", Variable::Region),
    ("default-region", Variable::DefaultRegion),
];

/// Returns the places of a user's jobs in the workflow: the check first, and the others after it.
fn items(deploy: &Deploy, settings: &Settings) -> String {
    let mut items = String::new();
    let mut requires = settings.requires.clone();
    let has = |service| deploy.services.contains(&service);
    if settings.canary {
        items.push_str(&item(
            deploy,
            settings,
            CANARY,
            &settings.requires,
            &[("user", &deploy.caller)],
        ));
        requires.push(deploy.job_name(CANARY));
    }
    let or = |said: &Option<String>, variable: &str| said.clone().unwrap_or_else(|| format!("${{{variable}:?}}"));
    if has(Service::S3) {
        let bucket = or(&settings.bucket, BUCKET);
        let distribution = or(&settings.distribution, DISTRIBUTION_ID);
        let mut values = vec![("directory", settings.site_directory.as_str()), ("bucket", &bucket)];
        if has(Service::Cloudfront) {
            values.push(("distribution", &distribution));
        }
        items.push_str(&item(deploy, settings, SITE, &requires, &values));
    }
    if has(Service::Elasticbeanstalk) {
        let application = or(&settings.application, APPLICATION);
        let environment = or(&settings.environment, ENVIRONMENT);
        let directory = settings.app_directory.as_str();
        let values = [
            ("directory", directory),
            ("application", &application),
            ("environment", &environment),
        ];
        items.push_str(&item(deploy, settings, APP, &requires, &values));
    }
    items
}

const BUCKET: &str = "SITE_BUCKET";
const DISTRIBUTION_ID: &str = "SITE_DISTRIBUTION";
const APPLICATION: &str = "EB_APPLICATION";
const ENVIRONMENT: &str = "EB_ENVIRONMENT";

fn item(deploy: &Deploy, settings: &Settings, job: &str, requires: &[String], values: &[(&str, &str)]) -> String {
    let mut text = format!("- {job}:\n    name: {}\n", quoted(&deploy.job_name(job)));
    let mut list = |key: &str, of: &[String]| {
        if !of.is_empty() {
            let of: Vec<_> = of.iter().map(|one| quoted(one)).collect();
            let _ = writeln!(text, "    {key}: [{}]", of.join(", "));
        }
    };
    list("context", &deploy.contexts);
    list("requires", requires);
    for (parameter, value) in values {
        let _ = writeln!(text, "    {parameter}: {}", quoted(value));
    }
    if job != CANARY && !settings.requires.is_empty() {
        text.push_str("    workspace: true\n");
    }
    if !deploy.names.is_standard() {
        for (parameter, variable) in NAMES {
            let _ = writeln!(text, "    {parameter}: {}", deploy.names.name(variable));
        }
    }
    let _ = write!(
        text,
        "    filters:\n      branches:\n        only: {}\n",
        quoted(&settings.branch)
    );
    text
}

impl Deploy {
    /// Returns the name of a job in the workflow.
    fn job_name(&self, job: &str) -> String {
        match self.is_one_of_many {
            true => format!("{job}-{}", self.user),
            false => job.to_owned(),
        }
    }

    /// Returns the variables that the project must have because nothing was said in their place.
    pub(crate) fn variables(&self, settings: &Settings) -> Vec<&'static str> {
        let has = |service| self.services.contains(&service);
        let needed = [
            (has(Service::S3) && settings.bucket.is_none(), BUCKET),
            (
                has(Service::S3) && has(Service::Cloudfront) && settings.distribution.is_none(),
                DISTRIBUTION_ID,
            ),
            (
                has(Service::Elasticbeanstalk) && settings.application.is_none(),
                APPLICATION,
            ),
            (
                has(Service::Elasticbeanstalk) && settings.environment.is_none(),
                ENVIRONMENT,
            ),
        ];
        needed
            .into_iter()
            .filter(|(needed, _)| *needed)
            .map(|(_, variable)| variable)
            .collect()
    }
}

/// Returns a text as YAML reads it: as it is where nothing in it means anything, else as a JSON string.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    if plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

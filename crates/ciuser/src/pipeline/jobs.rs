//! The text of the jobs, and of their places in a workflow.
//!
//! Values from outside are written as JSON strings, which YAML reads; into shell commands they come as parameters inside
//! double quotes, checked by the command line before.

use std::fmt::Write as _;

use ciuser_core::target::Variable;

use super::deploy::{Deploy, Service, Settings};
use super::merge::Ours;
use super::steps;

const CANARY: &str = "check-aws-key";
const SITE: &str = "deploy-static-site";
const APP: &str = "deploy-elastic-beanstalk";

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
            &[steps::ASK_WHOSE_KEY],
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
            steps::CHECKOUT,
            steps::COPY_SITE,
            if cloudfront { steps::INVALIDATE } else { "" },
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
        jobs.push(job(APP, about, &parameters, &[steps::CHECKOUT, steps::DEPLOY_APP]));
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
            text.push_str(steps::RENAME_KEY);
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
    /// Tells whether there is a job that deploys something: an invalidation alone is none.
    pub(crate) fn has_jobs(&self) -> bool {
        self.services.iter().any(|service| *service != Service::Cloudfront)
    }

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
pub(super) fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    if plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

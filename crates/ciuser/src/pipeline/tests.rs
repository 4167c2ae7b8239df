//! The jobs that a spec comes to, and files of others that they are merged into.

use ciuser_core::name::UserName;
use ciuser_core::spec::{Spec, SpecFile};

use super::merge::{Ours, Unmergeable};
use super::outline::read;
use super::*;

struct Nowhere;

impl ciuser_core::spec::Places for Nowhere {
    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }

    fn default_store(&self, kind: &str, _user: &UserName) -> Option<String> {
        Some(format!("/{kind}"))
    }

    fn document(&self, _path: &str) -> Result<String, String> {
        Ok(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"elasticbeanstalk:*","Resource":"*"}]}"#
                .to_owned(),
        )
    }
}

fn spec(users: &str) -> Spec {
    let text = format!("version = 1\n[account]\nid = \"111122223333\"\n{users}");
    SpecFile::parse(&text).unwrap().into_spec(&Nowhere).unwrap()
}

const CONTEXT: &str = "deliver = [{ kind = \"circleci-context\", org = \"gh/acme\", context = \"deploy\" }]";

fn user(name: &str, rest: &str) -> String {
    format!("[[user]]\nname = \"{name}\"\n{rest}\nstore = [{{ kind = \"csv\", path = \"{name}.csv\" }}]\n")
}

fn settings() -> Settings {
    Settings {
        site_directory: "build".to_owned(),
        app_directory: ".".to_owned(),
        branch: "main".to_owned(),
        workflow: "ciuser-deploy".to_owned(),
        image: "cimg/aws:2026.10".to_owned(),
        ..Settings::default()
    }
}

/// Only the check, so that the texts are short.
fn canary() -> Ours {
    let spec = spec(&user("CI_USER", &format!("path = \"/ci/\"\n{CONTEXT}")));
    let settings = Settings {
        canary: true,
        ..settings()
    };
    ours(&deploys(&spec, &settings), &settings)
}

#[test]
fn the_services_are_told_from_the_policies() {
    let of = |rest: &str| {
        let found = deploys(&spec(&user("CI_USER", &format!("{rest}\n{CONTEXT}"))), &settings());
        found.into_iter().flat_map(|deploy| deploy.services).collect::<Vec<_>>()
    };
    let all = [Service::S3, Service::Cloudfront, Service::Elasticbeanstalk];
    assert_eq!(
        of(
            "policies = [\"CloudFrontFullAccess\", \"AmazonS3FullAccess\", \"AdministratorAccess-AWSElasticBeanstalk\"]"
        ),
        all
    );
    assert_eq!(
        of("policies = [\"arn:aws:iam::111122223333:policy/ci/deploy-s3\"]"),
        [Service::S3]
    );
    assert_eq!(of("inline = { deploy = \"deploy.json\" }"), [Service::Elasticbeanstalk]);
    assert_eq!(of("policies = [\"PowerUserAccess\"]"), []);
}

#[test]
fn users_that_deliver_elsewhere_have_no_jobs_and_several_have_names_of_their_own() {
    let project = "deliver = [{ kind = \"circleci-project\", project = \"gh/acme/web\", names = { AWS_ACCESS_KEY_ID = \"ID\" } }]";
    let users = [user("one", CONTEXT), user("two", project), user("three", "")].concat();
    let settings = Settings {
        services: vec![Service::S3],
        bucket: Some("web".to_owned()),
        ..settings()
    };
    let deploys = deploys(&spec(&users), &settings);
    let ours = ours(&deploys, &settings);
    let expected = "\
- deploy-static-site:
    name: deploy-static-site-one
    context: [deploy]
    directory: build
    bucket: web
    filters:
      branches:
        only: main
- deploy-static-site:
    name: deploy-static-site-two
    directory: build
    bucket: web
    access-key-id: ID
    secret-access-key: AWS_SECRET_ACCESS_KEY
    region: AWS_REGION
    default-region: AWS_DEFAULT_REGION
    filters:
      branches:
        only: main
";
    assert_eq!(ours.items, expected);
    assert!(ours.jobs.contains("type: env_var_name"));
}

#[test]
fn a_file_of_its_own_is_whole() {
    let text = canary().alone().unwrap();
    let expected = r#"version: 2.1

jobs:
  # >>> ciuser: jobs
  # Written by `ciuser circleci config --write`, which writes it anew; put changes outside.
  check-aws-key:
    description: Say whose AWS key the pipeline has, and fail if it is somebody else's
    parameters:
      user:
        type: string
    docker:
      - image: "cimg/aws:2026.10"
    steps:
      - run:
          name: Ask AWS whose key this is
          command: |
            arn="$(aws sts get-caller-identity --query Arn --output text)"
            echo "$arn, by the access key that ends in ${AWS_ACCESS_KEY_ID: -4}"
            if [[ "$arn" != *"<< parameters.user >>" ]]; then
              echo "this is not << parameters.user >>"
              exit 1
            fi
  # <<< ciuser: jobs

workflows:
  # >>> ciuser: workflows
  # Written by `ciuser circleci config --write`, which writes it anew; put changes outside.
  ciuser-deploy:
    jobs:
      - check-aws-key:
          name: check-aws-key
          context: [deploy]
          user: "iam::111122223333:user/ci/CI_USER"
          filters:
            branches:
              only: main
  # <<< ciuser: workflows
"#;
    assert_eq!(text, expected);
    assert_eq!(canary().merged(&text).as_deref(), Ok(expected));
}

const THEIRS: &str = "\
# ours, by hand
version: 2.1   # keep

jobs: # all of them
    # builds the site
    build:
        docker: [{image: cimg/node:22.11}]   # pinned
        steps:
            - run: |
                npm ci

                # not a comment
                npm run build
# between
workflows:
  version: 2
  ship:
    jobs:
    - build
    - lint: {requires: [build]}
";

/// The lines of a text that are not in another one, in order.
fn added<'t>(after: &'t str, before: &str) -> Vec<&'t str> {
    let mut left: Vec<&str> = before.lines().collect();
    let mut added = Vec::new();
    for line in after.lines() {
        match left.first() {
            Some(next) if *next == line => drop(left.remove(0)),
            _ => added.push(line),
        }
    }
    assert_eq!(left, Vec::<&str>::new(), "something was taken out");
    added
}

#[test]
fn everything_that_is_not_ours_stays_and_twice_is_the_same_as_once() {
    let ours = canary();
    let once = ours.merged(THEIRS).unwrap();
    let added = added(&once, THEIRS);
    assert_eq!(added[0], "    # >>> ciuser: jobs");
    assert_eq!(added[2], "    check-aws-key:");
    assert!(added.contains(&"  ciuser-deploy:"));
    assert_eq!(ours.merged(&once).as_deref(), Ok(once.as_str()));
    let merged = read(&once).unwrap().unwrap();
    let (_, jobs) = merged.entry("jobs").unwrap();
    assert!(jobs.entry("build").is_some() && jobs.entry("check-aws-key").is_some());
}

#[test]
fn jobs_go_into_a_workflow_that_is_there_and_out_of_it_again() {
    let into = Ours {
        workflow: "ship".to_owned(),
        ..canary()
    };
    let merged = into.merged(THEIRS).unwrap();
    let added = added(&merged, THEIRS);
    assert!(added.contains(&"    - check-aws-key:"), "{merged}");
    assert!(!merged.contains("ciuser-deploy"));
    assert_eq!(into.merged(&merged).as_deref(), Ok(merged.as_str()));
    assert_eq!(canary().merged(&merged).unwrap(), canary().merged(THEIRS).unwrap());
}

#[test]
fn a_workflow_may_have_any_name() {
    for name in ["a: b", "#1", "ship it", "\"x\""] {
        let into = Ours {
            workflow: name.to_owned(),
            ..canary()
        };
        let merged = into.merged(THEIRS).unwrap();
        assert_eq!(into.merged(&merged).as_deref(), Ok(merged.as_str()), "{name}");
    }
}

#[test]
fn our_part_is_written_anew_in_the_place_where_it_stands() {
    let mut moved: Vec<String> = canary().merged(THEIRS).unwrap().lines().map(str::to_owned).collect();
    let begin = moved
        .iter()
        .position(|line| line.contains(">>> ciuser: workflows"))
        .unwrap();
    let end = moved
        .iter()
        .position(|line| line.contains("<<< ciuser: workflows"))
        .unwrap();
    let part: Vec<String> = moved.drain(begin..=end).collect();
    moved.extend(part);
    let moved = moved.join("\n") + "\n";
    let old = moved.replace("cimg/aws:2026.10", "cimg/aws:2025.01");
    assert_eq!(canary().merged(&old).as_deref(), Ok(moved.as_str()));
}

#[test]
fn the_ends_of_lines_stay_as_they_are() {
    let windows = THEIRS.replace('\n', "\r\n");
    let merged = canary().merged(&windows).unwrap();
    assert_eq!(merged.replace("\r\n", "\n"), canary().merged(THEIRS).unwrap());
    assert!(!merged.replace("\r\n", "").contains('\n'));
}

#[test]
fn sections_that_are_missing_or_empty_are_filled() {
    for text in [
        "version: 2.1",
        "version: 2.1\njobs:\nworkflows:\n",
        "version: 2.1\njobs: # none\n\n\nworkflows:\n# end",
        "---\nversion: 2.1\nworkflows:\n  ship:\n    jobs: [build]\n",
    ] {
        let merged = canary()
            .merged(text)
            .unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(canary().merged(&merged).as_deref(), Ok(merged.as_str()), "{text:?}");
    }
}

#[test]
fn a_file_that_cannot_be_merged_is_refused() {
    let refused = |text: &str| canary().merged(text).unwrap_err();
    assert_eq!(refused("version: 2\njobs:\n"), Unmergeable::Version("2".to_owned()));
    assert_eq!(refused(""), Unmergeable::Version("none".to_owned()));
    assert!(matches!(refused("version: 2.1\njobs: [\n"), Unmergeable::Yaml(_)));
    assert!(matches!(
        refused("version: 2.1\n---\nversion: 2.1\n"),
        Unmergeable::Yaml(_)
    ));
    assert_eq!(
        refused("version: 2.1\njobs: {build: {}}\n"),
        Unmergeable::Inline("jobs".to_owned())
    );
    assert_eq!(
        refused("version: 2.1\nx: &x\n  a: 1\njobs: *x\n"),
        Unmergeable::Inline("jobs".to_owned())
    );
    assert_eq!(
        refused("version: 2.1\njobs:\n  check-aws-key:\n    docker: []\n"),
        Unmergeable::Taken("jobs.check-aws-key".to_owned())
    );
    assert_eq!(
        refused("version: 2.1\njobs:\n  # >>> ciuser: jobs\n"),
        Unmergeable::Fence("jobs")
    );
    let into = Ours {
        workflow: "ship".to_owned(),
        ..canary()
    };
    assert_eq!(
        into.merged("version: 2.1\nworkflows:\n  ship:\n    jobs: [build]\n"),
        Err(Unmergeable::Inline("workflows.ship.jobs".to_owned()))
    );
    assert_eq!(
        into.merged("version: 2.1\nworkflows:\n  ship:\n    when: false\n"),
        Err(Unmergeable::Taken("workflows.ship".to_owned()))
    );
    assert_eq!(refused("{version: 2.1}"), Unmergeable::Changed);
}

//! The steps of the jobs. `<< parameters.NAME >>` is filled in by CircleCI; everything else is read by bash, which stops at
//! the first error.

/// Fails when the key is somebody else's; says whose, and shows the end of its id.
pub(super) const ASK_WHOSE_KEY: &str = r#"
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

/// Makes a bucket hold what a directory holds, unless that is nothing.
pub(super) const COPY_SITE: &str = r#"
    - run:
        name: Copy << parameters.directory >> to the bucket
        command: |
          if [ -z "$(ls -A "<< parameters.directory >>")" ]; then
            echo "<< parameters.directory >> is empty, and would empty the bucket"
            exit 1
          fi
          aws s3 sync "<< parameters.directory >>" "s3://<< parameters.bucket >>" --delete
"#;

/// Makes CloudFront forget what it has, where there is a distribution.
pub(super) const INVALIDATE: &str = r#"
    - when:
        condition: << parameters.distribution >>
        steps:
          - run:
              name: Have CloudFront fetch it anew
              command: |
                aws cloudfront create-invalidation --distribution-id "<< parameters.distribution >>" --paths "/*"
"#;

/// Deploys a directory to Elastic Beanstalk, which goes back to the old version by itself when the new one fails.
pub(super) const DEPLOY_APP: &str = r#"
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

/// Gets the sources, and what the jobs before have built.
pub(super) const CHECKOUT: &str = "
    - checkout
    - when:
        condition: << parameters.workspace >>
        steps:
          - attach_workspace:
              at: .
";

/// Renames the variables, for a user whose key has other names in the pipeline than the AWS CLI reads.
pub(super) const RENAME_KEY: &str = r#"
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

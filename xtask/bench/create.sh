#!/usr/bin/env bash
# A peer of `xtask bench create`: the procedure as calls of the AWS CLI, and no more.
# No look at what exists, no proof that the key works, no clearing up when it fails half way.
set -euo pipefail
umask 077

while read -r user; do
    aws iam create-user --user-name "$user" --tags Key=project,Value=storefront Key=team,Value=platform >/dev/null
    for policy in AmazonS3FullAccess CloudFrontFullAccess AdministratorAccess-AWSElasticBeanstalk; do
        aws iam attach-user-policy --user-name "$user" --policy-arn "arn:aws:iam::aws:policy/$policy"
    done
    key=$(aws iam create-access-key --user-name "$user" \
        --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
    printf 'User name,Access key ID,Secret access key\n%s,%s\n' "$user" "${key/$'\t'/,}" >"$user.csv"
done <"$1"

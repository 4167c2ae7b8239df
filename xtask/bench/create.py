"""A peer of `xtask bench create`: what a boto3 script does for the procedure, and no more.

No look at what exists, no proof that the key works, no clearing up when it fails half way.
"""

import csv
import os
import sys

import boto3

POLICIES = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
TAGS = [{"Key": "project", "Value": "storefront"}, {"Key": "team", "Value": "platform"}]


def create(iam, user):
    iam.create_user(UserName=user, Tags=TAGS)
    for policy in POLICIES:
        iam.attach_user_policy(UserName=user, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    key = iam.create_access_key(UserName=user)["AccessKey"]
    with open(os.open(f"{user}.csv", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["User name", "Access key ID", "Secret access key"])
        rows.writerow([user, key["AccessKeyId"], key["SecretAccessKey"]])


def main():
    iam = boto3.client("iam")
    with open(sys.argv[1], encoding="utf-8") as users:
        for user in users.read().split():
            create(iam, user)


main()

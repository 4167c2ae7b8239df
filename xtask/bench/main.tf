# A peer of `xtask bench create`: one user for each line of a file. The provider's own checks are switched off where it allows that.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "users_file" {
  type = string
}

locals {
  users    = toset(split("\n", trimspace(file(var.users_file))))
  policies = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
  attachments = {
    for pair in setproduct(local.users, local.policies) : join("/", pair) => { user = pair[0], policy = pair[1] }
  }
}

provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

resource "aws_iam_user" "ci" {
  for_each = local.users
  name     = each.key
  tags     = { project = "storefront", team = "platform" }
}

resource "aws_iam_user_policy_attachment" "ci" {
  for_each   = local.attachments
  user       = aws_iam_user.ci[each.value.user].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_access_key" "ci" {
  for_each = local.users
  user     = aws_iam_user.ci[each.key].name
}

output "csv" {
  sensitive = true
  value = join("", concat(
    ["User name,Access key ID,Secret access key\n"],
    [for user, key in aws_iam_access_key.ci : "${user},${key.id},${key.secret}\n"],
  ))
}

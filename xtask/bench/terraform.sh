#!/usr/bin/env bash
# A peer of `xtask bench create`: applies an initialised directory and writes the keys to a file.
# usage: terraform.sh DIRECTORY USERS_FILE
set -euo pipefail
umask 077

state=$PWD/terraform.tfstate
terraform -chdir="$1" apply -auto-approve -input=false -state="$state" -var "users_file=$PWD/$2" >/dev/null
terraform -chdir="$1" output -state="$state" -raw csv >keys.csv

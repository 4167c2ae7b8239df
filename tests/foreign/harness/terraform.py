"""Terraform with an AWS provider that lies on this machine: nothing is fetched."""

import os
import shutil
import subprocess
from pathlib import Path

# Where provider plugins lie, in the layout of `terraform providers mirror`, unpacked.
PLUGINS = Path(os.environ.get("CIUSER_TERRAFORM_PLUGINS", "/opt/tf-plugins"))
SECONDS = 300

PROVIDER = """
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
"""


def missing():
    """Says what is missing to run Terraform, if anything is."""
    if not shutil.which("terraform"):
        return "no `terraform` here"
    if not list(PLUGINS.glob("*/hashicorp/aws/*/*/terraform-provider-aws*")):
        return f"no AWS provider in {PLUGINS} (CIUSER_TERRAFORM_PLUGINS names another directory)"
    return None


class Terraform:
    """A directory with a configuration."""

    def __init__(self, directory: Path, env):
        self.directory = directory
        self.env = {"PATH": os.environ["PATH"], "HOME": str(directory), "CHECKPOINT_DISABLE": "1"} | env
        directory.mkdir()
        (directory / "provider.tf").write_text(PROVIDER)

    def write(self, text):
        """Writes the configuration."""
        (self.directory / "users.tf").write_text(text)

    def run(self, *args, code=0):
        """Runs a command of Terraform to its end."""
        done = subprocess.run(
            ["terraform", *args],
            cwd=self.directory,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == code, f"terraform {args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def init(self):
        """Prepares the directory."""
        self.run("init", "-input=false", "-no-color", f"-plugin-dir={PLUGINS}")

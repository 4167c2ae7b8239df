"""Terraform in a directory of its own, with a provider that is on this machine already: nothing is fetched.

Terraform is in no package registry, so it is the one tool that may be missing: then the tests that need it are skipped,
and pytest's summary has the line of `why_not`. A provider directory that is named and does not work is a failure.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

# A directory as `terraform providers mirror` fills it.
PLUGINS = "CIUSER_TERRAFORM_PLUGINS"
# An apply takes ten seconds or so, nearly all of which is the provider's start.
COMMAND_SECONDS = 180


def why_not():
    """Returns why Terraform cannot be used here, or None if it can."""
    if shutil.which("terraform") is None:
        return "Terraform NOT RUN: no `terraform` on the PATH"
    if not os.environ.get(PLUGINS):
        return f"Terraform NOT RUN: {PLUGINS} names no directory with the AWS provider"
    return None


class Terraform:
    """A Terraform configuration in a directory of its own."""

    def __init__(self, directory: Path, configuration, env=None):
        """Writes `main.tf` and initialises the directory. `env` is added to an environment without any AWS settings."""
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "CHECKPOINT_DISABLE": "1",
            "HOME": str(directory),
            "PATH": os.environ["PATH"],
            "TF_IN_AUTOMATION": "1",
        } | (env or {})
        self.configure(configuration)
        self.run("init", "-input=false", f"-plugin-dir={os.environ[PLUGINS]}")

    def configure(self, configuration, name="main.tf"):
        """Writes a file of the configuration."""
        (self.directory / name).write_text(configuration)

    def run(self, *args, code=0):
        """Runs Terraform to its end, checks its exit code and returns its stdout."""
        ended = subprocess.run(
            ["terraform", *args],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        said = f"exit {ended.returncode}, not {code}: terraform {' '.join(args)}\n{ended.stdout}\n{ended.stderr}"
        assert ended.returncode == code, said
        return ended.stdout

    def validate(self):
        """Returns what `terraform validate` finds, errors and warnings; a valid configuration has neither."""
        return json.loads(self.run("validate", "-json"))["diagnostics"]

    def apply(self):
        """Applies without asking."""
        self.run("apply", "-input=false", "-auto-approve", "-no-color")

    def plan_is_empty(self):
        """Returns whether a plan changes nothing; fails with the plan if it does."""
        return "No changes." in self.run("plan", "-input=false", "-no-color", "-detailed-exitcode")

    def destroy(self):
        """Destroys without asking."""
        self.run("destroy", "-input=false", "-auto-approve", "-no-color")

    def outputs(self):
        """Returns the values of the outputs."""
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")).items()}

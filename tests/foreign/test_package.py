"""What is given to users, packed from the program under test, read by Debian's tools, tar, and sha256sum."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# Whose the data of the catalogue in the program are.
NOTICE = (REPOSITORY / "crates/ciuser-policy/data/NOTICE").read_text()


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, **options).stdout


def package(directory):
    run("cargo", "run", "--quiet", "-p", "xtask", "--", "package", "--profile", "dev", "--out", directory, cwd=REPOSITORY)
    return directory


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    return package(tmp_path_factory.mktemp("packages"))


def one(directory, pattern):
    (found,) = directory.glob(pattern)
    return found


@pytest.fixture(scope="module")
def commands(program):
    """Returns the names of the manual pages, one for each command."""
    help_text = run(program, "man")
    names = set(re.findall(r"ciuser\\-([a-z\\-]+)\(1\)", help_text))
    return {name.replace("\\", "") for name in names}


def test_the_checksums_are_those_of_the_files(packages):
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=packages)
    named = {line.split()[1] for line in (packages / "SHA256SUMS").read_text().splitlines()}
    there = {path.name for path in packages.iterdir()} - {"SHA256SUMS", "RELEASE_NOTES.md"}
    assert named == there
    assert len(named) == 3


def test_the_debian_package_has_the_program_its_pages_and_completions(packages, commands, tmp_path):
    deb = one(packages, "*.deb")
    run("dpkg-deb", "--extract", deb, tmp_path)
    assert re.fullmatch(r"ciuser \d+\.\d+\.\d+\n", run(tmp_path / "usr/bin/ciuser", "--version"))
    for file in [
        "usr/share/bash-completion/completions/ciuser",
        "usr/share/zsh/vendor-completions/_ciuser",
        "usr/share/fish/vendor_completions.d/ciuser.fish",
        "usr/share/doc/ciuser/copyright",
    ]:
        assert (tmp_path / file).stat().st_size > 0, file
    assert (tmp_path / "usr/share/doc/ciuser/NOTICE").read_text() == NOTICE
    pages = {path.name for path in (tmp_path / "usr/share/man/man1").iterdir()}
    assert {f"ciuser-{name}.1" for name in commands} | {"ciuser.1"} <= pages
    assert len(commands) > 5
    depends = run("dpkg-deb", "--field", deb, "Depends")
    assert "libc6" in depends and "ca-certificates" in depends


def test_the_archive_is_the_same_when_it_is_packed_again(packages, tmp_path):
    archive = one(packages, "*.tar.gz")
    again = one(package(tmp_path / "again"), "*.tar.gz")
    assert archive.name == again.name
    assert archive.read_bytes() == again.read_bytes()
    run("tar", "--extract", "--file", archive, "--directory", tmp_path)
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    assert run(unpacked / "ciuser", "--version").startswith("ciuser ")
    assert (unpacked / "NOTICE").read_text() == NOTICE
    assert {owner.split()[1] for owner in run("tar", "-tvf", archive, "--numeric-owner").splitlines()} == {"0/0"}


def test_the_bill_of_materials_names_every_crate_of_the_program_and_no_place_on_this_machine(packages):
    text = one(packages, "*.cdx.json").read_text()
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    named = {(part["name"], part["version"]) for part in bill["components"]}
    tree = run("cargo", "tree", "--locked", "-p", "ciuser", "-e", "normal", "--prefix", "none", cwd=REPOSITORY)
    needed = {tuple(line.replace(" v", " ", 1).split()[:2]) for line in tree.splitlines() if line.strip()}
    needed = {crate for crate in needed if crate[0] != "ciuser"}
    assert len(needed) > 100
    assert needed - named == set()
    assert str(REPOSITORY) not in text and os.path.expanduser("~/") not in text
    leftovers = list(REPOSITORY.glob("*/ciuser-bill-of-materials*")) + list(REPOSITORY.glob("crates/*/ciuser-bill*"))
    assert leftovers == []


def test_the_release_notes_are_the_changelogs_words_and_another_versions_tag_is_refused(packages, tmp_path):
    notes = (packages / "RELEASE_NOTES.md").read_text()
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    first = changelog.split("## [Unreleased]", 1)[1].split("\n## ", 1)[0].strip()
    assert first and first in notes
    assert (packages / "SHA256SUMS").read_text() in notes
    refused = subprocess.run(
        ["cargo", "run", "--quiet", "-p", "xtask", "--", "package", "--tag", "v99.0.0", "--out", tmp_path],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=300,
    )
    assert refused.returncode == 1
    assert "`v99.0.0` is not the tag of version" in refused.stderr

"""Full disks and read-only places, for real: what is told, and that nothing is lost."""

import pytest

from harness.confined import confined_machine
from harness.place import Place
from harness.proxy import proxy_to
from harness.snapshot import assert_seen


@pytest.fixture
def place(request, tmp_path, program, shared_sandbox):
    """Runs a machine whose file systems are those that the test's marker asks for."""
    sizes = request.node.get_closest_marker("file_systems").kwargs
    with confined_machine(tmp_path / "machine", program, **sizes) as machine, proxy_to(shared_sandbox.url) as proxy:
        yield Place(machine, shared_sandbox, proxy)


@pytest.mark.file_systems(state="4m")
def test_a_full_disk_under_the_journal_is_told_before_anything_is_made(place):
    place.machine.fill(place.machine.state)

    refused = place.create("--store", "csv:keys.csv", code=1)

    assert_seen("state-full", refused)
    assert place.name not in place.users()
    place.machine.free(place.machine.state)
    place.create("--store", "csv:keys.csv", code=0)
    assert place.live_keys() == [place.stored()]


@pytest.mark.file_systems(state="4m")
def test_a_read_only_place_of_the_journal_is_told_before_anything_is_made(place):
    place.machine.remount(place.machine.state, "ro")

    refused = place.create("--store", "csv:keys.csv", code=1)

    assert_seen("state-read-only", refused)
    assert place.name not in place.users()


@pytest.mark.file_systems(config="1m")
def test_a_read_only_place_of_the_seals_identity_is_told_before_anything_is_made(place):
    place.machine.remount(place.machine.config, "ro")

    refused = place.create("--store", "csv:keys.csv", code=1)

    assert_seen("config-read-only", refused)
    assert place.name not in place.users()


@pytest.mark.file_systems(work="1m")
def test_a_read_only_place_of_the_store_is_told_before_anything_is_made(place):
    place.machine.remount(place.machine.work, "ro")

    refused = place.create("--store", "csv:keys.csv", code=1)

    assert_seen("store-read-only", refused)
    assert place.name not in place.users()


@pytest.mark.file_systems(state="4m")
def test_a_disk_that_fills_up_under_the_journal_while_the_key_is_made_costs_notes_and_no_key(place):
    with place.proxy.holding("CreateAccessKey", "after", answers=True) as gate:
        process = place.machine.start("create", place.name, "--for", "s3", "--store", "csv:keys.csv", "--yes", env=place.env)
        assert gate.reached.wait(60)
        place.machine.fill(place.machine.state)
        gate.released.set()
        ended = place.machine.end(process, code=5)

    assert_seen("state-fills-up", ended)
    assert place.live_keys() == [place.stored()]
    place.machine.free(place.machine.state)
    place.machine.run("resume", env=place.env)
    assert place.live_keys() == [place.stored()]
    assert place.spool() == []


@pytest.mark.file_systems(work="1m")
def test_a_disk_that_fills_up_under_the_store_leaves_the_secret_sealed_for_resume(place):
    with place.proxy.holding("CreateAccessKey", "after", answers=True) as gate:
        process = place.machine.start(
            "create", place.name, "--for", "s3", "--store", "csv:keys.csv",
            "--deliver", f"circleci-context:gh/acme/{place.name}", "--open-context", "--yes", env=place.env,
        )  # fmt: skip
        assert gate.reached.wait(60)
        place.machine.fill(place.machine.work)
        gate.released.set()
        ended = place.machine.end(process, code=5)

    assert_seen("store-fills-up", ended)
    assert not [call for call in place.proxy.calls if call.startswith("PUT ")], "no CI system before a store has the key"
    place.machine.free(place.machine.work)
    resumed = place.machine.run("resume", env=place.env)
    assert_seen("store-fills-up-resumed", resumed)
    assert place.live_keys() == [place.stored()]
    assert place.spool() == []

"""`kill -9` at moments nobody chose, against moto behind a proxy; then `resume`, sometimes killed too; then the command again.

No run may leave an orphan (a live key that the store does not have) or lose a secret. The number of runs is
`CIUSER_KILLS`; the moments come from `CIUSER_SEED`, which a failure names.
"""

import csv
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor


from harness.machine import Machine
from harness.proxy import proxy_to

KILLS = int(os.environ.get("CIUSER_KILLS", "60"))
SEED = int(os.environ.get("CIUSER_SEED", "20261123"))
AT_ONCE = 4


class Run:
    """One user on a machine of its own, with all that decides when its processes die."""

    def __init__(self, number, directory, program, moto):
        self.name = f"ci-{number}"
        self.chance = random.Random(f"{SEED}-{number}")
        self.machine = Machine(directory / self.name, program)
        self.moto = moto
        self.create = ("create", self.name, "--for", "s3,cloudfront", "--store", "csv:keys.csv", "--yes")

    def killed(self, *args, proxy, calls):
        """Starts the program and kills it: at one of its calls, on either side of the server, or at any time at all."""
        if self.chance.random() < 0.4:
            process = self.machine.start(*args, env=self.env(proxy))
            time.sleep(self.chance.uniform(0, 1.2))
            return died(process)
        number, moment = self.chance.randint(1, calls), self.chance.choice(["before", "after"])
        with proxy.holding(None, moment, number) as gate:
            process = self.machine.start(*args, env=self.env(proxy))
            while process.poll() is None and not gate.reached.wait(0.02):
                pass
            return died(process)

    def env(self, proxy):
        return self.moto.env | {"AWS_ENDPOINT_URL": proxy.url}

    def to_the_end(self):
        """Kills the job, then perhaps `resume`, then lets both come to their end."""
        with proxy_to(self.moto.url) as proxy:
            dead = self.killed(*self.create, proxy=proxy, calls=15)
            if self.chance.random() < 0.3:
                dead += self.killed("resume", proxy=proxy, calls=6)
            self.machine.run("resume", env=self.env(proxy))
            self.machine.run(*self.create, env=self.env(proxy))
            return dead

    def assert_nothing_lost(self):
        """Checks that the one live key is the store's, that the secret works, and that nothing is left over."""
        iam = self.moto.client("iam")
        [key] = iam.list_access_keys(UserName=self.name)["AccessKeyMetadata"]
        assert key["Status"] == "Active"
        with (self.machine.work / "keys.csv").open(newline="") as file:
            [row] = csv.DictReader(file)
        assert row["Access key ID"] == key["AccessKeyId"]
        assert len(iam.list_attached_user_policies(UserName=self.name)["AttachedPolicies"]) == 2
        caller = self.moto.client("sts", (row["Access key ID"], row["Secret access key"])).get_caller_identity()
        assert caller["Arn"].endswith(f":user/{self.name}")
        assert all(finished for finished, _ in self.machine.journal())
        kept = [path.relative_to(self.machine.root) for path in self.machine.files()]
        assert [path for path in kept if {"spool", "seal"} & set(path.parts)] == []


def died(process):
    """Kills a process if it still runs. Returns how many died by that."""
    process.kill()
    process.communicate(timeout=30)
    return 1 if process.returncode == -9 else 0


def one(number, directory, program, moto):
    run = Run(number, directory, program, moto)
    dead = run.to_the_end()
    run.assert_nothing_lost()
    return dead


def test_no_kill_at_any_moment_orphans_a_key_or_loses_a_secret(tmp_path, program, moto, capsys):
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {number: pool.submit(one, number, tmp_path, program, moto) for number in range(KILLS)}
        wrong = {number: str(run.exception()) for number, run in runs.items() if run.exception() is not None}
    assert wrong == {}, f"CIUSER_SEED={SEED} CIUSER_KILLS={KILLS} repeats them"
    kills = sum(run.result() for run in runs.values())
    assert kills >= KILLS / 2, "too few processes were alive to be killed"
    with capsys.disabled():
        print(f"\n{KILLS} runs, {kills} killed, 0 orphans, 0 lost secrets, {time.monotonic() - begun:.0f} s, seed {SEED}")

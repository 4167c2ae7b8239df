"""A confined machine at work on a sandbox that others use too, through a proxy of its own."""

import itertools

NUMBERS = itertools.count(1)


class Place:
    """A machine, and the user that it makes: of a name that no other test uses, and that snapshots do not show."""

    def __init__(self, machine, sandbox, proxy):
        self.machine, self.sandbox, self.proxy = machine, sandbox, proxy
        self.name = f"CI_USER_{next(NUMBERS):03}"
        self.env = sandbox.env | {"AWS_ENDPOINT_URL": proxy.url, "CIRCLE_HOST": proxy.url}
        self.context = ("--deliver", f"circleci-context:gh/acme/{self.name}", "--restrict-to", "gh/acme/storefront")
        self.job = ("create", self.name, "--for", "s3", "--store", "csv:keys.csv", "--yes")

    def start(self, *args):
        """Starts the program; the caller ends it."""
        return self.machine.start(*args, env=self.env)

    def run(self, *args, code=0):
        """Runs the program to its end and checks its exit code."""
        return self.machine.run(*args, env=self.env, code=code)

    def create(self, *args, code):
        return self.run("create", self.name, "--for", "s3", *args, "--yes", code=code)

    def users(self):
        return [user["UserName"] for user in self.sandbox.client("iam").list_users()["Users"]]

    def live_keys(self):
        listed = self.sandbox.client("iam").list_access_keys(UserName=self.name)["AccessKeyMetadata"]
        return [key["AccessKeyId"] for key in listed if key["Status"] == "Active"]

    def stored(self, file="keys.csv"):
        """Returns the id in the CSV file, after STS took it with its secret."""
        _, key, secret = self.machine.inside(self.machine.work / file).read_text().splitlines()[1].split(",")
        caller = self.sandbox.client("sts", (key, secret)).get_caller_identity()
        assert caller["Arn"].endswith(f"user/{self.name}")
        return key

    def spool(self):
        """Returns what waits in the spool."""
        root = self.machine.inside(self.machine.state) / "ciuser/spool"
        return sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []

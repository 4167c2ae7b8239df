"""Other partitions: the whole job in China and GovCloud, as moto has them."""

import pytest
from pykeepass import PyKeePass

from harness.proxy import proxy_to

PARTITIONS = [
    ("cn-north-1", "aws-cn", "https://console.amazonaws.cn/"),
    ("cn-northwest-1", "aws-cn", "https://console.amazonaws.cn/"),
    ("us-gov-west-1", "aws-us-gov", "https://console.amazonaws-us-gov.com/"),
]


@pytest.mark.parametrize("region, partition, console", PARTITIONS)
def test_the_job_is_done_with_the_arns_of_the_partition(machine, moto, region, partition, console):
    env = moto.env | {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    managed = f"arn:{partition}:iam::aws:policy"
    job = (
        "--for",
        "s3",
        "--policy",
        "IAMReadOnlyAccess",
        "--boundary",
        f"{managed}/ReadOnlyAccess",
        "--tag",
        "env=test",
        "--store",
        "kdbx:keys.kdbx",
        "--kdbx-key-file",
        "new",
        "--store",
        "csv:keys.csv",
    )
    name = f"CI_USER-{region}"

    with proxy_to(moto.url) as proxy:
        ended = machine.run(
            "create", name, *job, "--endpoint-url", proxy.url, "--yes", "--no-input", "--output", "json", env=env
        )

    assert ended.json["user"]["arn"] == f"arn:{partition}:iam::123456789012:user/{name}"
    iam = moto.client("iam", region=region)
    attached = {policy["PolicyArn"] for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]}
    assert attached == {f"{managed}/AmazonS3FullAccess", f"{managed}/IAMReadOnlyAccess"}
    assert "CreateUser" in proxy.calls
    kdbx = PyKeePass(machine.work / "keys.kdbx", keyfile=machine.work / "keys.keyx")
    [entry] = kdbx.find_entries(title=name)
    assert entry.url == console


def test_a_policy_of_another_partition_is_refused(machine, moto):
    env = moto.env | {"AWS_REGION": "cn-north-1", "AWS_DEFAULT_REGION": "cn-north-1"}
    job = (
        "--policy",
        "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        "--store",
        "csv:keys.csv",
        "--endpoint-url",
        moto.url,
    )

    ended = machine.run("create", "CI_USER", *job, "--yes", "--no-input", env=env, code=4)

    said = " ".join(ended.stderr.split())
    assert "policy `arn:aws:iam::aws:policy/AmazonS3FullAccess` does not exist in this account or partition" in said

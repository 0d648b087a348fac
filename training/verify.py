"""Checks checkpoints against the contract of docs/checkpoints.md: `python3 verify.py FOLDER` or `python3 verify.py s3://BUCKET/PREFIX`.

Prints a line for each checkpoint. Exit code 0: the newest is complete. 1: it is not, or there is none. 2: the folder cannot be read.
S3 needs boto3; credentials and endpoint (AWS_ENDPOINT_URL) come from the environment.
"""
import os
import sys

import contract
from contract import MANIFEST, IncompleteCheckpoint


class LocalCheckpoints:
    """The checkpoints in a folder."""

    def __init__(self, root):
        self.root = root

    def folders(self):
        """Sizes of the files of each folder, by name."""
        return {entry.name: contract.sizes_in(entry.path) for entry in os.scandir(self.root) if entry.is_dir()}

    def open(self, folder, name):
        return open(os.path.join(self.root, folder, name), "rb")


class S3Checkpoints:
    """The checkpoints under a prefix in S3."""

    def __init__(self, uri):
        import boto3
        from botocore.config import Config
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.bucket, self.prefix = bucket, key.rstrip("/") + "/" if key else ""
        # The variable names another endpoint, such as the sandbox, which has no host name for each bucket.
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        path_style = Config(s3={"addressing_style": "path"}) if endpoint else None
        self.client = boto3.client("s3", endpoint_url=endpoint, config=path_style)

    def folders(self):
        found = {}
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            for item in page.get("Contents", []):
                folder, _, name = item["Key"][len(self.prefix):].partition("/")
                if name and not name.endswith(contract.UNFINISHED):
                    found.setdefault(folder, {})[name] = item["Size"]
        return found

    def open(self, folder, name):
        return self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}{folder}/{name}")["Body"]


def check(checkpoints, folder, sizes):
    """The manifest of a folder. Raises contract.IncompleteCheckpoint if it is not a complete checkpoint."""
    if MANIFEST not in sizes:
        raise IncompleteCheckpoint(f"it has no {MANIFEST}, so it was not completed")
    with checkpoints.open(folder, MANIFEST) as file:
        manifest = contract.parse_manifest(file.read(), contract.step_of(folder))
    contract.require_sizes(manifest, sizes)
    for entry in manifest["files"]:
        with checkpoints.open(folder, entry["path"]) as file:
            contract.require_hash(entry, file)
    return manifest


def verify(checkpoints, write=print):
    """Prints for each checkpoint whether it is complete; returns whether the newest is."""
    newest_is_complete, seen = False, 0
    for folder, sizes in sorted(checkpoints.folders().items(), key=lambda item: contract.step_of(item[0]) or 0):
        if contract.step_of(folder) is None:
            write(f"{folder} is not a valid checkpoint name (step- and at least eight digits)")
            continue
        seen += 1
        try:
            manifest = check(checkpoints, folder, sizes)
            size = sum(entry["size"] for entry in manifest["files"])
            write(f"{folder} complete files={len(manifest['files'])} bytes={size} world_size={manifest['world_size']} "
                  f"attempts={len(manifest['lineage'])} train:loss={manifest['metrics']['train:loss']!r}")
            newest_is_complete = True
        except IncompleteCheckpoint as problem:
            write(f"{folder} incomplete: {problem}")
            newest_is_complete = False
    write("the newest checkpoint is complete" if newest_is_complete else "the newest checkpoint is not complete" if seen else "there is no checkpoint")
    return newest_is_complete


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write(__doc__)
        return 2
    try:
        checkpoints = S3Checkpoints(arguments[0]) if arguments[0].startswith("s3://") else LocalCheckpoints(arguments[0])
        return 0 if verify(checkpoints) else 1
    except Exception as error:
        sys.stderr.write(f"{arguments[0]} cannot be read: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

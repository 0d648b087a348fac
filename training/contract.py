"""The contract of docs/checkpoints.md as code: what a manifest must contain, and whether the files of a folder match it.

Needs only Python, so any program can include it.
"""
import hashlib
import json
import math
import os
import re
from datetime import datetime, timezone

FORMAT = "checkpoint-manifest/1"
MANIFEST = "manifest.json"
UNFINISHED = ".sagemaker-uploading"
BLOCK = 8 << 20

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FOLDER = re.compile(r"step-(\d{8,})")


class IncompleteCheckpoint(Exception):
    """Why a folder is not a complete checkpoint."""


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def parse_time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def seconds_between(begin, end):
    return (parse_time(end) - parse_time(begin)).total_seconds()


def folder_name(step):
    return f"step-{step:08d}"


def step_of(name):
    """The step in a folder's name; None if it is not the name of a checkpoint."""
    match = _FOLDER.fullmatch(name)
    return int(match[1]) if match and name == folder_name(int(match[1])) else None


def sha256_of(stream):
    digest = hashlib.sha256()
    while block := stream.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def parse_manifest(content, step):
    """The manifest of the folder of a step. Raises IncompleteCheckpoint if it breaks the contract."""
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise IncompleteCheckpoint(f"its {MANIFEST} is not valid JSON") from error
    for name, holds in _MEMBERS.items():
        if not isinstance(manifest, dict) or name not in manifest:
            raise IncompleteCheckpoint(f"its {MANIFEST} has no {name}")
        if not holds(manifest[name]):
            raise IncompleteCheckpoint(f"{name} in its {MANIFEST} does not match the contract: {json.dumps(manifest[name])[:80]}")
    if manifest["step"] != step:
        raise IncompleteCheckpoint(f"its {MANIFEST} is for step {manifest['step']}")
    paths = [entry["path"] for entry in manifest["files"]]
    if len(set(paths)) < len(paths) or any(entry["rank"] >= manifest["world_size"] for entry in manifest["files"]):
        raise IncompleteCheckpoint(f"its {MANIFEST} names a file twice, or a rank outside of world_size")
    return manifest


def require_sizes(manifest, sizes):
    """Raises IncompleteCheckpoint if a file of the manifest is missing or has another size. sizes: bytes by name."""
    for entry in manifest["files"]:
        size = sizes.get(entry["path"])
        if size != entry["size"]:
            raise IncompleteCheckpoint(f"{entry['path']} " + ("is missing" if size is None else f"has {size} bytes instead of {entry['size']}"))


def require_hash(entry, stream):
    """Raises IncompleteCheckpoint if the SHA-256 of a file differs from the manifest's."""
    if sha256_of(stream) != entry["sha256"]:
        raise IncompleteCheckpoint(f"{entry['path']} is corrupt, its SHA-256 is not the manifest's")


def sizes_in(folder):
    return {entry.name: entry.stat().st_size for entry in os.scandir(folder) if entry.is_file() and not entry.name.endswith(UNFINISHED)}


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_time(value):
    try:
        return value.endswith("Z") and parse_time(value).utcoffset() is not None
    except (AttributeError, ValueError):
        return False


def _is_file(entry):
    return (isinstance(entry, dict) and isinstance(entry.get("path"), str) and os.path.basename(entry["path"]) == entry["path"] not in ("", ".", "..")
            and _is_count(entry.get("rank")) and _is_count(entry.get("size"))
            and isinstance(entry.get("sha256"), str) and _SHA256.fullmatch(entry["sha256"]) is not None)


def _is_lineage(entries):
    if not isinstance(entries, list) or not entries:
        return False
    last = 0
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or entry.get("attempt") != number or not _is_time(entry.get("started_at")):
            return False
        step, digest = entry.get("from_step"), entry.get("from_manifest_sha256", "")
        if number == 1 and (step != 0 or digest is not None):
            return False
        if number > 1 and not (_is_count(step) and step >= last and isinstance(digest, str) and _SHA256.fullmatch(digest)):
            return False
        last = step
    return True


_MEMBERS = {
    "format": lambda value: value == FORMAT,
    "job": lambda value: isinstance(value, str),
    "model": lambda value: isinstance(value, str) and value != "",
    "step": _is_count,
    "total_steps": _is_count,
    "world_size": lambda value: _is_count(value) and value > 0,
    "written_at": _is_time,
    "stall_seconds": lambda value: _is_number(value) and value >= 0,
    "files": lambda value: isinstance(value, list) and value != [] and all(map(_is_file, value)),
    "data_position": lambda value: isinstance(value, dict) and _is_count(value.get("epoch")) and _is_count(value.get("offset")),
    "rng": lambda value: isinstance(value, dict),
    "metrics": lambda value: isinstance(value, dict) and all(map(_is_number, value.values())) and "train:loss" in value,
    "lineage": _is_lineage,
}

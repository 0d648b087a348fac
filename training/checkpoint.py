"""Checkpoints as docs/checkpoints.md describes them: one file a rank, the manifest last, everything by rename."""
import errno
import hashlib
import json
import os
import re
import shutil
import time
from datetime import datetime, timezone

import torch

FORMAT = "checkpoint-manifest/1"
MANIFEST = "manifest.json"


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class CheckpointStore:
    """The checkpoints in one node's synchronised folder.

    gather(value) -> list: what every rank passed, in order of rank; it is also the barrier between the steps of a save.
    """

    def __init__(self, root, staging, rank, keep, gather):
        self.root, self.staging, self.rank, self.keep, self.gather = root, staging, rank, keep, gather
        self.complete = []
        self.lineage = []

    def resume(self, run):
        """Finds the newest checkpoint that is complete on every rank and begins or continues the lineage.

        run: {"model", "total_steps"}, which the checkpoint must agree with. Returns (manifest, merged state) or (None, None).
        """
        found = dict(self._complete_ones())
        held_by_all = set.intersection(*(set(hashes) for hashes in self.gather(sorted(found))))
        common = sorted((found[digest]["step"], digest) for digest in held_by_all)
        self.complete = [step for step, _ in common]
        if not common:
            self.lineage = [{"attempt": 1, "from_step": 0, "from_manifest_sha256": None, "started_at": now()}]
            return None, None
        step, digest = common[-1]
        manifest = found[digest]
        for name, value in run.items():
            if manifest[name] != value:
                raise SystemExit(f"Checkpoint step {step} is of another run: {name} is {manifest[name]!r} there and {value!r} here. "
                                 "Give this run a checkpoint location of its own, or the settings of that run.")
        self.lineage = manifest["lineage"] + [{"attempt": len(manifest["lineage"]) + 1, "from_step": step,
                                               "from_manifest_sha256": digest, "started_at": now()}]
        state = {}
        for entry in manifest["files"]:
            state.update(torch.load(os.path.join(self._folder(step), entry["path"]), map_location="cpu", weights_only=True))
        return manifest, state

    def save(self, step, part, manifest):
        """Writes this rank's part of the state; rank 0 completes the checkpoint. Returns (files, bytes, seconds)."""
        began = time.monotonic()
        folder = self._folder(step)
        os.makedirs(folder, exist_ok=True)
        os.makedirs(self.staging, exist_ok=True)
        # A manifest that is already there speaks of files that are about to change.
        self._remove_file(os.path.join(folder, MANIFEST))
        name = f"rank-{self.rank}.bin"
        temporary = os.path.join(self.staging, name)
        torch.save(part, temporary)
        entry = {"path": name, "rank": self.rank, "size": os.path.getsize(temporary), "sha256": sha256(temporary)}
        self._rename(temporary, os.path.join(folder, name))
        files = self.gather(entry)
        self.complete.append(step)
        if self.rank == 0:
            document = {"format": FORMAT, **manifest, "step": step, "world_size": len(files), "written_at": now(),
                        "stall_seconds": time.monotonic() - began, "files": files, "lineage": self.lineage}
            temporary = os.path.join(self.staging, MANIFEST)
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
            self._rename(temporary, os.path.join(folder, MANIFEST))
        # Nobody removes an old checkpoint before the new one exists.
        self.gather(None)
        self._rotate()
        return len(files), sum(entry["size"] for entry in files), time.monotonic() - began

    def _rotate(self):
        # Rank 0's list decides, which all ranks share; each removes what lies on its own disk, or it would stay in S3.
        oldest = self.complete[-self.keep:][0]
        for step, folder in self._folders():
            if step < oldest:
                self._remove_file(os.path.join(folder, MANIFEST))
                shutil.rmtree(folder, ignore_errors=True)

    def _complete_ones(self):
        for step, folder in self._folders():
            try:
                with open(os.path.join(folder, MANIFEST), encoding="utf-8") as file:
                    manifest = json.load(file)
                if manifest["format"] != FORMAT or manifest["step"] != step:
                    raise ValueError("its manifest is of another format or step")
                for entry in manifest["files"]:
                    path = os.path.join(folder, os.path.basename(entry["path"]))
                    if os.path.getsize(path) != entry["size"] or sha256(path) != entry["sha256"]:
                        raise ValueError(f"{entry['path']} is not what the manifest says")
                yield sha256(os.path.join(folder, MANIFEST)), manifest
            except (OSError, ValueError, KeyError) as error:
                print(f"ignoring {os.path.basename(folder)}: {error}", flush=True)

    def _folders(self):
        names = os.listdir(self.root) if os.path.isdir(self.root) else []
        matches = (re.fullmatch(r"step-(\d{8,})", name) for name in sorted(names))
        return [(int(match[1]), os.path.join(self.root, match[0])) for match in matches if match]

    def _folder(self, step):
        return os.path.join(self.root, f"step-{step:08d}")

    @staticmethod
    def _remove_file(path):
        # Ranks of one node share the folder, so another one may have been faster.
        try:
            os.remove(path)
        except FileNotFoundError:
            pass

    @staticmethod
    def _rename(source, target):
        try:
            os.replace(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # The platform may mount the synchronised folder by itself; the hashes in the manifest still tell a torn copy.
            shutil.copyfile(source, target + ".partial")
            os.replace(target + ".partial", target)
            os.remove(source)

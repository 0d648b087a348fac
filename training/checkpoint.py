"""The checkpoints in one node's synchronised folder: writing by rename, completion by a manifest, rotation, and resuming.

Needs no PyTorch: a rank's file is whatever bytes the program hands over.
"""
import errno
import hashlib
import json
import os
import shutil

import contract
from console import TrainingError, logger
from contract import MANIFEST, IncompleteCheckpoint


class CheckpointStore:
    """node: the process (node.Node). keep: complete checkpoints that rotation leaves, at least 2."""

    def __init__(self, node, keep):
        self.root, self.staging = os.fspath(node.checkpoints), os.fspath(node.staging)
        self.node, self.keep = node, keep
        self.complete = []
        self.lineage = []

    def resume(self, gather, run):
        """Finds the newest checkpoint that is complete on every node, and starts or continues the lineage.

        gather(value): every rank's value, in order of rank. run: {"model", "total_steps"}, which the checkpoint must agree with.
        Returns its manifest, or None.
        """
        if self.node.local_rank == 0:
            shutil.rmtree(self.staging, ignore_errors=True)
        started = contract.now()
        manifest, digest = self._newest(gather)
        if manifest is None:
            self.lineage = [{"attempt": 1, "from_step": 0, "from_manifest_sha256": None, "started_at": started}]
            return None
        _require_same_run(manifest, run)
        before = manifest["lineage"]
        self.lineage = before + [{
            "attempt": len(before) + 1, "from_step": manifest["step"], "from_manifest_sha256": digest, "started_at": started,
            "from_ran_seconds": max(0.0, contract.seconds_between(before[-1]["started_at"], manifest["written_at"]))}]
        return manifest

    def write(self, step, blocks):
        """Writes this rank's file of a checkpoint; returns its entry for the manifest."""
        folder = self.folder(step)
        os.makedirs(folder, exist_ok=True)
        os.makedirs(self.staging, exist_ok=True)
        # An existing manifest describes files that are about to change.
        _remove(os.path.join(folder, MANIFEST))
        name = f"rank-{self.node.rank}.bin"
        digest, size = hashlib.sha256(), 0
        with open(os.path.join(self.staging, name), "wb") as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
        _rename(os.path.join(self.staging, name), os.path.join(folder, name))
        return {"path": name, "rank": self.node.rank, "size": size, "sha256": digest.hexdigest()}

    def publish(self, step, files, members):
        """Completes a checkpoint, when all its files are in place; only rank 0 calls it."""
        missing = sorted(set(range(self.node.world)) - {entry["rank"] for entry in files})
        if missing:
            # Nodes that train alone would otherwise pass for nodes that train together.
            raise TrainingError(
                f"The checkpoint of step {step} has no file of rank {missing[0]}, but {self.node.world} processes were started, and each "
                "writes one. Gather the files of all ranks before publish, or lower instance_count.")
        manifest = {"format": contract.FORMAT, "job": self.node.job, "step": step, "world_size": self.node.world,
                    "written_at": contract.now(), **members, "files": files, "lineage": self.lineage}
        temporary = os.path.join(self.staging, MANIFEST)
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=2)
        _rename(temporary, os.path.join(self.folder(step), MANIFEST))

    def discard(self, step):
        """Deletes what this rank wrote for a checkpoint that was not completed."""
        folder, name = self.folder(step), f"rank-{self.node.rank}.bin"
        for path in (os.path.join(folder, MANIFEST), os.path.join(folder, name), os.path.join(self.staging, name), os.path.join(self.staging, MANIFEST)):
            _remove(path)
        try:
            os.rmdir(folder)
        except OSError:
            # Another rank's file is still in it, or the folder never existed.
            pass

    def completed(self, step):
        """Records a new checkpoint and deletes those that rotation no longer keeps.

        All ranks have the same list of complete steps. Each node deletes the files on its own disk, because a file that stays
        on a disk stays in S3.
        """
        self.complete = [known for known in self.complete if known != step] + [step]
        kept = set(self.complete[-self.keep:])
        for other, folder in self._folders():
            if other < step and other not in kept:
                _remove(os.path.join(folder, MANIFEST))
                shutil.rmtree(folder, ignore_errors=True)

    def folder(self, step):
        return os.path.join(self.root, contract.folder_name(step))

    def _newest(self, gather):
        held = dict(self._held())
        everywhere = gather({digest: manifest["step"] for digest, manifest in held.items()})
        for digest, manifest in held.items():
            absent = [rank for rank, digests in enumerate(everywhere) if digest not in digests]
            if absent:
                logger.info(f"ignoring {contract.folder_name(manifest['step'])}: it is not complete on {self.node.name_of(absent[0])}")
        common = [digest for digest in held if all(digest in digests for digests in everywhere)]
        for digest in sorted(common, key=lambda digest: held[digest]["step"], reverse=True):
            problem = next(filter(None, gather(self._damage(held[digest]))), None)
            if problem is None:
                self.complete = sorted(held[digest]["step"] for digest in common)
                return held[digest], digest
            logger.info(f"ignoring {contract.folder_name(held[digest]['step'])}: {problem}")
            common.remove(digest)
        return None, None

    def _held(self):
        """Digest and manifest of each checkpoint whose files are here with their sizes."""
        for step, folder in self._folders():
            try:
                sizes = contract.sizes_in(folder)
                if MANIFEST not in sizes:
                    raise IncompleteCheckpoint(f"it has no {MANIFEST}, so it was not completed")
                with open(os.path.join(folder, MANIFEST), "rb") as file:
                    content = file.read()
                manifest = contract.parse_manifest(content, step)
                contract.require_sizes(manifest, sizes)
                yield hashlib.sha256(content).hexdigest(), manifest
            except (IncompleteCheckpoint, OSError) as problem:
                if self.node.local_rank == 0:
                    logger.info(f"ignoring {os.path.basename(folder)}: {problem}")

    def _damage(self, manifest):
        """What is wrong with the files of a checkpoint, or None. The processes of a node each read a part of the files."""
        try:
            for entry in manifest["files"][self.node.local_rank::self.node.local_world]:
                with open(os.path.join(self.folder(manifest["step"]), entry["path"]), "rb") as file:
                    contract.require_hash(entry, file)
        except (IncompleteCheckpoint, OSError) as problem:
            return str(problem)
        return None

    def _folders(self):
        names = os.listdir(self.root) if os.path.isdir(self.root) else []
        return [(contract.step_of(name), os.path.join(self.root, name)) for name in sorted(names) if contract.step_of(name) is not None]


def _require_same_run(manifest, run):
    for name, value in run.items():
        if manifest[name] != value:
            there, here = str(manifest[name]).split(), str(value).split()
            differing = [f"{old} in the checkpoint and {new} here" for old, new in zip(there, here) if old != new] if len(there) == len(here) else []
            raise TrainingError(
                f"Checkpoint step {manifest['step']} belongs to another {'model' if name == 'model' else 'run'}: "
                f"{', '.join(differing) if name == 'model' and differing else f'{name} is {manifest[name]} in the checkpoint and {value} here'}. "
                "Use a separate checkpoint location for this run, or the settings of that run.")


def _remove(path):
    # Ranks of one node share the folder, so another one may have been faster.
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def _rename(source, target):
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The synchronised folder may be a separate mount; the hashes in the manifest still reveal a partial copy.
        shutil.copyfile(source, target + ".partial")
        os.replace(target + ".partial", target)
        os.remove(source)

"""The processes of a run: how they connect, exchange values, and detect that one is lost."""
import os
import socket
import threading
import time
from datetime import timedelta

import torch
import torch.distributed as dist

from console import TrainingError, record_failure

FOREVER = timedelta(days=365)
CAUSE = "cause"


class ProcessGroup:
    """The connected processes. Each thread that communicates has a separate group, so no thread waits for another's messages."""

    def __init__(self, node, device, timeout_seconds):
        self.node = node
        self._watcher = None
        limit = timedelta(seconds=timeout_seconds)
        self._store = _meet(node, timeout_seconds)
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", store=dist.PrefixStore("group", self._store),
                                rank=node.rank, world_size=node.world, timeout=limit)
        self._control = dist.new_group(backend="gloo", timeout=limit)
        # The time of a write varies more than that of a step; a lost peer is detected at once in any case.
        self._saving = dist.new_group(backend="gloo", timeout=limit + timedelta(hours=1))
        self._watching = dist.new_group(backend="gloo", timeout=FOREVER)
        if node.world > 1:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()

    def gather(self, value):
        """Every rank's value, in order of rank; for the training thread."""
        return self._gather(value, self._control)

    def gather_saving(self, value):
        """The same for the thread that saves."""
        return self._gather(value, self._saving)

    def gather_numbers(self, numbers):
        """Every rank's numbers, in order of rank; the same count everywhere."""
        mine = torch.tensor(numbers, dtype=torch.float64)
        everyone = [torch.empty_like(mine) for _ in range(self.node.world)]
        dist.all_gather(everyone, mine, group=self._control)
        return [other.tolist() for other in everyone]

    def leave(self):
        """Returns when all processes have called it; then each process may exit.

        The groups are not destroyed, because that can deadlock: the interpreter's lock is held while threads that need it are joined.
        """
        self.gather(None)
        if self._watcher is not None:
            dist.send(torch.zeros(1), (self.node.rank - 1) % self.node.world, group=self._watching)
            self._watcher.join()

    def explain(self, error):
        """The message of a failure: its own, or that of the peer that caused it."""
        if self.node.world == 1:
            return describe(error)
        # A broken connection breaks all others in turn; the rank that watched the lost peer soon records its name.
        patience = time.monotonic() + (5 if isinstance(error, RuntimeError) else 0)
        mine = f"{self.node.name_of(self.node.rank)} failed: {describe(error)}"
        first = self._first_cause("")
        while not first and time.monotonic() < patience:
            time.sleep(0.1)
            first = self._first_cause("")
        first = first or self._first_cause(mine)
        self._linger()
        return describe(error) if first == mine else f"Peer {first}"

    def _first_cause(self, suspicion):
        """Why the run ends, as the first rank recorded it. A suspicion that is not empty is recorded if no rank has recorded a cause."""
        try:
            return self._store.compare_set(CAUSE, "", suspicion).decode()
        except RuntimeError:
            # Rank 0 holds the store.
            return f"{self.node.name_of(0)} was lost."

    def _linger(self):
        if self.node.rank == 0:
            # The others read the cause here.
            time.sleep(1)

    def _watch(self):
        """Waits for the message that the next rank sends at its end; if the connection breaks first, that rank is lost."""
        neighbour = (self.node.rank + 1) % self.node.world
        try:
            dist.recv(torch.zeros(1), neighbour, group=self._watching)
        except RuntimeError:
            self._lost(neighbour)

    def _lost(self, neighbour):
        record_failure(self.node.base, "Peer " + self._first_cause(f"{self.node.name_of(neighbour)} was lost."))
        self._linger()
        # The training thread may be in a call that never returns.
        os._exit(1)

    @staticmethod
    def _gather(value, group):
        values = [None] * dist.get_world_size(group)
        dist.all_gather_object(values, value, group=group)
        return values


def describe(error):
    """The message of an error: its own for a TrainingError, otherwise its type and first line."""
    return str(error) if isinstance(error, TrainingError) else f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def _meet(node, timeout_seconds):
    """Waits until all ranks are present. Raises TrainingError with the name of the first missing rank."""
    deadline = time.monotonic() + timeout_seconds
    _resolve(node, deadline)
    missing = 0
    try:
        store = _open_store(node, timedelta(seconds=timeout_seconds))
        store.set(f"joined-{node.rank}", "yes")
        for missing in range(node.world):
            store.wait([f"joined-{missing}"], timedelta(seconds=max(0.1, deadline - time.monotonic())))
        return store
    except RuntimeError as error:
        raise TrainingError(f"Peer {node.name_of(missing)} did not join at {node.master}:{node.port} within {timeout_seconds:g} s: "
                            f"{str(error).splitlines()[0]}") from error


def _open_store(node, limit):
    place = (node.master, node.port, node.world, node.rank == 0)
    try:
        return dist.TCPStore(*place, timeout=limit, wait_for_workers=False)
    except RuntimeError as error:
        if "libuv" not in str(error):
            raise
        # libuv is the default since PyTorch 2.4, but not every build has it; Debian's does not.
        return dist.TCPStore(*place, timeout=limit, wait_for_workers=False, use_libuv=False)


def _resolve(node, deadline):
    """Waits until the name of the first host resolves, which may be some time after the nodes have started."""
    while True:
        try:
            socket.getaddrinfo(node.master, node.port)
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise TrainingError(f"Peer {node.name_of(0)} did not join: the name {node.master} is not known ({error}).") from error
            time.sleep(1)

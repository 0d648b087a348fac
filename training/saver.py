"""Saves in the background: training pauses only while its state is copied; a thread writes the copy."""
import threading
import time

import torch

import tensorfile
from console import TrainingError, logger

BLOCK = 8 << 20


class Saver:
    """One save at a time, in the same order on every rank.

    store: checkpoint.CheckpointStore. pieces: state.Piece of this rank. gather(value): every rank's value, in order of rank,
    over connections that nothing else uses, because it runs in the thread. failures: consecutive saves that may fail.
    """

    def __init__(self, store, pieces, gather, asynchronous, failures):
        self.store, self.pieces, self.gather = store, pieces, gather
        self.asynchronous, self.failures = asynchronous, failures
        self.failed_in_row = 0
        self.problem = None
        self.stall_seconds = 0.0
        self._thread = self._waiting_since = None
        self._error = None
        self._header = tensorfile.header([(piece.key, piece.tensor.dtype, (piece.length,)) for piece in pieces])
        # Written to once now, so the first copy does not wait for memory.
        pinned = torch.cuda.is_available()
        self._copy = torch.zeros(sum(piece.bytes for piece in pieces), dtype=torch.uint8)
        self._copy = self._copy.pin_memory() if pinned else self._copy

    def save(self, step, members, at_once=False):
        """Saves the state as it is now; members go into the manifest. at_once waits until the checkpoint is complete.

        The seconds that training pauses are added to stall_seconds. Raises TrainingError after too many failures.
        """
        self.wait()
        began = time.monotonic()
        self._copy_aside()
        copied = time.monotonic()
        wait = at_once or not self.asynchronous
        self._waiting_since = copied if wait else None
        self._thread = threading.Thread(target=self._run, args=(step, members, began, copied - began), daemon=True)
        self._thread.start()
        self.stall_seconds += copied - began
        if wait:
            self.wait()
        if at_once and self.problem:
            raise TrainingError(f"The checkpoint of step {step} could not be saved: {self.problem}.")

    @property
    def is_busy(self):
        """Whether a save is running."""
        return self._thread is not None and self._thread.is_alive()

    def finish(self):
        """Pauses training until no save is running."""
        if self._thread is not None:
            self._waiting_since = began = self._waiting_since or time.monotonic()
            self._thread.join()
            self._thread = None
            self.stall_seconds += time.monotonic() - began

    def wait(self):
        """The same; raises the error that ended the last save."""
        self.finish()
        if self._error is not None:
            raise self._error
        if self.failed_in_row > self.failures:
            raise TrainingError(f"{self.failed_in_row} checkpoints in a row could not be saved: {self.problem}.")

    def take_stall(self):
        """Seconds that saving cost since the last call."""
        seconds, self.stall_seconds = self.stall_seconds, 0.0
        return seconds

    def _copy_aside(self):
        position = 0
        for piece in self.pieces:
            target = self._copy[position:position + piece.bytes].view(piece.tensor.dtype)
            target.copy_(piece.flat(), non_blocking=True)
            position += piece.bytes
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    def _run(self, step, members, began, copying):
        try:
            self._save(step, members, began, copying)
        except Exception as error:  # A peer is lost; the next wait() raises this.
            self._error = error

    def _save(self, step, members, began, copying):
        # Every rank learns of a failure on any rank, and then all delete what they wrote.
        entry = problem = None
        try:
            entry = self.store.write(step, self._blocks())
        except OSError as error:
            problem = str(error)
        answers = self.gather((entry, problem, copying))
        problem = self._first([answer[1] for answer in answers])
        files = [answer[0] for answer in answers]
        if problem is None:
            if self.store.node.rank == 0:
                waited = time.monotonic() - self._waiting_since if self._waiting_since else 0.0
                try:
                    self.store.publish(step, files, {**members, "stall_seconds": max(answer[2] for answer in answers) + waited})
                except OSError as error:
                    problem = str(error)
            # No rank deletes an old checkpoint before the new one exists.
            problem = self._first(self.gather(problem))
        self.problem = problem
        if problem is not None:
            self.store.discard(step)
            self.failed_in_row += 1
            if self.store.node.rank == 0:
                newest = f"the newest is that of step {self.store.complete[-1]}" if self.store.complete else "there is none yet"
                logger.info(f"checkpoint step={step} failed: {problem}; {newest}")
            return
        self.failed_in_row = 0
        self.store.completed(step)
        if self.store.node.rank == 0:
            logger.info(f"checkpoint step={step} files={len(files)} bytes={sum(file['size'] for file in files)} seconds={time.monotonic() - began:.4f}")

    def _blocks(self):
        yield self._header
        content = tensorfile.bytes_of(self._copy)
        for position in range(0, len(content), BLOCK):
            yield content[position:position + BLOCK]

    def _first(self, problems):
        return next((f"{self.store.node.name_of(rank)}: {problem}" for rank, problem in enumerate(problems) if problem), None)

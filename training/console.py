"""What the program says: lines on standard output, and the one sentence of a failure."""
import os
import sys
import threading

FAILURE_LIMIT = 1024

_lock = threading.Lock()
_failed = False


class TrainingError(Exception):
    """A failure whose message is one sentence for whoever started the run: what, where, what to do."""


def say(line):
    """Writes one line, whole and at once: the thread that saves checkpoints speaks too."""
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def record_failure(base, sentence):
    """Leaves the sentence where SageMaker reads it, and on standard error; the first one of a host counts."""
    global _failed
    with _lock:
        if _failed:
            return
        _failed = True
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
        try:
            os.makedirs(base / "output", exist_ok=True)
            with open(base / "output" / "failure", "x", encoding="utf-8") as file:
                file.write(sentence[:FAILURE_LIMIT])
        except FileExistsError:
            # Another process of this host was first.
            pass
        except OSError as error:
            sys.stderr.write(f"The failure could not be written to {base / 'output'}: {error}\n")

"""Log lines on standard output, and the message of a failure."""
import logging
import os
import sys
import threading

FAILURE_LIMIT = 1024

# Lines without a prefix: SageMaker reads its metrics from them. A handler writes each line whole, for the saving thread logs too.
logger = logging.getLogger("training")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(logging.StreamHandler(sys.stdout))

_lock = threading.Lock()
_failed = False


class TrainingError(Exception):
    """A failure whose message says what is wrong, where, and what to do."""


def record_failure(base, sentence):
    """Writes the message where SageMaker reads it, and to standard error; the first one on a host counts."""
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

"""A process that has loaded PyTorch and the program once, and forks a node for each request on its standard input.

Only tests use it: starting an interpreter for each of hundreds of nodes would take minutes.
"""
import json
import os
import select
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

import faults  # noqa: E402
import train  # noqa: E402


def run_node(request):
    """The forked node's life."""
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(request["environment"])
    sys.argv = ["train.py"]
    faults.install(request["faults"])
    code = train.main()
    sys.stdout.flush()
    os._exit(code)


def main():
    children = set()
    # Threads do not survive a fork, so this process never has a second one.
    while True:
        readable, _, _ = select.select([0], [], [], 0.02)
        if readable:
            line = sys.stdin.buffer.raw.readline()
            if not line:
                return
            request = json.loads(line)
            if "signal" in request:
                # Here alone it is known whether the process is still that node.
                if request["pid"] in children:
                    os.kill(request["pid"], request["signal"])
                continue
            pid = os.fork()
            if pid == 0:
                run_node(request)
            children.add(pid)
            print(json.dumps({"started": pid}), flush=True)
        for pid in list(children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                children.remove(pid)
                print(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()

"""The hosts wait for each other before torchrun starts. torchrun itself would report that a host is missing, but not which."""
import socket
import time

from console import TrainingError

GO = "go"


def join(hosts, host, address, port, timeout_seconds):
    """Returns when all hosts are present. Raises TrainingError with the name of a missing host."""
    deadline = time.monotonic() + timeout_seconds
    if host == hosts[0]:
        _receive(hosts, port, deadline, timeout_seconds)
    else:
        _report(hosts, host, address, port, deadline, timeout_seconds)


def _receive(hosts, port, deadline, timeout_seconds):
    """The first host: receives the others' names, and answers when all have joined or the time is up."""
    present = {}
    with socket.create_server(("", port)) as server:
        try:
            while len(present) < len(hosts) - 1:
                server.settimeout(max(0.01, deadline - time.monotonic()))
                connection, _ = server.accept()
                connection.settimeout(max(0.01, deadline - time.monotonic()))
                present[connection.makefile().readline().strip()] = connection
            answer = GO
        except OSError:
            missing = next(host for host in hosts[1:] if host not in present)
            answer = f"Peer {missing} did not join within {timeout_seconds:g} s."
        for connection in present.values():
            connection.sendall(f"{answer}\n".encode())
            connection.close()
    if answer != GO:
        raise TrainingError(answer)


def _report(hosts, host, address, port, deadline, timeout_seconds):
    """Another host: sends its name to the first, whose name may resolve only some time after the start."""
    problem = "it did not answer"
    while (left := deadline - time.monotonic()) > 0:
        try:
            with socket.create_connection((address, port), timeout=left) as connection:
                connection.sendall(f"{host}\n".encode())
                # The first host waits for the others as long as this one does for it.
                connection.settimeout(left + 10)
                answer = connection.makefile().readline().strip()
            if answer == GO:
                return
            if answer:
                raise TrainingError(answer)
        except OSError as error:
            problem = str(error)
        time.sleep(min(1.0, timeout_seconds / 10))
    raise TrainingError(f"Peer {hosts[0]} did not join at {address}:{port} within {timeout_seconds:g} s: {problem}.")

#!/usr/bin/env python3
"""How long ./build.sh takes to start, and the ratio to its peer: `dotnet cake --tree` of a script with the same tasks.

Run it from anywhere: tests/bench_start.py [RUNS]. Cake.Tool comes from NuGet, in the version of Directory.Build.props.
The two take turns, so a busy machine slows both, and each counts with its median.
"""
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = [str(ROOT / "build.sh")]
TREE = [*BUILD, "--tree"]


def run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def seconds(command, **options):
    start = time.perf_counter()
    run(command, **options)
    return time.perf_counter() - start


def cake_tool():
    version = re.search(r"<CakeToolVersion>(.*)<", (ROOT / "Directory.Build.props").read_text())[1]
    folder = ROOT / ".tools" / f"cake-{version}"
    program = folder / "dotnet-cake"
    if not program.exists():
        run(["dotnet", "tool", "install", "Cake.Tool", "--version", version, "--tool-path", str(folder)])
    return version, str(program)


def cake_script(tree):
    """The tasks of a tree, each with its own dependencies once."""
    needs, path = {}, []
    for line in filter(None, tree.splitlines()):
        name = line.lstrip("│├└─ ")
        depth = (len(line) - len(name)) // 3
        path[depth:] = [name]
        needs.setdefault(name, [])
        if depth and name not in needs[path[depth - 1]]:
            needs[path[depth - 1]].append(name)
    tasks = [f'Task("{name}")' + "".join(f'.IsDependentOn("{other}")' for other in others) + ".Does(() => { });" for name, others in needs.items()]
    return len(tasks), "\n".join([*tasks, 'RunTarget(Argument("target", "Launch"));\n'])


def one_file_changed():
    source = ROOT / "build" / "Pipeline" / "Program.cs"
    os.utime(source)
    return seconds(TREE)


def not_writable(runs, home):
    """As a user who can read the checkout only; None where this user can become no other."""
    if os.geteuid() != 0:
        return None
    os.chmod(home, 0o777)
    variables = {**os.environ, "HOME": home, "DOTNET_CLI_HOME": home, "TMPDIR": home}
    return statistics.median(seconds(TREE, user=65534, group=65534, extra_groups=[], env=variables) for _ in range(runs))


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    version, cake = cake_tool()
    tasks, script = cake_script(run(TREE))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "build.cake").write_text(script)
        peer = [cake, "--tree"]
        run(peer, cwd=folder)
        ours, theirs = [], []
        for _ in range(runs):
            ours.append(seconds(TREE))
            theirs.append(seconds(peer, cwd=folder))
        print(f"{tasks} tasks, median of {runs} runs, taking turns, {os.cpu_count()} cores")
        print(f"./build.sh --tree               {statistics.median(ours):8.3f} s")
        print(f"dotnet cake --tree ({version})      {statistics.median(theirs):8.3f} s")
        print(f"ratio                           {statistics.median(ours) / statistics.median(theirs):8.3f}")
        print(f"./build.sh --tree, one file changed {one_file_changed():4.1f} s, with the build")
        with tempfile.TemporaryDirectory() as home:
            found = not_writable(runs, home)
        print("./build.sh --tree, checkout that cannot be written: " + ("only root can measure it" if found is None else f"{found:.3f} s"))


main()

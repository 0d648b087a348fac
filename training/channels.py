"""Compares this node's channels with the approved digests, then starts the program given as arguments.

It runs first, with `python -I`, and imports nothing from its folder, so an added file cannot run before it is found.
A channel without a digest in the environment is not compared; data that was already in S3 has none.
"""
import concurrent.futures
import hashlib
import os
import sys

CODE, DATA = "PIPELINE_CODE_SHA256", "PIPELINE_DATA_SHA256_"
BLOCK = 8 << 20
PART, MOST_PARTS = 16 << 20, 10_000
MOST_NAMES = 3


def digests(environment):
    """The variable and the approved digest of each channel that has one, by the channel's name."""
    found = {"code": (CODE, environment[CODE])} if environment.get(CODE) else {}
    return {**found, **{name[len(DATA):].lower(): (name, value) for name, value in environment.items() if name.startswith(DATA) and value}}


def lines_of(folder):
    """A line for each file of a folder: SHA-256, size and path, in the order of the paths' bytes."""
    paths = [os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names]
    named = sorted((os.fsencode(os.path.relpath(path, folder)), path) for path in paths)
    # Hashing releases the interpreter's lock, so threads run in parallel.
    with concurrent.futures.ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        hashes = pool.map(sha256_of, (path for _, path in named))
    return [(name, b"%s %d %s\n" % (sha256.encode(), size, name)) for (name, _), (sha256, size) in zip(named, hashes)]


def part_size(size):
    """Bytes of each part in which a file was uploaded."""
    part = PART
    while part * MOST_PARTS < size:
        part *= 2
    return part


def sha256_of(path):
    """SHA-256 of a file as S3 keeps it, and its size: a file of several parts has the SHA-256 of those of its parts."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        part, hashes = part_size(size), []
        for start in range(0, max(size, 1), part):
            digest = hashlib.sha256()
            while block := file.read(min(BLOCK, start + part - file.tell())):
                digest.update(block)
            hashes.append(digest)
    return (hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(each.digest() for each in hashes))).hexdigest(), size


def difference(lines, marks):
    """What differs. The marks identify the file: four digits for each, sent by the pipeline for folders with few files."""
    if not marks:
        return f"one of its {len(lines)} files was added, changed or removed"
    expected = [marks[index:index + 4] for index in range(0, len(marks), 4)]
    unexpected = []
    for name, line in lines:
        mark = hashlib.sha256(line).hexdigest()[:4]
        if mark in expected:
            expected.remove(mark)
        else:
            unexpected.append(f"'{os.fsdecode(name)}'")
    return f"{', '.join(unexpected[:MOST_NAMES])} was added or changed" if unexpected else "a file is missing"


def problem(base, environment):
    """The message for the first channel that differs from what was approved; None if none does."""
    for channel, (variable, approved) in digests(environment).items():
        folder = os.path.join(base, "input", "data", channel)
        if not os.path.isdir(folder):
            return f"The channel '{channel}' is missing, and {variable} is set."
        lines = lines_of(folder)
        actual = hashlib.sha256(b"".join(line for _, line in lines)).hexdigest()
        if actual != approved.lower():
            marks = environment.get(variable.replace("_SHA256", "_MARKS", 1))
            return (f"The channel '{channel}' differs from what was approved: {difference(lines, marks)}. "
                    f"Its digest is {actual}; the approved digest is {approved}. The program was not started.")
    return None


def main():
    base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
    try:
        sentence = problem(base, os.environ)
    except OSError as error:
        sentence = f"The channels cannot be compared with what was approved: {error}."
    if sentence is None:
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
    sys.stderr.write(sentence + "\n")
    os.makedirs(os.path.join(base, "output"), exist_ok=True)
    with open(os.path.join(base, "output", "failure"), "w", encoding="utf-8") as file:
        file.write(sentence[:1024])
    sys.exit(1)


if __name__ == "__main__":
    main()

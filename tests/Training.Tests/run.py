"""Runs the tests beside it, with pytest where it is installed and with unittest where it is not.

    python3 tests/Training.Tests/run.py [RESULTS.junit.xml]
"""
import sys
import unittest
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

TESTS = str(Path(__file__).resolve().parent)


def with_pytest(results):
    import pytest

    return pytest.main(["-q", "-rs", "-p", "no:cacheprovider", *([f"--junitxml={results}"] if results else []), TESTS])


def with_unittest(results):
    outcome = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.discover(TESTS))
    failures = len(outcome.failures) + len(outcome.unexpectedSuccesses)
    if results:
        counts = {"tests": outcome.testsRun, "failures": failures, "errors": len(outcome.errors), "skipped": len(outcome.skipped)}
        suite = ElementTree.Element("testsuite", {name: str(count) for name, count in counts.items()})
        ElementTree.ElementTree(suite).write(results)
    return 0 if outcome.wasSuccessful() and outcome.testsRun else 1


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    run = with_pytest if find_spec("pytest") else with_unittest
    sys.exit(run(sys.argv[1] if len(sys.argv) > 1 else None))

"""Run a module or a script under the tests' clock: ``python -m tests.support.shifted -m celery …``."""

import runpy
import sys

from tests.support.clock import shifted

if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.path.insert(0, "")
    with shifted():
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")

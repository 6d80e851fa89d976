"""Compiles the rules of the model ahead of the first run: `python -m experiments.prepare`. They are kept for all later processes."""

import sys
import time

QUARTERS = 2  # in the first nobody has failed yet


def main():
    """Run a small world for a moment, which compiles what it uses, and say how long it took."""
    print("overreach: compiling the rules of the model (half a minute the first time)", file=sys.stderr, flush=True)
    began = time.perf_counter()
    from abm.model import Industry  # here, because importing takes its time
    from agents.world_files.folder import load_world

    Industry(load_world("tutorial")).run(QUARTERS)
    print(f"overreach: rules are compiled ({time.perf_counter() - began:.0f} s)", file=sys.stderr)


if __name__ == "__main__":
    main()

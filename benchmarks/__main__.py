"""`python -m benchmarks docs/performance.md [--quick]`: measure speed and write the page."""

import argparse
import os
import sys
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and write a page of Markdown.")
    parser.add_argument("page", type=Path, help="where to write, e.g. docs/performance.md")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: tries the measuring itself, its numbers mean nothing")
    chosen = parser.parse_args()
    for library in ("OMP", "OPENBLAS", "MKL"):  # before anything imports NumPy
        os.environ[f"{library}_NUM_THREADS"] = "1"
    from benchmarks import page, performance

    sizes = performance.QUICK if chosen.quick else performance.FULL
    found = performance.everything(sizes, progress=lambda words: print(f"bench: {words}", file=sys.stderr, flush=True))
    chosen.page.parent.mkdir(parents=True, exist_ok=True)
    chosen.page.write_text(page.written(found), encoding="utf-8")


if __name__ == "__main__":
    main()

"""`python -m tests.validation docs/validation.md [--worlds 200]`: write the page of numbers from outside; fails if a case disagrees."""

import argparse
import os
import sys
from pathlib import Path

QUARTERS = 48


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.validation", description="Compare with numbers from outside and write a page.")
    parser.add_argument("page", type=Path, help="where to write, e.g. docs/validation.md")
    parser.add_argument("--worlds", type=int, default=200, help="worlds of the archetypes for the comparison with history")
    chosen = parser.parse_args()
    for library in ("OMP", "OPENBLAS", "MKL"):  # before anything imports NumPy
        os.environ[f"{library}_NUM_THREADS"] = "1"
    from tests.validation import cases, history, page, variants
    from tests.validation.observed import Observed

    known, seen = cases.everything(), Observed(chosen.worlds, QUARTERS)
    chosen.page.parent.mkdir(parents=True, exist_ok=True)
    found = history.in_order(history.facts(seen) | variants.facts(chosen.worlds))
    chosen.page.write_text(page.written(known, found, seen), encoding="utf-8")
    wrong = [f"{case.group}: {case.what}" for case in known if not case.agrees]
    if wrong:
        sys.exit(f"validate: not as the source has it: {'; '.join(wrong)}")


if __name__ == "__main__":
    main()

"""`python -m tests.validation docs/validation.md [--worlds 200]`: write the page of numbers from outside, and `examples.md` beside it.

Fails if a case disagrees.
"""

import argparse
import itertools
import os
import sys
from pathlib import Path

QUARTERS = 48


def main():
    parser = argparse.ArgumentParser(
        prog="python -m tests.validation", description="Compare with numbers from outside and write two pages."
    )
    parser.add_argument("page", type=Path, help="where to write, e.g. docs/validation.md; examples.md comes beside it")
    parser.add_argument(
        "--worlds", type=int, default=200, help="worlds of the archetypes for the comparison with history; no run of the examples has more"
    )
    chosen = parser.parse_args()
    for library in ("OMP", "OPENBLAS", "MKL"):  # before anything imports NumPy
        os.environ[f"{library}_NUM_THREADS"] = "1"
    from tests.validation import cases, example_forms, examples, history, page, variants
    from tests.validation.observed import Observed

    known, seen = cases.everything(), Observed(chosen.worlds, QUARTERS)
    chosen.page.parent.mkdir(parents=True, exist_ok=True)
    found = history.in_order(history.facts(seen) | variants.facts(chosen.worlds))
    chosen.page.write_text(page.written(known, found, seen), encoding="utf-8")
    chosen.page.with_name("examples.md").write_text(examples.written(chosen.worlds), encoding="utf-8")
    reckoned = itertools.chain(known, *example_forms.everything().values())
    wrong = [f"{case.group}: {case.what}" for case in reckoned if not case.agrees]
    if wrong:
        sys.exit(f"validate: not as the source has it: {'; '.join(wrong)}")


if __name__ == "__main__":
    main()

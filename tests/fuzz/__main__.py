"""The nightly fuzz: `make fuzz`. Says its seed first, every find as it comes, and ends with 1 if there was any.

python -m tests.fuzz [--seed N] [--part P ...] [--share 0.01]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.fuzz import files
from tests.fuzz.night import SIZES, one, sizes

TOGETHER = 20  # draws that a worker does in a row


def main():
    """Run the parts asked for. Returns the exit code."""
    read = argparse.ArgumentParser(prog="python -m tests.fuzz")
    read.add_argument("--seed", type=int, default=int(time.time()) // 86400, help="the day, by default")
    read.add_argument("--part", action="append", choices=list(SIZES), help="all, by default")
    read.add_argument("--share", type=float, default=1.0, help="of the nightly number of draws")
    read.add_argument("--workers", type=int, default=2)
    asked, found = read.parse_args(), 0
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, ProcessPoolExecutor(asked.workers) as pool:
        for part, count in sizes(asked.share).items():
            if asked.part and part not in asked.part:
                continue
            whole = files.finished(folder) if part == "stored" else None
            began, kinds = time.monotonic(), Counter()
            for number, said in enumerate(pool.map(partial(one, part, asked.seed, whole), range(count), chunksize=TOGETHER)):
                is_fine = said.startswith(("ran", "taken", "refused"))
                kinds[said.partition(":")[0] if is_fine else "FOUND"] += 1
                if not is_fine:
                    print(f"FOUND {part} {number} of seed {asked.seed}:\n{said}", flush=True)
            found += kinds["FOUND"]
            told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
            print(f"{part}: {told}, {time.monotonic() - began:.0f} s", flush=True)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())

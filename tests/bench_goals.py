"""Measure the assessment of many goals; run by ``make bench``, writes docs/benchmarks-goals.md."""

from __future__ import annotations

import os
import platform
import time
import tracemalloc
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from goal_tables import indicators, measured

from binnenstad.goals import assess

ROUNDS = 3
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks-goals.md"


def goals(count: int = 10_000, years: int = 10) -> tuple[float, float]:
    """Assess many indicators, each measured for ten years: the median time [s], and the peak of allocations [MB]."""
    table = pd.concat([indicators({})] * count, ignore_index=True).assign(id=[f"g{at}" for at in range(count)])
    one = measured(*((f"{2010 + year}-12-31", 100.0 + year) for year in range(years)))
    values = pd.concat([one] * count, ignore_index=True).assign(indicator=table["id"].repeat(years).to_numpy())
    values["value"] += np.random.default_rng(7).normal(0, 5, len(values))
    day = pd.Timestamp("2019-12-31")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        assess(table, values, day, day)
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    assess(table, values, day, day)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return median(times), peak


def main() -> None:
    spent, peak = goals()
    text = (
        "# Benchmark of the goals\n\n"
        f"Written by `make bench` on {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{platform.system()}. Median of {ROUNDS} rounds.\n\n"
        f"10,000 indicators with 10 yearly values each, assessed: {spent:.2f} s; peak of allocations (tracemalloc, "
        f"input not counted) {peak:.0f} MB.\n"
    )
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

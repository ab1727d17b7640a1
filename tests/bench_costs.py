"""Measure the nucleolus beside a second implementation, each in a process of its own.

Run by ``make bench``; prints and writes docs/benchmarks-costs.md. Run it when nothing else runs.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import coopgame
import numpy as np
import pandas as pd
from bench import table

from binnenstad.costs.nucleolus import coalition_costs, nucleolus, subset_sums

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, LIMIT = 3, 30
CASES = [(kind, count) for count in (12, 20) for kind in ("efforts", "table")]


def efforts(count: int) -> np.ndarray:
    """60 efforts, each with two beneficiaries in five on average."""
    random = np.random.default_rng(1)
    costs = pd.Series(random.integers(1000, 300_000, 60), index=range(60), dtype=float)
    uses = pd.DataFrame(random.random((60, count)) < 0.4, columns=[f"p{at}" for at in range(count)]).astype(int)
    uses.loc[uses.sum(axis=1) == 0, "p0"] = 1
    return coalition_costs(costs, uses)


def noisy(count: int) -> np.ndarray:
    """A table without structure: the hard case, with an empty core."""
    values = np.random.default_rng(2).random(1 << count) * 100 * np.sqrt(subset_sums(np.ones(count)))
    values[0] = 0
    return values


def one(who: str, kind: str, count: int) -> dict[str, object]:
    """Seconds, peak memory [MB] and shares of one game; the game is made before the clock starts."""
    costs = {"efforts": efforts, "table": noisy}[kind](count)
    other = coopgame.Game((-costs[1:]).tolist()) if who == "coopgame" else None
    start, busy = time.perf_counter(), time.process_time()
    if who == "binnenstad":
        shares = nucleolus(costs).tolist()
    else:
        shares = [-share for share in coopgame.nucleolus(other, domain="preimputation")["allocation"]]
    spent, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": spent, "cpu": busy, "peak": peak, "shares": shares}


def measured(who: str, kind: str, count: int) -> tuple[float, float, float, list[float]] | None:
    runs = []
    for _ in range(ROUNDS):
        command = [sys.executable, __file__, who, kind, str(count)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True)
        except subprocess.TimeoutExpired:
            return None
        runs.append(json.loads(done.stdout))
    seconds, cpu = (median(run[name] for run in runs) for name in ("seconds", "cpu"))
    return seconds, cpu, max(run["peak"] for run in runs), runs[0]["shares"]


def row(kind: str, count: int) -> list[str]:
    ours, theirs = (measured(who, kind, count) for who in ("binnenstad", "coopgame"))
    assert ours is not None
    cells = [kind, str(count), f"{ours[0]:.3f}", f"{ours[1]:.3f}", f"{ours[2]:.0f}"]
    if theirs is None:
        return [*cells, f"> {LIMIT}", "-", "-"]
    apart = max(abs(a - b) for a, b in zip(ours[3], theirs[3], strict=True)) / max(map(abs, ours[3]))
    return [*cells, f"{theirs[1]:.3f}", f"{theirs[2]:.0f}", f"{apart:.0e}"]


def large_programme(root: Path, partners: int = 12, count: int = 60) -> None:
    """Almelo's folder with generated partners and efforts, each with two beneficiaries in five on average."""
    folder = Path(shutil.copytree(ROOT / "data" / "almelo", root / "large"))
    random, ids = np.random.default_rng(4), [f"p{at}" for at in range(partners)]
    uses = random.random((count, partners)) < 0.4
    uses[:, 0] |= ~uses.any(axis=1)
    rows = {
        "partners": [{"id": name, "title": f"Partner {name}", "seats": 1} for name in ids],
        "efforts": [{"id": f"e{at}", "title": f"Inspanning {at}", "track": 1, "lead_partner": "p0",
                     "role": "commissioner", "state": "agreed"} for at in range(count)],
        "effort_indicators": [{"effort": f"e{at}", "indicator": "1a", "strength": 1 + at % 3, "judged_by": "bench"}
                              for at in range(count)],
        "budget": [{"fund": "F", "effort": f"e{at}", "year": 2019, "amount_eur": 1000 + 500 * at}
                   for at in range(count)],
        "payments": [{"partner": "p0", "instrument": "municipal_budget", "fund": "F", "year": 2019, "kind": "cash",
                      "amount_eur": sum(1000 + 500 * at for at in range(count)), "certainty": "certain"}],
        "interests": [{"partner": ids[who], "effort": f"e{at}", "weight": int(random.integers(1, 6)),
                       "judged_by": "bench"} for at, who in np.argwhere(uses)],
    }  # fmt: skip
    for name, new in rows.items():
        pd.DataFrame(new).to_csv(folder / f"{name}.csv", sep=";", index=False, encoding="utf-8-sig")
    for name in ("team", "canvas", "risks", "risk_links", "scenario_lines", "scenarios", "budget_totals"):
        (folder / f"{name}.csv").unlink(missing_ok=True)


def report_times() -> str:
    """Return the seconds a whole run takes per report, of the generated programme, median of the rounds."""
    spent: dict[str, list[float]] = {"costs": [], "overview": []}
    with tempfile.TemporaryDirectory() as place:
        large_programme(Path(place))
        for _ in range(ROUNDS):
            for report, times in spent.items():
                command = [str(Path(sys.executable).with_name("binnenstad")), "run", "large", "--period", "2019",
                           "--force", "--only", report, "--data", place, "--out", f"{place}/out"]  # fmt: skip
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                times.append(time.perf_counter() - start)
    return ", ".join(f"{report} {median(times):.1f} s" for report, times in spent.items())


def main() -> None:
    head = ["game", "players", "s", "CPU s", "peak, MB", "coopgame, CPU s", "coopgame, MB", "apart"]
    text = (
        "# Benchmarks of the nucleolus\n\n"
        f"Written by `make bench` on {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{platform.system()}. Median of {ROUNDS} processes; the peak is of the whole process, imports and table "
        "included. `efforts` is 60 efforts over the players, `table` random costs without structure; `apart` the "
        "largest difference between both answers, as part of the largest share.\n\n"
        + table(head, [row(*case) for case in CASES])
        + f"\nOne report of a generated programme of 12 partners and 60 efforts, whole command: {report_times()}.\n"
    )
    (ROOT / "docs" / "benchmarks-costs.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(one(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        main()

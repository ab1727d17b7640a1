"""Measure the batch side by side with what a bureau does without it, in one interleaved run.

Run by ``make bench`` (``make bench-growth`` for 24, 240 and 1,000 reports); prints and writes
docs/benchmarks.md. ``BENCH_QUARTERS=1 make bench`` and ``BENCH_GROWTH=8,16 make bench-growth`` only show
that they run, and write nothing. Times say something only next to each other and on one machine, which is
why no test looks at them.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PAGE = ROOT / "docs" / "benchmarks.md"
GROWTH = "## Growth"
SMOKE = bool({"BENCH_QUARTERS", "BENCH_GROWTH"} & set(os.environ))
ROUNDS = 1 if SMOKE else 2
EVERY_QUARTER = [f"{year}Q{quarter}" for year in (2019, 2020) for quarter in (1, 2, 3, 4)]
QUARTERS = EVERY_QUARTER[: int(os.environ.get("BENCH_QUARTERS", 4))]
SIZES = [int(text) for text in os.environ.get("BENCH_GROWTH", "24,240,1000").split(",")]
# five reports and two pages of partners, in four quarters: 28 reports
PARTNERS = ["gemeente", "ondernemers"]

# draws and renders the same reports, with the imports done once and nothing around it
PLAIN = """
import ast, json, sys
from pathlib import Path
from binnenstad.batch.plan import plan
from binnenstad.page.render import checked_page
periods, out, partners = json.loads(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
for job in plan(["almelo"], Path("data").resolve(), out, periods=periods, partners=partners):
    space, blocks = {}, []
    cells = [c for c in json.loads(job.notebook.path.read_text())["cells"] if c["cell_type"] == "code"]
    for number, cell in enumerate(cells):
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, job.file, "exec"), space)
        if number == 0:
            space |= job.parameters
        if last is not None and "remove-cell" not in cell["metadata"].get("tags", []):
            value = eval(compile(ast.Expression(last.value), job.file, "eval"), space)
            blocks += [value] if value is not None else []
    job.out.mkdir(parents=True, exist_ok=True)
    (job.out / job.file).write_text(checked_page(blocks, job.provenance, "nl"))
"""


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def call(*command: object, **settings: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, cwd=ROOT, **settings)


def shell_loop(out: Path, at_a_time: int) -> None:
    """What a bureau does without us: papermill and nbconvert from a shell."""
    lines = []
    for quarter in QUARTERS:
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            for partner in PARTNERS if path.stem == "partner" else [""]:
                executed = out / f"{path.stem}{partner}-{quarter}.ipynb"
                wanted = f"-p period {quarter}" + (f" -p partner {partner}" if partner else "")
                run = f"{BIN}/papermill --no-progress-bar --cwd {path.parent} {wanted} {path} {executed}"
                lines.append(f"{run} && {BIN}/jupyter nbconvert --to html {executed}")
    call("xargs", "-P", at_a_time, "-I", "{}", "sh", "-c", "{}", input="\n".join(lines).encode())


def plain(out: Path) -> None:
    """Two plain scripts at a time, each half of the quarters."""
    halves = [half for half in (QUARTERS[::2], QUARTERS[1::2]) if half]
    commands = [[sys.executable, "-c", PLAIN, json.dumps(half), str(out), json.dumps(PARTNERS)] for half in halves]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for command in commands]
    if max(process.wait() for process in processes):
        raise RuntimeError("the plain script failed")


def command(out: Path, *options: object, periods: Iterable[str] = QUARTERS) -> list[str]:
    wanted = [word for period in periods for word in ("--period", period)]
    wanted += [word for partner in PARTNERS for word in ("--partner", partner)]
    return [str(word) for word in (BIN / "binnenstad", "run", "almelo", *wanted, "--out", out, *options)]


@contextmanager
def cluster(scratch: Path) -> Iterator[str]:
    about = scratch / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(about)]
    alone = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(scratch)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
    module = [sys.executable, "-m"]
    processes = [subprocess.Popen([*module, "distributed.cli.dask_scheduler", *options], **quiet)]
    while not (about.exists() and about.read_text()):
        time.sleep(0.1)
    address = json.loads(about.read_text())["address"]
    worker = [*module, "distributed.cli.dask_worker", address, *alone]
    processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]
    time.sleep(5)
    try:
        yield address
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def stopped(out: Path, ready: int) -> float:
    """From Ctrl-C, once ``ready`` reports are there, until the command has ended [s]; it may claim no report more."""
    process = subprocess.Popen(command(out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list(out.glob("*/*/[!i]*.html"))) < ready:
        time.sleep(0.01)
    time.sleep(0.3)
    start = time.perf_counter()
    process.send_signal(signal.SIGINT)
    code, taken = process.wait(), time.perf_counter() - start
    entries = [e for path in out.glob("*/*/run.json") for e in json.loads(path.read_text())["reports"]]
    there = {path.relative_to(out).as_posix() for path in out.glob("*/*/[!i]*.html")}
    if code != 130 or {e["id"] for e in entries if e["status"] == "ok"} != there:
        raise RuntimeError(f"Ctrl-C: exit {code}, or not the same on disk and in run.json")
    return taken


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows]) + "\n"


def machine() -> str:
    return f"{os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()}"


def bench() -> None:
    with tempfile.TemporaryDirectory() as name:
        numbers = count()

        def fresh() -> Path:
            folder = Path(name) / str(next(numbers))
            folder.mkdir()
            return folder

        with cluster(fresh()) as address:
            ways: dict[str, Callable[[], object]] = {
                "shell loop: papermill + nbconvert": lambda: shell_loop(fresh(), 1),
                "the same, two at a time": lambda: shell_loop(fresh(), 2),
                "plain script of the same figures, two at a time": lambda: plain(fresh()),
                "binnenstad run": lambda: call(*command(fresh())),
                "binnenstad run on Dask, two workers": lambda: call(*command(fresh(), "--scheduler", address)),
            }
            measured: dict[str, list[float]] = {way: [] for way in ways}
            for number in range(ROUNDS):
                for way, work in ways.items():
                    # the loop is slow and steady: once is enough
                    if number == 0 or not way.startswith(("shell", "the same")):
                        measured[way].append(seconds(work))
        times = {way: median(found) for way, found in measured.items()}
        kept = fresh()
        call(*command(kept))
        one = ("--only", "overview")
        single = {
            "one report from cold": median(
                seconds(lambda: call(*command(fresh(), *one, periods=["2019Q4"]))) for _ in range(3)
            ),
            "nothing changed, the whole command": median(seconds(lambda: call(*command(kept))) for _ in range(3)),
            "Ctrl-C, until the command has ended": max(stopped(fresh(), ready) for ready in (0, 1, 5)),
        }
    write(times, single)


def write(times: dict[str, float], single: dict[str, float]) -> None:
    loop, two, script, batch, dask = times.values()
    cold, again, halted = single.values()
    rows = [[way, f"{taken:.1f}", f"{loop / taken:.1f}"] for way, taken in times.items()]
    bars = [
        ["against the shell loop", f"{loop / batch:.1f} x", ">= 12 x", held(loop / batch / 12)],
        ["against two at a time", f"{two / batch:.1f} x", ">= 6 x", held(two / batch / 6)],
        ["against the plain script", f"{batch / script:.2f} x", "<= 1.3 x", held(1.3 * script / batch)],
        ["Dask with two workers against local", f"{dask / batch:.2f} x", "-", ""],
        ["one report from cold", f"{cold:.2f} s", "<= 3 s", held(3 / cold)],
        ["nothing changed, the whole command", f"{again:.2f} s", "<= 0.5 s", held(0.5 / again)],
        ["Ctrl-C, until the command has ended", f"{halted:.2f} s", "<= 2 s", held(2 / max(halted, 0.01))],
    ]
    text = (
        f"# Benchmarks\n\nWritten by `make bench` on {machine()}, in one run, the ways one after the other in turn. "
        f"Compare the ratios, not the seconds.\n\n## {7 * len(QUARTERS)} reports on Almelo, of {len(QUARTERS)} "
        "quarters\n\n" + table(["way", "s", "times the loop"], rows) + "\nThe loop makes HTML with code cells and two "
        "requests to other sites, and checks nothing. The plain script has the imports done once, no process per "
        "report, and no record of what was made.\n\n"
        "## Bars\n\n" + table(["what", "measured", "bar", "held"], bars)
    )
    print(text)
    if not SMOKE:
        kept = PAGE.read_text(encoding="utf-8").partition(GROWTH)
        PAGE.write_text(text + "\n" + kept[1] + kept[2], encoding="utf-8")


def held(room: float) -> str:
    """Whether a bar held, and by how much: 1.00 is just."""
    return f"{'yes' if room >= 1 else 'NO'}, {room:.2f}"


def grow() -> None:
    """24, 240 and 1,000 reports of one notebook: programmes x quarters."""
    rows: list[list[str]] = []
    first = 0.0
    for reports in SIZES:
        with tempfile.TemporaryDirectory() as name:
            project = Path(name)
            programmes = [f"p{number}" for number in range(-(-reports // len(EVERY_QUARTER)))]
            for programme in programmes:
                shutil.copytree(ROOT / "data" / "almelo", project / "data" / programme)
            (project / "notebooks").mkdir()
            shutil.copy(ROOT / "notebooks" / "overview.ipynb", project / "notebooks")
            wanted = [word for period in EVERY_QUARTER for word in ("--period", period)]
            begun = time.time()
            call(BIN / "binnenstad", "run", *programmes, *wanted, "--data", project / "data")
            taken = time.time() - begun
            pages = sorted(path.stat().st_mtime for path in (project / "reports").glob("*/*/overview.html"))
        each = (pages[-1] - pages[0]) / (len(pages) - 1)
        first = first or each
        flat = "yes" if each / first <= 1.1 else "NO"
        planned = (pages[0] - begun) / len(programmes)
        rows.append([str(len(pages)), f"{taken:.0f}", f"{planned:.2f}", f"{each:.3f}", f"{flat}, {each / first:.2f}"])
        print(rows[-1], flush=True)
    head = ["reports", "s", "first page, s / programme", "s a report more", "flat within 10 %"]
    section = (
        f"{GROWTH}\n\nWritten by `make bench-growth` on {machine()}: the overview of ever more programmes, eight "
        "quarters each. All programmes are checked before the first page, while the imports of the reports are done. "
        "A report more is from the first page to the last.\n\n" + table(head, rows)
    )
    if not SMOKE:
        text = PAGE.read_text(encoding="utf-8").partition(GROWTH)[0]
        PAGE.write_text(text.rstrip() + "\n\n" + section, encoding="utf-8")


if __name__ == "__main__":
    grow() if sys.argv[1:] == ["growth"] else bench()

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
# four reports and two pages of partners, in four quarters: 24 reports
PARTNERS = ["gemeente", "ondernemers"]

# draws and renders the same reports, with the imports done once and nothing around it
PLAIN = """
import json, sys
from pathlib import Path
from nbformat.v4 import new_notebook
from binnenstad.batch.request import Request
from binnenstad.page.render import checked_page
for job in Request(["almelo"], json.loads(sys.argv[1]), partners=json.loads(sys.argv[3]), data=Path("data"),
                   out=Path(sys.argv[2])).plan():
    space, blocks = {}, []
    cells = [c for c in json.loads(job.notebook.read_text())["cells"] if c["cell_type"] == "code"]
    for number, cell in enumerate(cells):
        tree = compile("".join(cell["source"]), job.report, "exec", flags=1024)
        last = tree.body.pop() if type(tree.body[-1]).__name__ == "Expr" else None
        exec(compile(tree, job.report, "exec"), space)
        if number == 0:
            space |= job.parameters
        if last is not None and "remove-cell" not in cell["metadata"].get("tags", []):
            import ast
            value = eval(compile(ast.Expression(last.value), job.report, "eval"), space)
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


def notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def work_list(out: Path) -> list[tuple[Path, str, Path]]:
    """The notebook, the parameters and the executed notebook of each report."""
    each = [(path, partner) for path in notebooks() for partner in (PARTNERS if path.stem == "partner" else [""])]
    return [
        (path, f"-p period {quarter} -p partner {partner}" if partner else f"-p period {quarter}",
         out / f"{path.stem}{partner}-{quarter}.ipynb")
        for quarter in QUARTERS
        for path, partner in each
    ]  # fmt: skip


def shell_loop(out: Path, at_a_time: int) -> None:
    """What a bureau does without us: papermill and nbconvert from a shell."""
    lines = []
    for path, parameters, executed in work_list(out):
        run = f"{BIN}/papermill --no-progress-bar --cwd {path.parent} {parameters} {path} {executed}"
        lines.append(f"{run} && {BIN}/jupyter nbconvert --to html {executed}")
    call("xargs", "-P", at_a_time, "-I", "{}", "sh", "-c", "{}", input="\n".join(lines).encode())


def words_of(periods: Iterable[str]) -> list[str]:
    return [word for period in periods for word in ("--period", period)]


def ours(out: Path, *options: object, programmes: tuple[str, ...] = ("almelo",), periods: Iterable[str] = ()) -> None:
    wanted = words_of(periods or QUARTERS)
    wanted += [word for partner in PARTNERS for word in ("--partner", partner)]
    call(BIN / "binnenstad", "run", *programmes, *wanted, "--out", out, *options)


@contextmanager
def cluster(scratch: Path) -> Iterator[str]:
    about = scratch / "scheduler.json"
    module = [sys.executable, "-m"]
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(about)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen([*module, "distributed.cli.dask_scheduler", *options], **quiet)]
    while not (about.exists() and about.read_text()):
        time.sleep(0.1)
    address = json.loads(about.read_text())["address"]
    alone = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(scratch)]
    worker = [*module, "distributed.cli.dask_worker", address, *alone]
    processes += [subprocess.Popen(worker, **quiet, cwd=ROOT) for _ in range(2)]
    try:
        yield address
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def peak(command: list[str]) -> tuple[int, int]:
    """The peak memory [MB] of a command's own process, and of the largest process below it."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own, below = 0, 0
    while process.poll() is None:
        own = max(own, high_water(process.pid))
        below = max([below, *(high_water(pid) for pid in descendants(process.pid))])
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"{command[:6]} ... ended with {process.returncode}")
    return own // 1024, below // 1024


def stopped(out: Path, ready: int) -> float:
    """From Ctrl-C, once ``ready`` reports are there, until the command and all it started have ended [s]."""
    command = [BIN / "binnenstad", "run", "almelo", *words_of(QUARTERS), "--out", out]
    process = subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list(out.glob("*/*/[!i]*.html"))) < ready:
        time.sleep(0.01)
    # a report that is being made, or the server that imports what reports need
    time.sleep(0.3)
    below = list(descendants(process.pid))
    start = time.perf_counter()
    process.send_signal(signal.SIGINT)
    code = process.wait()
    while any(map(high_water, below)):
        time.sleep(0.005)
    taken = time.perf_counter() - start
    entries = [e for path in out.glob("*/*/run.json") for e in json.loads(path.read_text())["reports"]]
    ok = {e["id"] for e in entries if e["status"] == "ok"}
    there = {path.relative_to(out).as_posix() for path in out.glob("*/*/[!i]*.html")}
    if ok != there or code != 130:
        raise RuntimeError(f"Ctrl-C: exit {code}, not the same on disk and in run.json: {sorted(ok ^ there)}")
    return taken


def high_water(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def descendants(pid: int) -> Iterator[int]:
    # a process that ends while it is looked at has none
    try:
        tasks = [f"/proc/{pid}/task/{task}/children" for task in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return
    for path in tasks:
        try:
            found = [int(word) for word in Path(path).read_text().split()]
        except OSError:
            continue
        for child in found:
            yield child
            yield from descendants(child)


def overhead(out: Path) -> float:
    """What a report takes beside its cells [s], in a process that is warm: the median of three."""
    code = (
        "import sys, time, os\nfrom pathlib import Path\nimport binnenstad.batch.warm\n"
        "from binnenstad.batch.job import make_report\nfrom binnenstad.batch.request import Request\n"
        "from binnenstad.batch.shell import Shell\n"
        "for job in Request(['almelo'], ['2019Q4'], data=Path('data'), out=Path(sys.argv[1])).plan():\n"
        "    spent, run = [], Shell.run\n"
        "    def timed(*a):\n        t = time.perf_counter()\n        r = run(*a)\n"
        "        spent.append(time.perf_counter() - t)\n        return r\n"
        "    start = time.perf_counter()\n    pid = os.fork()\n"
        "    if not pid:\n        Shell.run = timed\n        make_report(job, Path(sys.argv[1]))\n"
        "        print(sum(spent), flush=True)\n        os._exit(0)\n"
        "    os.waitpid(pid, 0)\n    print(time.perf_counter() - start, flush=True)\n"
    )
    command = [sys.executable, "-c", code, str(out)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
    numbers = [float(word) for word in said]
    return median(whole - cells for cells, whole in zip(numbers[::2], numbers[1::2], strict=True))


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def machine() -> str:
    return f"{os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()}"


def bench() -> None:
    with tempfile.TemporaryDirectory() as name:
        scratch, count = Path(name), iter(range(1000))

        def fresh() -> Path:
            folder = scratch / str(next(count))
            folder.mkdir()
            return folder

        with cluster(fresh()) as address:
            ways: dict[str, Callable[[], object]] = {
                "shell loop: papermill + nbconvert": lambda: shell_loop(fresh(), 1),
                "the same, two at a time": lambda: shell_loop(fresh(), 2),
                "plain script of the same figures, two at a time": lambda: plain(fresh()),
                "binnenstad run": lambda: ours(fresh()),
                "binnenstad run on Dask, two workers": lambda: ours(fresh(), "--scheduler", address),
            }
            measured: dict[str, list[float]] = {way: [] for way in ways}
            for number in range(ROUNDS):
                for way, work in ways.items():
                    # the loop is slow and steady: once is enough
                    if number == 0 or not way.startswith("shell"):
                        measured[way].append(seconds(work))
        times = {way: median(found) for way, found in measured.items()}
        kept = fresh()
        cold = median(seconds(lambda: ours(fresh(), "--only", "overview", periods=["2019Q4"])) for _ in range(3))
        ours(kept)
        again = median(seconds(lambda: ours(kept)) for _ in range(3))
        beside = overhead(fresh())
        own, below = peak([str(BIN / "binnenstad"), "run", "almelo", "--period", "2019Q4", "--out", str(fresh())])
        halted = max(stopped(fresh(), ready) for ready in (0, 1, 5))
    write(times, cold, again, beside, halted, own, below)


def plain(out: Path) -> None:
    """Two plain scripts, each half of the quarters."""
    halves = QUARTERS[::2], QUARTERS[1::2]
    command = [sys.executable, "-c", PLAIN]
    running = [
        subprocess.Popen(
            [*command, json.dumps(half), str(out), json.dumps(PARTNERS)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        for half in halves
        if half
    ]
    for process in running:
        if process.wait():
            raise RuntimeError("the plain script failed")


def write(
    times: dict[str, float], cold: float, again: float, beside: float, halted: float, own: int, below: int
) -> None:
    loop, two, script, batch, dask = times.values()
    rows = [[way, f"{taken:.1f}", f"{loop / taken:.1f}"] for way, taken in times.items()]
    bars = [
        ["against the shell loop", f"{loop / batch:.1f} x", ">= 12 x", held(loop / batch / 12)],
        ["against two at a time", f"{two / batch:.1f} x", ">= 6 x", held(two / batch / 6)],
        ["against the plain script", f"{batch / script:.2f} x", "<= 1.3 x", held(1.3 * script / batch)],
        ["Dask with two workers against local", f"{dask / batch:.2f} x", "-", ""],
        ["one report from cold", f"{cold:.2f} s", "<= 3 s", held(3 / cold)],
        ["nothing changed, the whole command", f"{again:.2f} s", "<= 0.5 s", held(0.5 / again)],
        ["beside the cells, per report", f"{beside:.2f} s", "<= 0.15 s", held(0.15 / beside)],
        ["Ctrl-C, until the command has ended", f"{halted:.2f} s", "<= 2 s", held(2 / max(halted, 0.01))],
        ["peak memory of the parent", f"{own} MB", "-", ""],
        ["peak memory of the largest child", f"{below} MB", "-", ""],
    ]
    text = (
        "# Benchmarks\n\n"
        f"Written by `make bench` on {machine()}, in one run, the ways one after the other in turn. "
        "Compare the ratios, not the seconds.\n\n"
        f"## {len(work_list(ROOT))} reports on Almelo, of {len(QUARTERS)} quarters\n\n"
        + table(["way", "s", "times the loop"], rows)
        + "\nThe loop makes HTML with code cells and two requests to other sites, and checks nothing. The plain "
        "script has the imports done once, no process per report, and no record of what was made.\n\n"
        "## Bars\n\n" + table(["what", "measured", "bar", "held"], bars)
    )
    kept = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    growth = kept[kept.index(GROWTH) :] if GROWTH in kept else ""
    print(text)
    if not SMOKE:
        PAGE.write_text(text + (f"\n{growth}" if growth else ""), encoding="utf-8")


def held(room: float) -> str:
    """Whether a bar held, and by how much: 1.00 is just."""
    return f"{'yes' if room >= 1 else 'NO'}, {room:.2f}"


def grow() -> None:
    """24, 240 and 1,000 reports of one small notebook: programmes x quarters.

    All programmes are checked before the first report; then a report after the other, from the first page to the last.
    """
    rows, first = [], (0.0, 0)
    for reports in SIZES:
        with tempfile.TemporaryDirectory() as name:
            project = Path(name)
            programmes = [f"p{number}" for number in range(-(-reports // len(EVERY_QUARTER)))]
            for programme in programmes:
                shutil.copytree(ROOT / "data" / "almelo", project / "data" / programme)
            (project / "notebooks").mkdir()
            shutil.copy(ROOT / "notebooks" / "overview.ipynb", project / "notebooks")
            command = [str(BIN / "binnenstad"), "run", *programmes, *words_of(EVERY_QUARTER)]
            command += ["--data", str(project / "data")]
            begun = time.time()
            own, _ = peak(command)
            taken = time.time() - begun
            pages = sorted(path.stat().st_mtime for path in (project / "reports").glob("*/*/overview.html"))
            made, planned = len(pages), (pages[0] - begun) / len(programmes)
            each = (pages[-1] - pages[0]) / (made - 1)
            first = first if rows else (each, own)
            flat = "yes" if abs(each / first[0] - 1) <= 0.1 else "NO"
            memory = f"{own} ({own - first[1]:+d}, {own / first[1]:.2f})"
            whole = [str(made), f"{taken:.0f}", f"{taken / made:.3f}", f"{planned:.2f}"]
            rows.append([*whole, f"{each:.3f}", f"{flat}, {each / first[0]:.2f}", memory])
            print(rows[-1], flush=True)
    section = (
        f"{GROWTH}\n\nWritten by `make bench-growth` on {machine()}: the overview of ever more programmes, eight "
        "quarters each. All programmes are checked before the first page, while the imports of the reports are done: "
        "with few programmes those take longer, with many the checks. A report more is from the first page to the "
        "last.\n\n"
    )
    section += table(
        [
            "reports",
            "s",
            "s / report",
            "first page, s / programme",
            "s a report more",
            "flat within 10 %",
            "peak memory of the parent, MB",
        ],
        rows,
    )
    if SMOKE:
        return
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.partition(GROWTH)[0].rstrip() + "\n\n" + section, encoding="utf-8")


if __name__ == "__main__":
    grow() if sys.argv[1:] == ["growth"] else bench()

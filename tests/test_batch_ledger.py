"""The ledger: exactly the reports concerned are made again, for a reason that is said."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from conftest import ALMELO, ROOT
from test_batch_run import GOOD, PARAMETERS, write_notebook
from test_cli import COMMAND, call, text_of, wait_for

from binnenstad.batch.ledger import VERSION, Ledger
from binnenstad.batch.opened import Opened, digest_of
from binnenstad.batch.origins import LIBRARY, sources_of
from binnenstad.batch.reason import Reason
from binnenstad.batch.request import expand_periods
from binnenstad.programme.contract import columns
from binnenstad.words.errors import UsageError

READS = "from binnenstad.programme import data_root\ntext = (data_root() / programme / '{}').read_text()\nNone"
PERIOD = ("--period", "2019Q4")


@pytest.fixture
def project(folder: Path, tmp_path: Path) -> Path:
    """A project of two small notebooks: one reads the goals of a programme, the other its team."""
    write_notebook(tmp_path / "notebooks", "reads_goals", GOOD, READS.format("goals.csv"))
    write_notebook(tmp_path / "notebooks", "reads_team", GOOD, READS.format("team.csv"))
    return tmp_path


def made(project: Path, *arguments: object) -> dict[str, str]:
    """Run, and return the reason given per report; a report that is skipped has none."""
    result = call("run", "almelo", *PERIOD, "--data", project / "data", "--why", "--language", "en", *arguments)
    assert result.exit_code == 0, result.output
    lines = [line.partition(": ") for line in result.output.splitlines()]
    return {
        name.rpartition("/")[2].removesuffix(".en"): rest.removeprefix("made, because ").replace(
            "skipped, nothing has changed", ""
        )
        for name, _, rest in lines
        if rest.startswith(("made", "skipped"))
    }


def page(project: Path, name: str) -> Path:
    return project / "reports" / "almelo" / "2019Q4" / f"{name}.en.html"


def edit_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def ledger_project(project: Path) -> Path:
    """The project after its first run; its English needs English words."""
    english = GOOD.replace("Een titel", "A title").replace(
        "De zin met de bevinding van het rapport.", "The finding is this."
    )
    for name, table in (("reads_goals", "goals.csv"), ("reads_team", "team.csv")):
        write_notebook(project / "notebooks", name, english, READS.format(table))
    assert made(project) == dict.fromkeys(["reads_goals", "reads_team"], "it was not made before")
    assert made(project) == dict.fromkeys(["reads_goals", "reads_team"], "")
    return project


def test_what_changed_and_nothing_else_is_made_again(ledger_project: Path) -> None:
    """One run after the other on one project: each change concerns what it should."""
    project, same = ledger_project, {"reads_goals": "", "reads_team": ""}
    (project / "data" / "almelo" / "SOURCE.md").unlink()
    assert made(project) == same
    os.utime(project / "data" / "almelo" / "team.csv")
    assert made(project) == same
    edit_text(project / "data" / "almelo" / "programme.toml", "City-centre programme", "Programme")
    assert made(project) == dict.fromkeys(same, "its parameters changed: title")
    with (project / "data" / "almelo" / "goals.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert made(project) == same | {"reads_goals": "data/almelo/goals.csv changed"}
    page(project, "reads_team").unlink()
    assert made(project) == same | {"reads_team": "its file is gone"}
    page(project, "reads_team").write_text("edited")
    assert made(project) == same | {"reads_team": "its file was changed"}
    assert "finding" in page(project, "reads_team").read_text()
    edit_text(project / "notebooks" / "reads_goals.ipynb", "A title", "Another title")
    assert made(project) == same | {"reads_goals": "notebooks/reads_goals.ipynb changed"}
    assert "Another title" in page(project, "reads_goals").read_text()
    assert made(project, "--as-of", "2020-01-01") == dict.fromkeys(same, "its parameters changed: as_of, known_until")
    assert made(project, "--as-of", "2020-01-01", "--force") == dict.fromkeys(same, "--force was given")
    record = project / "reports" / ".ledger" / "almelo" / "2019Q4" / "reads_team.en.html.json"
    edit_text(record, '"pandas-', '"pandas-0.')
    assert made(project, "--as-of", "2020-01-01")["reads_team"].startswith("packages changed: pandas-0.")
    index = page(project, "reads_team").with_name("index.html")
    text = index.read_text(encoding="utf-8")
    index.write_text(text.replace("ready", "edited"), encoding="utf-8")
    assert made(project, "--as-of", "2020-01-01") == same
    assert index.read_text(encoding="utf-8") == text
    record.write_text("{half")
    assert made(project, "--as-of", "2020-01-01") == same | {"reads_team": "its record could not be read"}


def test_a_spoiled_ledger_is_said_and_rebuilt(project: Path) -> None:
    run = ("run", "almelo", *PERIOD, "--data", project / "data")
    assert call(*run).exit_code == 0
    for path in (project / "reports" / ".ledger").rglob("*.json"):
        path.write_bytes(b"\xff\xfe\x00")
    result = call(*run)
    assert result.exit_code == 0
    assert (
        "Het logboek van almelo/2019Q4/reads_team.html was niet te lezen; het wordt opnieuw geschreven."
        in result.output
    )
    assert "2 rapporten zijn niet veranderd" in call(*run).output


SPOILED = {
    "reads_goals.html.json": {"version": VERSION, "packages": 1},
    "reads_team.html.json": {"version": VERSION, "key": {}, "outcome": [], "inputs": {}, "packages": [], "unseen": ""},
}


def test_a_record_of_the_wrong_kind_is_rebuilt(project: Path) -> None:
    run = ("run", "almelo", *PERIOD, "--data", project / "data")
    assert call(*run).exit_code == 0
    ledger, place = project / "reports" / ".ledger", project / "reports" / "almelo" / "2019Q4"
    for name, entry in SPOILED.items():
        (ledger / "almelo" / "2019Q4" / name).write_text(json.dumps(entry))
    for path in (ledger / "requests").iterdir():
        path.write_text(json.dumps({"version": VERSION, "reports": 1, "inputs": {}, "packages": 1, "written": {}}))
    entries = json.loads((place / "run.json").read_text())["reports"]
    strange = [{**entries[0], "file": 3}, {**entries[0], "file": "own.html", "made": {}}, "no entry"]
    (place / "own.html").write_text("x")
    (place / "run.json").write_text(json.dumps({"reports": [*strange, *entries]}))
    result = call(*run)
    assert result.exit_code == 0, result.output
    assert "Het logboek van almelo/2019Q4/reads_goals.html was niet te lezen" in result.output
    assert statuses(project) == {"reads_goals": "ok", "reads_team": "ok"}
    record = ledger / "almelo" / "2019Q4" / "reads_team.html.json"
    record.unlink()
    record.mkdir()
    assert call(*run).exit_code == 0
    assert record.is_file()


def test_a_library_function_concerns_the_notebooks_that_use_it() -> None:
    used = {path.stem: {source.name for source in sources_of(path)} for path in (ROOT / "notebooks").glob("*.ipynb")}
    keys = {source.parent.name for source in sources_of(ROOT / "notebooks" / "goals.ipynb")}
    assert "keys.py" in used["costs"]
    assert "keys.py" not in used["goals"] | used["overview"]
    assert "report.py" in used["costs"] & used["goals"] & used["overview"]
    assert "cli.py" not in used["costs"] | used["goals"] | used["overview"]
    assert "allocation" not in keys


def test_a_module_beside_the_notebook_is_followed(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "ours.py").write_text("def f():\n    from binnenstad.allocation import keys\n")
    path = write_notebook(tmp_path / "notebooks", "own", "%matplotlib inline\nimport ours")
    found = sources_of(path)
    assert tmp_path / "notebooks" / "ours.py" in found
    assert LIBRARY / "allocation" / "keys.py" in found
    path = write_notebook(
        tmp_path / "notebooks", "own", "import importlib\nimportlib.import_module('binnenstad.' + 'x')"
    )
    assert LIBRARY / "cli.py" in sources_of(path)


HEARD = """
import sys, os, subprocess
from pathlib import Path
from binnenstad.batch.opened import Opened
opened = Opened((Path("besides"),))
opened.listen()
Path("read.txt").read_text()
Path("written.txt").write_text("x")
os.listdir("folder")
Path("besides/b.txt").read_text()
import json.tool, ours
try:
    open("absent.txt")
except OSError:
    pass
Path("read.txt").write_text("changed afterwards")
before = opened.unseen
subprocess.run([sys.executable, "-c", ""])
print(sorted(Path(name).name for name in opened.files), before or "-", opened.unseen)
print(opened.files[os.path.abspath("read.txt")], opened.files[os.path.abspath("absent.txt")])
"""


def test_what_a_process_opens_is_heard_as_it_was(tmp_path: Path) -> None:
    for name, text in {"read.txt": "1", "besides/b.txt": "", "folder/a.txt": "", "ours.py": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    before = digest_of(tmp_path / "read.txt")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", HEARD], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    heard = {"read.txt", "folder", "ours.py", "absent.txt"}
    assert heard <= set(ast.literal_eval(first.partition("]")[0] + "]"))
    assert "b.txt" not in first
    assert "written.txt" not in first
    assert first.endswith("- starts")
    assert second == f"{before} -"


def test_paths_of_the_ledger_move_with_the_project(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    ledger = Ledger(tmp_path / "reports", tmp_path)
    assert ledger.name(tmp_path / "data") == "data"
    assert ledger.name("/elsewhere/x.csv") == "/elsewhere/x.csv"
    assert ledger.why("almelo/2019Q4/goals.html") == Reason("new")
    assert Opened(()).files == {}


def test_a_project_that_moved_is_unchanged(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert call("run", "almelo", *PERIOD, "--data", project / "data").exit_code == 0
    moved = tmp_path_factory.mktemp("moved") / "project"
    shutil.copytree(project, moved)
    result = call("run", "almelo", *PERIOD, "--data", moved / "data")
    assert "2 rapporten zijn niet veranderd" in result.output
    assert "klaar (" not in result.output


def test_a_notebook_that_starts_programs_or_runs_in_a_kernel_is_always_made(project: Path) -> None:
    write_notebook(project / "notebooks", "starts", GOOD, "import subprocess\nsubprocess.run(['true'])\nNone")
    path = write_notebook(project / "notebooks", "widget", GOOD)
    edit_text(
        path, '"metadata": {\n  "kernelspec"', '"metadata": {\n  "binnenstad": {"engine": "kernel"},\n  "kernelspec"'
    )
    run = ("run", "almelo", *PERIOD, "--data", project / "data", "--only", "starts", "--only", "widget", "--why")
    assert call(*run).exit_code == 0
    output = call(*run).output
    assert "widget: wordt gemaakt, omdat het in een kernel is uitgevoerd" in output
    assert "starts: wordt gemaakt, omdat het andere programma's start" in output


@pytest.fixture(params=["hidden", "system"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder for a project whose name looks like one that is no matter of a project."""
    if request.param == "hidden":
        yield tmp_path / ".projects" / "own"
        return
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        yield Path(name) / "own"


def test_what_a_project_opens_is_heard_wherever_it_lies(project: Path, elsewhere: Path) -> None:
    shutil.copytree(project / "data", elsewhere / "data")
    shutil.copytree(project / "notebooks", elsewhere / "notebooks")
    run = ("run", "almelo", *PERIOD, "--data", elsewhere / "data", "--why")
    assert call(*run).exit_code == 0
    with (elsewhere / "data" / "almelo" / "goals.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    output = call(*run).output
    assert "reads_goals: wordt gemaakt, omdat data/almelo/goals.csv veranderd is" in output
    assert "reads_team: overgeslagen" in output


SQLITE = "import sqlite3\nsqlite3.connect('../data/own.db').execute('select 1').fetchone()\nNone"
MAPPED = "with open('../data/own.db', 'r+b') as file:\n    file.read()\nNone"
HIDDEN = "open('../data/.own').read()\nNone"


@pytest.mark.parametrize(("cell", "file"), [(SQLITE, "own.db"), (MAPPED, "own.db"), (HIDDEN, ".own")])
def test_a_file_is_heard_however_it_is_opened(project: Path, cell: str, file: str) -> None:
    (project / "data" / file).write_bytes(b"")
    write_notebook(project / "notebooks", "opens", GOOD, cell)
    run = ("run", "almelo", *PERIOD, "--data", project / "data", "--why", "--only", "opens")
    assert call(*run).exit_code == 0
    assert "1 rapport is niet veranderd" in call(*run).output
    (project / "data" / file).write_bytes(b"SQLite format 3\0")
    assert f"omdat data/{file} veranderd is" in call(*run).output


def test_what_another_machine_answers_is_asked_every_time(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        cell = f"import socket\nsocket.create_connection(('127.0.0.1', {server.getsockname()[1]})).close()\nNone"
        write_notebook(project / "notebooks", "asks", GOOD, cell)
        run = ("run", "almelo", *PERIOD, "--data", project / "data", "--why", "--only", "asks")
        assert call(*run).exit_code == 0
        assert "omdat het iets van een andere machine vraagt" in call(*run).output


def test_a_notebook_that_changes_before_its_turn_is_no_report(project: Path) -> None:
    """Its footer would name the notebook as it was when the reports were planned."""
    later = write_notebook(project / "notebooks", "later", GOOD)
    cell = f"import pathlib\npath = pathlib.Path({str(later)!r})\n"
    cell += "path.write_text(path.read_text().replace('Een titel', 'Een andere titel'))\nNone"
    write_notebook(project / "notebooks", "earlier", GOOD, cell)
    run = ("run", "almelo", *PERIOD, "--data", project / "data", "--jobs", "1", "--only", "earlier", "--only", "later")
    result = call(*run)
    assert result.exit_code == 1
    assert "later: mislukt: notebooks/later.ipynb is veranderd terwijl de rapporten werden gemaakt" in result.output
    assert not (project / "reports/almelo/2019Q4/later.html").exists()
    write_notebook(project / "notebooks", "earlier", GOOD)
    assert call(*run).exit_code == 0
    assert "Een andere titel" in text_of(project / "reports/almelo/2019Q4/later.html")


def test_a_file_opened_below_python_can_be_declared(project: Path) -> None:
    (project / "data" / "counts.parquet").write_bytes(b"1")
    path = write_notebook(project / "notebooks", "below", GOOD)
    edit_text(
        path,
        '"metadata": {\n  "kernelspec"',
        '"metadata": {\n  "binnenstad": {"inputs": ["data/*.parquet"]},\n  "kernelspec"',
    )
    run = ("run", "almelo", *PERIOD, "--data", project / "data", "--only", "below", "--why")
    assert call(*run).exit_code == 0
    assert "1 rapport is niet veranderd" in call(*run).output
    (project / "data" / "counts.parquet").write_bytes(b"2")
    assert "omdat data/*.parquet veranderd is" in call(*run).output
    (project / "data" / "more.parquet").write_bytes(b"1")
    assert "omdat data/*.parquet veranderd is" in call(*run).output
    (project / "data" / "more.parquet").write_bytes(b"3")
    assert "omdat data/*.parquet veranderd is" in call(*run).output
    assert "1 rapport is niet veranderd" in call(*run).output


# --- many in one command


def test_periods_languages_and_partners_in_one_command(project: Path) -> None:
    shutil.copytree(project / "data" / "almelo", project / "data" / "second")
    shutil.rmtree(project / "notebooks")
    cell = (
        "from binnenstad.page.blocks import headline\nheadline(partner, 'De zin van en voor het rapport is niet lang.'"
        " if language == 'nl' else 'The finding of this report is not long and that is to the point.')"
    )
    write_notebook(project / "notebooks", "partner", cell, parameters=f'{PARAMETERS}\npartner: str = ""')
    partners = ("--partner", "gemeente", "--partner", "provincie")
    options = ("--period", "2019Q3:2019Q4", "--data", project / "data", *partners)
    result = call("run", "almelo", "second", *options, "--language", "nl", "--language", "en")
    assert result.exit_code == 0, result.output
    out = project / "reports"
    entries = json.loads((out / "run.json").read_text(encoding="utf-8"))["reports"]
    assert len(entries) == 2 * 2 * 2 * 2
    assert {(e["programme"], e["period"], e["language"], e["partner"]) for e in entries} == {
        (programme, period, language, partner)
        for programme in ("almelo", "second")
        for period in ("2019Q3", "2019Q4")
        for language in ("nl", "en")
        for partner in ("gemeente", "provincie")
    }
    for entry in entries:
        assert (out / entry["id"]).exists()
    assert "partner-gemeente.en.html" in {entry["file"] for entry in entries}
    index = (out / "index.html").read_text(encoding="utf-8")
    assert 'href="almelo/2019Q3/partner-provincie.html"' in index
    assert "Voor Gemeente Almelo (Nederlands)" in text_of(out / "index.html")
    assert "16 rapporten" in call("run", "almelo", "second", *options, "--language", "nl", "--language", "en").output
    every = call("list", "almelo", "--period", "2019Q4", "--data", project / "data").output.splitlines()
    assert len(every) > 2


@pytest.mark.parametrize("text", ["2019Q4:2019Q1", "2019Q1:2020", "2019:", "a:b", "2019Q5:2020Q1"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        expand_periods(text)


def test_a_partner_that_is_not_there_is_refused(project: Path) -> None:
    result = call("list", "almelo", *PERIOD, "--data", project / "data", "--partner", "zwolle")
    assert result.exit_code == 1
    assert "partner zwolle staat niet in programma almelo; bekend: gemeente" in result.output


# --- faults


def run_until(project: Path, started: Path) -> subprocess.Popen[bytes]:
    options = ["run", "almelo", *PERIOD, "--data", str(project / "data"), "--jobs", "1"]
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(started, process)
    return process


@pytest.fixture
def slow(project: Path) -> Path:
    """A project whose last report takes long; the path that tells its process."""
    said = project / "said"
    cell = f"import os, pathlib, time\npathlib.Path({str(said)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    write_notebook(project / "notebooks", "zlow", GOOD, cell)
    return said


def statuses(project: Path) -> dict[str, str]:
    text = (project / "reports" / "almelo" / "2019Q4" / "run.json").read_text(encoding="utf-8")
    return {entry["report"]: entry["status"] for entry in json.loads(text)["reports"]}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def ended(process: Path) -> bool:
    """Whether a process has ended, though nobody may have asked for its exit code yet."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_plug_pulled_from_the_parent_leaves_the_truth(project: Path, slow: Path) -> None:
    process = run_until(project, slow)
    child = Path("/proc") / slow.read_text()
    process.kill()
    process.communicate()
    assert statuses(project) == {"reads_goals": "ok", "reads_team": "ok", "zlow": "unfinished"}
    assert not (project / "reports/almelo/2019Q4/index.html").exists()
    for _ in range(600):
        if ended(child):
            break
        time.sleep(0.1)
    assert ended(child)
    write_notebook(project / "notebooks", "zlow", GOOD)
    left = f"binnenstad-{process.pid}-*"
    assert list(Path(tempfile.gettempdir()).glob(left))
    result = call("run", "almelo", *PERIOD, "--data", project / "data")
    assert not list(Path(tempfile.gettempdir()).glob(left))
    assert "2 rapporten zijn niet veranderd" in result.output
    assert statuses(project) == dict.fromkeys(["reads_goals", "reads_team", "zlow"], "ok")


def test_the_plug_pulled_from_a_child_is_one_failed_report(project: Path, slow: Path) -> None:
    process = run_until(project, slow)
    os.kill(int(slow.read_text()), signal.SIGKILL)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert statuses(project) == {"reads_goals": "ok", "reads_team": "ok", "zlow": "failed"}
    assert "exit code -9" in output.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_the_plug_pulled_from_the_server_costs_no_report(project: Path) -> None:
    said = project / "said"
    cell = f"import os, pathlib, time\npathlib.Path({str(said)!r}).write_text(str(os.getpid()))\ntime.sleep(2)"
    write_notebook(project / "notebooks", "zlow", GOOD, cell)
    process = run_until(project, said)
    child = said.read_text()
    os.kill(int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output.decode()
    assert statuses(project) == dict.fromkeys(["reads_goals", "reads_team", "zlow"], "ok")
    assert ended(Path("/proc") / child)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_report_that_ends_the_server_fails_alone(project: Path) -> None:
    write_notebook(project / "notebooks", "ends", GOOD, "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)")
    options = ["run", "almelo", *PERIOD, "--data", str(project / "data")]
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert statuses(project) == {"ends": "failed", "reads_goals": "ok", "reads_team": "ok"}


def test_two_batches_at_once_do_not_mix(project: Path, slow: Path) -> None:
    process = run_until(project, slow)
    result = call("run", "almelo", *PERIOD, "--data", project / "data")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert result.exit_code == 1
    assert "er is al een andere opdracht bezig in map" in result.output


def test_an_output_folder_that_cannot_be_written_is_named(project: Path) -> None:
    (project / "reports").write_text("a file")
    result = call("run", "almelo", *PERIOD, "--data", project / "data")
    assert result.exit_code == 1
    assert "kan niet worden geschreven" in result.output


def test_a_full_disk_is_a_named_failure(project: Path) -> None:
    out = project / "small"
    out.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", out], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("may not mount a small disk")
    try:
        result: Result = call("run", "almelo", *PERIOD, "--data", project / "data", "--out", out)
    finally:
        subprocess.run(["umount", "-l", out], check=True)
    assert result.exit_code == 1
    assert "No space left on device" in result.output


def test_a_preload_that_fails_is_said_and_falls_back(project: Path, tmp_path: Path) -> None:
    """The server of report processes cannot import a library that a plain process can."""
    (tmp_path / "site").mkdir()
    spoil = "import sys\nif any('forkserver' in text for text in sys.orig_argv):\n    sys.modules['IPython'] = None\n"
    (tmp_path / "site" / "sitecustomize.py").write_text(spoil)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    options = ["run", "almelo", *PERIOD, "--data", str(project / "data"), "--only", "reads_team"]
    done = subprocess.run([*COMMAND, *options], env=environment, capture_output=True, text=True, check=False)
    assert "Het voorbereiden is niet gelukt" in done.stderr
    again = subprocess.run([*COMMAND, *options], env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    assert ALMELO.exists()


def test_a_deep_folder_for_temporary_files_only_costs_time(project: Path, tmp_path: Path) -> None:
    """The path of a socket is bounded; a server that cannot listen is not started."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    options = ["run", "almelo", *PERIOD, "--data", str(project / "data"), "--only", "reads_team"]
    environment = os.environ | {"TMPDIR": str(deep)}
    done = subprocess.run([*COMMAND, *options], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("Het voorbereiden is niet gelukt") == 1


# --- what a batch does while it runs


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_what_forks_has_one_thread_and_libraries_start_none(project: Path, slow: Path) -> None:
    process = run_until(project, slow)
    server = Path(f"/proc/{slow.read_text()}/stat").read_text().rpartition(")")[2].split()[1]
    threads = {pid: len(os.listdir(f"/proc/{pid}/task")) for pid in (process.pid, server)}
    told = Path(f"/proc/{server}/environ").read_bytes().split(b"\0")
    mapped = Path(f"/proc/{process.pid}/maps").read_text()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert threads == {process.pid: 1, server: 1}
    # not for want of the library that would have started them
    assert "openblas" in mapped
    assert b"OPENBLAS_NUM_THREADS=1" in told


def test_a_server_with_threads_is_not_forked(project: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    thread = "import sys, threading, time\nif any('forkserver' in text for text in sys.orig_argv):\n"
    thread += "    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
    (tmp_path / "site" / "sitecustomize.py").write_text(thread)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    options = ["run", "almelo", *PERIOD, "--data", str(project / "data"), "--only", "reads_team"]
    done = subprocess.run([*COMMAND, *options], env=environment, capture_output=True, text=True, check=False)
    assert "Het voorbereiden is niet gelukt" in done.stderr
    assert statuses(project) == {"reads_team": "ok"}


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_a_terminal_shows_the_report_now_running_and_the_time_left(project: Path, slow: Path) -> None:
    import pty

    # the time left is reckoned once a second
    write_notebook(project / "notebooks", "reads_team", GOOD, "import time\ntime.sleep(1.2)")
    ours, theirs = pty.openpty()
    options = ["run", "almelo", *PERIOD, "--data", str(project / "data"), "--jobs", "1"]
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=theirs)
    wait_for(slow, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=90)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    states = shown.decode().split("\r")
    assert any("1/3" in state and "reads_team" in state for state in states)
    (last,) = [state for state in states if "2/3" in state and "zlow" in state][-1:]
    assert re.search(r"2/3 +\d\d:\d\d:\d\d +zlow", last)
    assert "Afgebroken; wat klaar was, is blijven staan." in states[-1] + states[-2]
    assert process.returncode == 130
    assert statuses(project) == {"reads_goals": "ok", "reads_team": "ok", "zlow": "unfinished"}


def _read(terminal: int) -> bytes:
    """Read what a terminal shows; at its end Linux raises an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_an_output_folder_that_is_read_only_is_named(project: Path) -> None:
    """A disk mounted read-only: root, too, cannot write there."""
    out = project / "closed"
    out.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=96k", "tmpfs", out], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("may not mount a disk")
    try:
        result = call("run", "almelo", *PERIOD, "--data", project / "data", "--out", out)
    finally:
        subprocess.run(["umount", "-l", out], check=True)
    assert result.exit_code == 1
    assert "kan niet worden geschreven" in result.output
    assert "Read-only file system" in result.output


def test_a_changed_library_function_concerns_the_reports_that_can_reach_it(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "library"
    shutil.copytree(LIBRARY, copy / "binnenstad", ignore=shutil.ignore_patterns("__pycache__"))
    keys = copy / "binnenstad" / "allocation" / "keys.py"
    notebooks, ledger = project / "notebooks", project / "reports" / ".ledger"
    write_notebook(notebooks, "reads_team", GOOD, "from binnenstad.allocation import keys\nkeys.proportional\nNone")
    write_notebook(notebooks, "spreads", GOOD, "from binnenstad.allocation import keys\nkeys.spread_costs\nNone")
    environment = os.environ | {"PYTHONPATH": str(copy)}
    command = [*COMMAND, "run", "almelo", *PERIOD, "--data", project / "data", "--why", "--language", "en"]

    def _why() -> dict[str, str]:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = [line.partition(".en: made, because ") for line in done.stdout.splitlines()]
        return {
            name.rpartition("/")[2]: why.replace("library/binnenstad/allocation/keys.py", "{keys}")
            for name, made_again, why in lines
            if made_again
        }

    def _edit(old: str, new: str) -> None:
        edit_text(keys, old, new)

    assert _why() == dict.fromkeys(["reads_goals", "reads_team", "spreads"], "it was not made before")
    pages = {path.name: path.read_bytes() for path in page(project, "spreads").parent.glob("*.html")}
    _edit("def mixed(", "# of no concern to anybody\ndef new() -> None:\n    pass\n\n\ndef mixed(")
    assert _why() == {}
    records = {path: path.read_bytes() for path in ledger.rglob("*.json")}
    assert _why() == {}
    assert records == {path: path.read_bytes() for path in ledger.rglob("*.json")}, "noted once"
    _edit("rows = checked", "rows = split = checked")
    assert _why() == {"spreads": "per_effort in {keys} changed"}
    again = {path.name: path.read_bytes() for path in page(project, "spreads").parent.glob("*.html")}
    assert {name for name in pages if pages[name] != again[name]} == {"spreads.en.html"}, "its footer names the version"
    _edit("return to_cents(base", "return to_cents(1 * base")
    assert _why() == dict.fromkeys(["reads_team", "spreads"], "proportional in {keys} changed")
    _edit("def new() -> None:\n    pass\n", "STARTED = print()\n")
    assert _why() == dict.fromkeys(["reads_team", "spreads"], "{keys} changed")
    for path in (ledger / "code").iterdir():
        path.unlink()
        path.mkdir()
    assert _why() == {}
    _edit("STARTED = print()\n", "STARTED = print()\n# without the record a source counts as a whole\n")
    assert _why() == dict.fromkeys(["reads_team", "spreads"], "{keys} changed")


@pytest.fixture(scope="module")
def whole_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of Almelo as shipped, and of a second programme, after their first run."""
    root = tmp_path_factory.mktemp("whole")
    for name in ("almelo", "second"):
        shutil.copytree(ALMELO, root / "data" / name, ignore=shutil.ignore_patterns("recipients.csv"))
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    assert set(whole_again(root).values()) == {"it was not made before"}
    return root


def whole_again(project: Path) -> dict[str, str]:
    """The reports of both programmes that are made again, and why."""
    options = ("--data", project / "data", "--why", "--language", "en", "--partner", "gemeente")
    result = call("run", "almelo", "second", *PERIOD, *options)
    assert result.exit_code == 0, result.output
    lines = [line.partition(".en: made, because ") for line in result.output.splitlines()]
    return {name: why for name, made_again, why in lines if made_again}


REPORTS = ["overview", "goals", "costs", "canvas", "partner-gemeente"]


def concerned(reason: str, *reports: str) -> dict[str, str]:
    return {f"almelo/2019Q4/{report}": reason for report in reports}


def change_cell(path: Path, row: int, old: str, new: str) -> None:
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    assert old in lines[row]
    lines[row] = lines[row].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")


def test_one_cell_concerns_the_reports_that_read_its_table(whole_project: Path) -> None:
    """Of the reports as shipped: a measurement is no matter of money, a risk nobody shows yet."""
    folder = whole_project / "data" / "almelo"
    assert whole_again(whole_project) == {}
    change_cell(folder / "measurements.csv", 1, ";94100;", ";94200;")
    assert whole_again(whole_project) == concerned("data/almelo/measurements.csv changed", "overview", "goals")
    change_cell(folder / "canvas.csv", 1, ";1;", ";9;")
    assert whole_again(whole_project) == concerned("data/almelo/canvas.csv changed", "canvas")
    change_cell(folder / "team.csv", 1, "1200", "1201")
    assert whole_again(whole_project) == concerned("data/almelo/team.csv changed", "costs", "partner-gemeente")
    with (folder / "risks.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert whole_again(whole_project) == {}
    text = (whole_project / "reports/almelo/2019Q4/index.html").read_text(encoding="utf-8")
    assert "earlier data" not in text
    change_cell(folder / "programme.toml", 1, "title", "# Changed\ntitle")
    assert whole_again(whole_project) == concerned("data/almelo/programme.toml changed", *REPORTS)


def test_a_table_that_comes_concerns_the_reports_that_asked_for_it(whole_project: Path) -> None:
    folder = whole_project / "data" / "almelo"
    whole_again(whole_project)
    (folder / "votes.csv").write_text(";".join(columns("votes")) + "\n", encoding="utf-8")
    assert whole_again(whole_project) == concerned("data/almelo/votes.csv is new", "costs")
    (folder / "votes.csv").unlink()
    assert whole_again(whole_project) == concerned("data/almelo/votes.csv is gone", "costs")


def test_what_is_no_matter_of_a_report_makes_none_again(whole_project: Path) -> None:
    """A lock file of Excel, recipients, a notebook that JupyterLab has open, and a notebook more."""
    folder, notebooks = whole_project / "data" / "almelo", whole_project / "notebooks"
    whole_again(whole_project)
    (folder / "~$goals.xlsx").write_bytes(b"locked")
    shutil.copy(ROOT / "data" / "almelo" / "recipients.example.csv", folder / "recipients.csv")
    (notebooks / ".ipynb_checkpoints").mkdir()
    write_notebook(notebooks, "mine", GOOD.replace("De zin met de bevinding van", "The finding is in it, of"))
    assert whole_again(whole_project) == {
        f"{programme}/2019Q4/mine": "it was not made before" for programme in ("almelo", "second")
    }
    (notebooks / "money.py").write_text("")
    assert set(whole_again(whole_project).values()) == {"notebooks/*.py changed"}


def test_a_table_that_changes_under_a_batch_fails_the_report_by_name(project: Path) -> None:
    measurements = project / "data" / "almelo" / "measurements.csv"
    cell = "from binnenstad.programme import read_programme\ndata = read_programme(programme)\n"
    cell += f"with open({str(measurements)!r}, 'a') as file:\n    print(file=file)\ndata['measurements']\nNone"
    write_notebook(project / "notebooks", "reads_late", GOOD, cell)
    result = call("run", "almelo", *PERIOD, "--data", project / "data", "--only", "reads_late")
    assert result.exit_code == 1
    assert "measurements.csv was changed while the reports were being made; run again" in result.output
    assert statuses(project) == {"reads_late": "failed"}


def test_who_gets_the_mail_makes_no_report_old(project: Path) -> None:
    reads = "from binnenstad.programme import read_programme\nread_programme(programme, language)\nNone"
    write_notebook(project / "notebooks", "reads_all", GOOD, reads)
    run = ("run", "almelo", *PERIOD, "--data", project / "data", "--why", "--language", "en", "--only", "reads_all")
    recipients = project / "data" / "almelo" / "recipients.csv"
    shutil.copy(ROOT / "data" / "almelo" / "recipients.example.csv", recipients)
    assert "it was not made before" in call(*run).output
    recipients.write_text(recipients.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "skipped, nothing has changed" in call(*run).output
    edit_text(recipients, "griffie@", "griffie")
    spoiled = call(*run)
    assert spoiled.exit_code == 1 and "recipients.csv" in spoiled.output

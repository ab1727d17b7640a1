"""The engine shows what papermill's own engine shows, cell by cell, and leaves nothing in this process."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from conftest import ALMELO, ROOT
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from test_batch_run import GOOD, KERNEL, PARAMETERS, silent, write_notebook

from binnenstad.batch.job import KERNEL as IN_KERNEL
from binnenstad.batch.plan import plan
from binnenstad.batch.run import run
from binnenstad.batch.session import seed_of
from binnenstad.batch.shell import Outputs, Shell
from binnenstad.programme import DATA_VARIABLE, Programme, digests
from binnenstad.words.errors import UsageError

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# what a notebook can do, and a report should not be surprised by
ODD = [
    "print('a')\nprint('b')\n1",
    "import sys\nprint('to stderr', file=sys.stderr)",
    "import pandas as pd\nprint(pd.get_option('display.max_columns'))\npd.DataFrame({n: [n] for n in range(30)})",
    "!echo from a child",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "from IPython.display import clear_output, display\nhandle = display('before', display_id=True)\nprint('y')",
    "handle.update('after')\ndisplay('w')",
    "1;",
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    "print('one')\nclear_output(wait=True)\nprint('two')",
    "clear_output()\nprint('gone')\nclear_output()",
    "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "class A:\n    pass\nimport os, pickle\n"
    "A.__module__, type(pickle.loads(pickle.dumps(A()))).__name__, __name__, os.getcwd(), In[1]",
    "%%bash\necho from bash",
    "print(plt.get_backend(), plt.rcParams['figure.dpi'], os.environ['MPLBACKEND'], os.environ['TERM'])",
    "type(get_ipython()).__name__, sys.stdout.isatty(), sys.stdout.encoding",
    "def broken(:\n    pass",
]


def both(path: Path, tmp_path: Path, parameters: dict[str, Any]) -> list[NotebookNode]:
    """The notebook as run by papermill's own engine and by ours; of one that fails as far as it came."""
    ran = []
    for engine in (None, "binnenstad"):
        out = tmp_path / f"{engine}.ipynb"
        try:
            papermill.execute_notebook(
                str(path), str(out), parameters, engine_name=engine, progress_bar=False, cwd=str(path.parent)
            )
        except PapermillExecutionError as error:
            assert path.stem == "odd", error
        ran.append(nbformat.read(out, as_version=4))
    return ran


def said(cell: NotebookNode) -> list[dict[str, Any]]:
    """The outputs of a cell; of an error not the lines of code around it, which name the place of the cell."""
    return [{name: value for name, value in output.items() if name != "traceback"} for output in cell.outputs]


def said_of(cell: NotebookNode) -> list[dict[str, Any]]:
    return said(cell) if cell.cell_type == "code" else []


def assert_same(theirs: NotebookNode, ours: NotebookNode) -> None:
    assert len(theirs.cells) == len(ours.cells)
    for there, here in zip(theirs.cells, ours.cells, strict=True):
        assert there.cell_type == here.cell_type
        assert there.source == here.source
        if there.cell_type == "code":
            assert said(there) == said(here), there.source
            assert there.execution_count == here.execution_count
        kept = ("status", "exception")
        if "papermill" in there.metadata:
            papers = there.metadata.papermill, here.metadata.papermill
            assert [papers[0][name] for name in kept] == [papers[1][name] for name in kept], there.source
    assert theirs.metadata.language_info == ours.metadata.language_info


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_shows_the_same_in_both_engines(
    path: Path, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(ALMELO.parent))
    theirs, ours = both(path, tmp_path, {"period": "2020Q2", "language": language})
    assert sum(len(cell.get("outputs", [])) for cell in ours.cells) >= 5
    assert_same(theirs, ours)


def test_an_odd_notebook_shows_the_same_in_both_engines(tmp_path: Path) -> None:
    path = tmp_path / "odd.ipynb"
    cells = [new_code_cell("period = ''", metadata={"tags": ["parameters"]}), new_markdown_cell("text")]
    cells += [new_code_cell(source) for source in ODD]
    cells.insert(3, new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}))
    cells.insert(4, new_code_cell("print('not run')", metadata={"tags": ["skip-execution"]}))
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    theirs, ours = both(path, tmp_path, {"period": "2019Q4"})
    if list(map(said_of, theirs.cells)) != list(map(said_of, ours.cells)):
        # a kernel sends a text and its line end apart when its clock happens to fall between them
        theirs, ours = both(path, tmp_path, {"period": "2019Q4"})
    assert_same(theirs, ours)


def test_the_command_of_papermill_knows_the_engine(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "own", "print(period)")
    command = [Path(sys.executable).parent / "papermill", "--engine", "binnenstad", "--no-progress-bar"]
    subprocess.run([*command, "-p", "period", "2020", path, tmp_path / "out.ipynb"], check=True, capture_output=True)
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs[0].text == "2020\n"


def test_the_caller_keeps_its_own_state(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "own", "import os, sys\nsys.leaked = 1\nos.environ['LEAKED'] = '1'\nos.chdir('/')")
    random.seed(1)
    before = random.getstate(), os.getcwd()
    papermill.execute_notebook(str(path), None, engine_name="binnenstad", progress_bar=False)
    assert (random.getstate(), os.getcwd()) == before
    assert not hasattr(sys, "leaked")
    assert "LEAKED" not in os.environ


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("import os\nos._exit(0)", "exit code 0 within a cell"),
        (
            "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(60)",
            "took longer than 1 s and did not listen",
        ),
    ],
)
def test_a_process_that_ends_or_hangs_within_a_cell_is_named(cell: str, message: str, tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "own", cell)
    with pytest.raises(RuntimeError, match=message):
        papermill.execute_notebook(str(path), None, engine_name="binnenstad", progress_bar=False, execution_timeout=1)


def test_a_cell_that_takes_too_long_fails_where_it_was(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "own", "import time\ntime.sleep(60)")
    with pytest.raises(PapermillExecutionError, match="the cell took longer than 0.5 s"):
        papermill.execute_notebook(
            str(path), str(tmp_path / "out.ipynb"), engine_name="binnenstad", progress_bar=False, execution_timeout=0.5
        )


def test_another_language_is_refused_by_name(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "own")
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(ValueError, match="runs Python, not R; use papermill's own"):
        papermill.execute_notebook(str(path), None, engine_name="binnenstad", progress_bar=False)


def test_an_unknown_engine_in_a_notebook_is_refused(almelo: Programme, tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "notebooks", "own", GOOD)
    path.write_text(path.read_text().replace('"kernelspec"', '"binnenstad": {"engine": "warp"},\n  "kernelspec"'))
    with pytest.raises(UsageError, match="engine 'warp' is not known"):
        plan(ALMELO, almelo, almelo.moment("2019Q4"), tmp_path / "notebooks", tmp_path)


DRAWS = "import random\nimport numpy as np\nfrom binnenstad.page.blocks import section, paragraph\n"
DRAWS += "section('Loting', paragraph(f'De loting van {random.random()} en {np.random.random()} is niet echt.'))"


def test_random_numbers_hang_on_notebook_and_parameters_only(almelo: Programme, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", "own", GOOD, DRAWS)
    pages = []
    for number, period in enumerate(["2019Q4", "2019Q4", "2019Q3"]):
        jobs = plan(ALMELO, almelo, almelo.moment(period), tmp_path / "notebooks", tmp_path / str(number))
        assert [outcome.status for outcome in run(jobs, 1, silent)] == ["ok"]
        pages.append((jobs[0].out / "own.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert pages[0].partition("loting van")[2][:20] != pages[2].partition("loting van")[2][:20]
    assert seed_of(new_notebook(cells=[new_code_cell("1")])) != seed_of(new_notebook(cells=[new_code_cell("2")]))


def test_a_report_is_the_same_from_both_engines(almelo: Programme, tmp_path: Path) -> None:
    """But for the fingerprint: what a kernel reads is not heard, so that its report counts as made of all tables."""
    pages, tables = [], []
    for engine in ("", IN_KERNEL):
        out = tmp_path / (engine or "own")
        jobs = plan(ALMELO, almelo, almelo.moment("2019Q4"), ROOT / "notebooks", out, engine=engine, only=["costs"])
        (outcome,) = run(jobs, 2, silent)
        assert outcome.status == "ok"
        page = (jobs[0].out / "costs.html").read_text(encoding="utf-8")
        assert page.count(outcome.made["data"]) == 1
        pages.append(page.replace(outcome.made["data"], ""))
        tables.append(outcome.tables)
    assert pages[0] == pages[1]
    assert tables[0].items() < tables[1].items()
    assert tables[1] == digests(almelo.delivered)


def test_much_text_is_one_output_and_keeps_its_place() -> None:
    with Shell.instance().listening() as shell:
        source = "import sys\nfor n in range(100_000):\n    print(n)\nprint('e', file=sys.stderr)\nprint('o')"
        outputs, _, good = shell.run(source)
    assert good
    assert [(output.name, output.text.count("\n")) for output in outputs] == [
        ("stdout", 100_000), ("stderr", 1), ("stdout", 1)
    ]  # fmt: skip


def test_outputs_of_a_shell_in_this_process() -> None:
    """What the tests above see of another process, seen here."""
    with Shell.instance().listening() as shell:
        shown = [shell.run(source) for source in ODD[:12] if "!echo" not in source and "plt" not in source]
        assert shell.outputs.cells == [outputs for outputs, _, _ in shown]
    assert all(good for _, _, good in shown)
    assert shown[0][0] == [
        nbformat.v4.new_output("stream", name="stdout", text="a\nb\n"),
        nbformat.v4.new_output("execute_result", data={"text/plain": "1"}, execution_count=shown[0][1]),
    ]
    with Shell.instance().listening() as shell:
        outputs, _, good = shell.run("import os\nos.write(1, b'raw')\nraise KeyError('x')")
    assert not good
    assert [output.output_type for output in outputs] == ["stream", "error"]
    assert isinstance(Outputs().cells, list)
    assert PARAMETERS

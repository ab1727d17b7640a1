"""The engine shows what papermill's own engine shows, cell by cell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from conftest import ALMELO
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_batch_run import KERNEL, call, write_notebook

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


def run_apart(path: Path, out: Path, *options: str) -> NotebookNode:
    """The notebook as the command of papermill runs it, in a process of its own; as far as it came."""
    command = [Path(sys.executable).parent / "papermill", "--no-progress-bar", "--cwd", path.parent, *options]
    done = subprocess.run([*command, "-p", "period", "2020", path, out], capture_output=True, text=True, check=False)
    assert out.exists(), done.stderr
    return nbformat.read(out, as_version=4)


def said(cell: NotebookNode) -> list[dict[str, Any]]:
    """The outputs of a cell; of an error not the lines of code around it, which name the place of the cell."""
    outputs = cell.get("outputs", [])
    return [{name: value for name, value in output.items() if name != "traceback"} for output in outputs]


def test_an_odd_notebook_shows_the_same_in_both_engines(tmp_path: Path) -> None:
    path = tmp_path / "odd.ipynb"
    cells = [new_code_cell("period = ''", metadata={"tags": ["parameters"]}), new_markdown_cell("text")]
    cells += [new_code_cell(source) for source in ODD]
    cells.insert(3, new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}))
    cells.insert(4, new_code_cell("print('not run', period)", metadata={"tags": ["skip-execution"]}))
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    ours = run_apart(path, tmp_path / "ours.ipynb", "--engine", "binnenstad")
    theirs = run_apart(path, tmp_path / "theirs.ipynb")
    if [said(cell) for cell in theirs.cells] != [said(cell) for cell in ours.cells]:
        # a kernel sends a text and its line end apart when its clock happens to fall between them
        theirs = run_apart(path, tmp_path / "again.ipynb")
    assert len(theirs.cells) == len(ours.cells) > len(ODD)
    for there, here in zip(theirs.cells, ours.cells, strict=True):
        assert (there.cell_type, there.source) == (here.cell_type, here.source)
        assert said(there) == said(here), there.source
        assert there.get("execution_count") == here.get("execution_count")
        for name in ("status", "exception") if "papermill" in there.metadata else ():
            assert there.metadata.papermill[name] == here.metadata.papermill[name], there.source
    assert theirs.metadata.language_info == ours.metadata.language_info


def test_every_report_is_the_same_from_both_engines(reports: Path, tmp_path: Path) -> None:
    options = ["--period", "2019Q4", "--partner", "gemeente", "--data", ALMELO.parent, "--out", tmp_path]
    result = call("run", "almelo", *options, "--engine", "kernel")
    assert result.exit_code == 0, result.output
    pages = {path.name: path.read_bytes() for path in (reports / "almelo" / "2019Q4").glob("*.html")}
    assert len(pages) == 7
    assert pages == {path.name: path.read_bytes() for path in (tmp_path / "almelo" / "2019Q4").glob("*.html")}


def execute(path: Path) -> NotebookNode:
    """Run a notebook in this process; its output is no longer that of the test."""
    return papermill.execute_notebook(str(path), None, engine_name="binnenstad", progress_bar=False)


def test_the_caller_gets_its_streams_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = "import os, sys\nfor n in range(20_000):\n    print(n)\nos.write(1, b'raw')\nprint('e', file=sys.stderr)"
    notebook = execute(write_notebook(tmp_path, "own", source))
    outputs = notebook.cells[-1].outputs
    assert [(output.name, output.text.count("\n")) for output in outputs if "name" in output] == [
        ("stdout", 20_000), ("stderr", 1)
    ]  # fmt: skip
    assert outputs[0].text.endswith("raw") or "raw" in outputs[0].text
    print("here")
    os.write(2, b"there")
    assert capfd.readouterr() == ("here\n", "there")


def test_another_language_is_refused_by_name(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "own")
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(ValueError, match="runs Python, not R; use papermill's own"):
        execute(path)

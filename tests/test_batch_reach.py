"""Which code a notebook can reach: never less than what it runs, and not much more."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from test_batch_run import GOOD, write_notebook

from binnenstad.batch.origins import LIBRARY, code_of
from binnenstad.batch.reach import pieces_of, reached

# a module beside the notebook; what a cell says; and which of f, g and h it can reach so
WAYS = {
    "called": ("", "from ours import f\nf()", "f"),
    "under another name": ("", "import ours as o\nfrom ours import g as x\nx(o.f)", "fg"),
    "not used": ("", "from ours import f, g\nf()", "f"),
    "of the same name here": ("", "import ours\ng = 1\nours.f(g)", "f"),
    "handed on": ("TABLE = {'one': f}", "from ours import TABLE\nTABLE['one']()", "f"),
    "as a default": ("def use(by=f):\n    return by()", "from ours import use\nuse()", "f"),
    "looked up": ("", "import ours\ngetattr(ours, 'f')()", "f"),
    "looked up by a name made up": ("", "import ours\ngetattr(ours, 'F'.lower())()", "fgh"),
    "spelled": ("def use():\n    return globals()['f']()", "from ours import use\nuse()", "fgh"),
    "in a text of a query": ("def use(t):\n    return t.query('x == @f()')", "from ours import use\nuse", "f"),
    "described": ("def use():\n    'Not f, nor g.'\n    return 1", "from ours import use\nuse()", ""),
    "in a method": ("class Use:\n    def now(self):\n        return f()", "from ours import Use\nUse", "f"),
    "within a function": ("def use():\n    return [f() for _ in 'a']", "from ours import use\nuse()", "f"),
    "imported in a function": ("def use():\n    from ours import f as x\n    x()", "import ours\nours.use()", "f"),
    "on import": ("def use():\n    pass\nVALUE = f()", "from ours import use\nuse()", "f"),
    "for a constant": ("VALUE = f", "from ours import VALUE\nVALUE", "f"),
    "registered": ("ALL = []\n@ALL.append\ndef use():\n    return f()", "import ours\nours.ALL[0]()", "f"),
    "kept by a cache": ("from functools import cache\n@cache\ndef use():\n    return f()", "import ours\nours.g", "g"),
    "by going through a module": ("def use():\n    return dir()", "from ours import use\nuse()", "fgh"),
    "by the way": ("VALUE = (OTHER := f)", "from ours import OTHER\nOTHER()", "f"),
    "as a class below": (
        "class A:\n    def __init_subclass__(cls): pass\nclass B(A):\n    x = f", "import ours\nours.A", "fgh"
    ),
    "by what a class does on import": ("class A:\n    print(f)", "import ours\nours.h", "fh"),
    "by Python itself": ("def __getattr__(name):\n    return f()", "import ours\nours.nothing", "f"),
    "only listed": ("__all__ = ['f', 'g']", "import ours\nours.h()", "h"),
    "all at once": ("__all__ = ['f', 'g']", "from ours import *\nf()", "fgh"),
    "under a condition": ("if f():\n    use = g\nelse:\n    use = h", "from ours import use\nuse()", "fgh"),
    "under a condition, not used": ("if f:\n    use = g", "import ours\nours.h", "fh"),
    "where an import may fail": ("try:\n    from x import y\nexcept ImportError:\n    y = f", "import ours", "f"),
    "in a magic": ("", "import ours\n%time ours.f()", "f"),
    "in a cell of another kind": ("", "import ours\nfound = !ls\nours.f(found)", "f"),
    "by the notebook's own hand": ("", "import ours\nget_ipython().run_line_magic('time', 'ours.f()')", "fgh"),
    "in its own function": ("", "import ours\ndef mine():\n    return ours.f()\nmine()", "f"),
    "not at all": ("", "import ours", ""),
}  # fmt: skip
THREE = "".join(f"def {name}(*_):\n    return '{name.upper()}'\n" for name in "fgh")


def names_reached(notebook: Path) -> dict[str, set[str]]:
    return {path.stem: set(pieces) for path, pieces in code_of(notebook).items() if path.parent == notebook.parent}


@pytest.mark.parametrize("way", WAYS)
def test_a_function_is_reached_in_whatever_way_it_is_named(way: str, tmp_path: Path) -> None:
    module, cell, expected = WAYS[way]
    notebook = write_notebook(tmp_path, "own", GOOD, cell)
    (tmp_path / "ours.py").write_text(f"{THREE}\n{module}\n")
    assert names_reached(notebook)["ours"] & set("fgh") == set(expected)


def test_a_module_in_which_a_definition_changed(tmp_path: Path) -> None:
    """Each change is seen in what it changes, and in nothing else."""
    notebook, ours = write_notebook(tmp_path, "own", GOOD, "import ours\nours.f()"), tmp_path / "ours.py"
    start = (
        "import os, json\nMOST = 3\n@staticmethod\ndef odd(): pass\ndef f():\n    return MOST, json\ndef g(): pass\n"
    )

    def _changed(old: str, new: str) -> set[str]:
        ours.write_text(start)
        before = code_of(notebook)[ours]
        ours.write_text(start.replace(old, new))
        after = code_of(notebook)[ours]
        return {name for name in {*before, *after} if before.get(name) != after.get(name)}

    assert _changed("return MOST", "return  MOST") == {"f"}
    assert _changed("def f():\n", "def f():\n    'One.'\n") == {"f"}
    assert _changed("def g(): pass", "def g(): return 3") == set()
    assert _changed("import os, json", "import json, os, re") == set()
    assert _changed("import os, json", "import os, simplejson as json") == {"json"}
    assert _changed("MOST = 3", "MOST = 4") == {"MOST"}
    assert _changed("MOST = 3", "if True:\n    MOST = 3") == {"MOST", ""}
    assert _changed("def f", "# said\n\ndef f") == set()
    assert _changed("def odd(): pass", "def odd(): return 1") == {""}
    assert _changed("def g(): pass", "def f():\n    return 2") == {"f"}
    assert _changed("def g(): pass", "print()") == {""}


def test_a_module_that_is_no_python_counts_as_a_whole(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path, "own", GOOD, "from ours import f\nf()")
    (tmp_path / "ours.py").write_text("from theirs import g\ndef f(:\n  g()\nfrom half import (\n")
    (tmp_path / "theirs.py").write_text(THREE)
    assert names_reached(notebook) == {"ours": {""}, "theirs": {"f", "g"}}


@pytest.mark.parametrize("head", ["# \x0c\n", "'\u2028\x1c\x85'\n", "\ufeff", "# coding: latin-1\n", "#\r\n#\r"])
def test_every_change_of_a_function_is_seen_whatever_stands_above_it(head: str, tmp_path: Path) -> None:
    notebook, ours = write_notebook(tmp_path, "own", GOOD, "from ours import f\nf()"), tmp_path / "ours.py"
    encoding, found = "latin-1" if "latin" in head else "utf-8", []
    for word in ("één", "twee"):
        ours.write_bytes(f"{head}def f():\n    return 1, '{word}'\ndef g():\n    pass\n".encode(encoding))
        found.append(code_of(notebook)[ours])
    assert found[0] != found[1]
    ours.write_bytes(b"def f():\n    return '\xe9'\n")
    assert code_of(notebook)[ours]


def test_a_module_beside_the_notebook_that_imports_by_a_name_made_up_gets_the_whole_library(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path, "own", GOOD, "import ours\nours.f()")
    (tmp_path / "ours.py").write_text(
        "import importlib\ndef f():\n    return importlib.import_module('binnenstad.allocation.k' + 'eys').mixed\n"
    )
    assert "mixed" in code_of(notebook)[LIBRARY / "allocation" / "keys.py"]


EDGES = ("plain", "renamed", "attribute", "looked up", "listed")


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[str], set[str], set[str]]:
    """Three modules whose functions call each other; what is called from the first, and all functions."""
    functions = [f"f{n}" for n in range(draw(st.integers(1, 9)))]
    at = {name: draw(st.integers(0, 2)) for name in functions}
    heads: list[list[str]] = [[], [], []]
    bodies = {name: ["    pass"] for name in functions}
    calls = {name: draw(st.lists(st.sampled_from(functions[n + 1 :]), max_size=3, unique=True)) if functions[n + 1 :]
             else [] for n, name in enumerate(functions)}  # fmt: skip
    for caller, callees in calls.items():
        for callee in callees:
            edge, module = draw(st.sampled_from(EDGES)), f"m{at[callee]}"
            head, call = {
                "plain": (f"from {module} import {callee}", f"{callee}()"),
                "renamed": (f"from {module} import {callee} as _{callee}", f"_{callee}()"),
                "attribute": (f"import {module}", f"{module}.{callee}()"),
                "looked up": (f"import {module}", f"getattr({module}, '{callee}')()"),
                "listed": (f"import {module}", f"[{module}.{callee}][0]()"),
            }[edge]
            bodies[caller].append(f"    {head}" if at[caller] <= at[callee] else "    pass")
            heads[at[caller]] += [head] * (at[caller] > at[callee])
            bodies[caller].append(f"    {call}")
    texts = [
        "\n".join([*heads[n], *(f"def {f}():\n" + "\n".join(bodies[f]) for f in functions if at[f] == n)]) + "\n"
        for n in range(3)
    ]
    found: set[str] = set()
    todo = [functions[0]]
    while todo:
        name = todo.pop()
        found.add(name)
        todo += [callee for callee in calls[name] if callee not in found]
    return texts, found, {f"m{at[functions[0]]}"}


@settings(deadline=None, max_examples=60)
@given(programs())
def test_what_is_reached_is_what_can_be_called(program: tuple[list[str], set[str], set[str]]) -> None:
    texts, called, (first,) = program
    modules = {Path(f"m{n}.py"): pieces_of(text) for n, text in enumerate(texts)}
    found = reached(modules, pieces_of(f"from {first} import f0\nf0()"))
    assert {name for pieces in found.values() for name in pieces if name.startswith("f")} == called
    with tempfile.TemporaryDirectory() as folder:
        for path in modules:
            (Path(folder) / path).write_text(texts[int(path.stem[1])])
        assert ran(folder, first) == called


def ran(folder: str, first: str) -> set[str]:
    """The functions that run when ``f0`` of a module is called."""
    sys.path.insert(0, folder)
    seen: set[str] = set()

    def _hear(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(folder):
            seen.add(frame.f_code.co_name)

    try:
        importlib.invalidate_caches()
        start = importlib.import_module(first).f0
        sys.setprofile(_hear)
        start()
    finally:
        sys.setprofile(None)
        sys.path.remove(folder)
        for name in ("m0", "m1", "m2"):
            sys.modules.pop(name, None)
    return {name for name in seen if not name.startswith("<")}


TRACE = """
import os, sys, threading
from pathlib import Path
import binnenstad.batch.warm
from binnenstad.batch.job import make_report
from binnenstad.batch.origins import LIBRARY
from binnenstad.batch.request import Request

programme, period, report, data, out = sys.argv[1:]
os.environ["BINNENSTAD_DATA"] = data
job = Request([programme], [period], ["nl"], only=[report], data=Path(data), out=Path(out)).plan()[0]
seen = set()
def hear(frame, event, _):
    if event == "call":
        seen.add(frame.f_code)
threading.setprofile(hear)
sys.setprofile(hear)
outcome = make_report(job, Path(out))
sys.setprofile(None)
assert outcome.status == "ok", outcome
for code in seen:
    if code.co_filename.startswith(str(LIBRARY)) and code.co_filename.endswith(".py"):
        print(code.co_filename, code.co_qualname)
"""


@pytest.mark.parametrize(
    ("programme", "period", "report"),
    [*(("almelo", "2019Q4", name) for name in ("overview", "goals", "costs", "canvas", "partner")),
     ("almere", "2024", "costs")],
)  # fmt: skip
def test_what_a_report_really_runs_was_known_to_be_in_reach(
    programme: str, period: str, report: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", TRACE, programme, period, report, str(ROOT / "data"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    known = code_of(ROOT / "notebooks" / f"{report}.ipynb")
    run = set(top_level(done.stdout.splitlines()))
    assert len(run) > 100
    assert [f"{name} in {path.name}" for path, name in sorted(run) if name not in known.get(path, {})] == []


def top_level(lines: list[str]) -> Iterator[tuple[Path, str]]:
    """The definition of its module that each function which ran belongs to; what a module does on import is none."""
    for line in lines:
        file, _, name = line.partition(" ")
        top = name.partition(".")[0]
        if not top.startswith("<"):
            yield Path(file), top


def test_much_of_the_library_is_out_of_reach_of_a_report() -> None:
    """Or the unit might as well be the module."""
    goals, canvas = (code_of(ROOT / "notebooks" / f"{name}.ipynb") for name in ("goals", "canvas"))
    money = LIBRARY / "findings" / "money.py"
    assert "adds_up" in canvas[money]
    assert "describe_imbalance" not in canvas[money]
    assert money not in goals
    texts = LIBRARY / "figures" / "goals.py"
    assert "draw_attainment" in goals[texts]
    assert "draw_attainment" not in canvas.get(texts, {})

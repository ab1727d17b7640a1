"""A papermill engine that needs no kernel: the cells run in a shell of a process that is thrown away.

Registered as ``binnenstad``, so ``papermill --engine binnenstad`` works too. Injection of parameters,
progress, statuses and error marks stay papermill's; a notebook in another language, or with widgets,
needs papermill's own engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager


class ShellEngine(Engine):  # type: ignore[misc]
    """Runs cells in a shell; by default in a process of its own, so that nothing is left in the caller's."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, in_place: bool = False,
        execution_timeout: float | None = None, on_cell: Callable[[int], None] | None = None, **_: Any,
    ) -> None:  # fmt: skip
        """Run the cells of a notebook until one fails.

        ``in_place`` says that this process is to be thrown away itself; ``execution_timeout`` [s] bounds
        each cell; ``on_cell`` hears the number of each cell before it runs. Raises ``ValueError`` for a
        notebook that is not in Python, and ``RuntimeError`` if the process ends before its cells.
        """
        # papermill loads every engine there is, also for who only looks at parameters
        from binnenstad.batch.session import elsewhere, here, seed_of
        from binnenstad.batch.shell import LANGUAGE_INFO

        notebook = nb_man.nb
        language = notebook.metadata.get("kernelspec", {}).get("language") or "python"
        if language != "python":
            raise ValueError(f"this engine runs Python, not {language}; use papermill's own (--engine kernel)")
        ran = []
        with (here if in_place else elsewhere)(seed_of(notebook), execution_timeout) as session:
            for index, cell in enumerate(notebook.cells):
                if on_cell:
                    on_cell(index)
                nb_man.cell_start(cell, index)
                good = True
                if _is_run(cell):
                    ran.append(cell)
                    cell.outputs, cell.execution_count, good = session.run(cell.source)
                if not good and "raises-exception" not in cell.metadata.get("tags", []):
                    nb_man.cell_exception(cell, cell_index=index)
                nb_man.cell_complete(cell, cell_index=index)
                if cell.metadata.papermill["exception"]:
                    break
            for cell, outputs in zip(ran, session.shown(), strict=True):
                cell.outputs = outputs
        notebook.metadata["language_info"] = LANGUAGE_INFO


def _is_run(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and "skip-execution" not in tags

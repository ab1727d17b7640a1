"""Run the notebooks as they are and keep the output of their control cell, and of no other.

Run by ``make accept`` after a change that is meant to move a figure; the difference in git is the
change a reader will see, and belongs in CHANGELOG.md under "Figures changed".
"""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def accept() -> None:
    """Run every notebook and write it back with the output of its control cell."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
            if cell.cell_type == "code":
                control = "control" in cell.metadata.get("tags", [])
                # nbval compares the outputs of a cell that has been run, and says so of one that has not
                cell.execution_count = 1 if control else None
                cell.outputs = [output for output in cell.outputs if control]
        notebook.metadata["language_info"] = {"name": "python"}
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        print(f"{path.name}: control totals kept")


# a test run imports every module it can collect, and may accept nothing
if __name__ == "__main__":
    accept()

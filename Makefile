# `make reports` and `make test` set everything up by themselves; the rest is for who works on it.
PYTHON ?= python3
PROGRAMME ?= almelo
PERIOD ?= 2019Q4
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
READY := .venv/.ready
# in the order of their names: by default the files of few tests come last, the slowest among them
TESTS := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

.PHONY: help reports test cover lab check dictionary accept bench bench-growth lock clean
help:
	@echo "make reports   the reports of PROGRAMME=$(PROGRAMME) for PERIOD=$(PERIOD)"
	@echo "make test      all checks and tests"
	@echo "make cover     the tests, and which branches of the library they leave out (at most 5%)"
	@echo "make lab       JupyterLab on the notebooks"
	@echo "make check     every fault in the tables of PROGRAMME"
	@echo "make bench     times and sizes, written to docs/benchmarks.md"
	@echo "make bench-growth  the same for 24, 240 and 1,000 reports"
	@echo "make accept    run the notebooks and keep their control totals"
	@echo "make dictionary, make lock, make clean"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.version_info >= (3, 11) or sys.exit('Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.12')"
	@echo "Setting up .venv (once, a few minutes)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --no-deps --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

reports: $(READY)
	@$(BIN)/binnenstad run $(PROGRAMME) --period $(PERIOD)

check: $(READY)
	@$(BIN)/binnenstad check $(PROGRAMME)

test: $(READY)
	$(BIN)/ruff check lib tests notebooks
	$(BIN)/ruff format --check lib tests notebooks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTS)

# apart, for counting branches takes half as long again
cover: $(READY)
	$(TESTS) --cov=binnenstad --cov-branch --cov-report=term:skip-covered --cov-fail-under=95

lab: $(READY)
	$(BIN)/jupyter lab --notebook-dir=notebooks

dictionary: $(READY)
	$(BIN)/python tests/dictionary.py > data/README.md

accept: $(READY)
	$(BIN)/python tests/accept.py

bench: $(READY)
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/bench_costs.py
	$(BIN)/python tests/bench_goals.py
	$(BIN)/python tests/bench_mail.py

bench-growth: $(READY)
	$(BIN)/python tests/bench.py growth

# needs uv, which resolves for every system and Python at once
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--no-header --extra test --extra scale --extra pdf --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv
	@echo "The ledgers of the mail stay: without them a mail could go out twice"
	rm -f reports/index.html reports/run.json reports/.lock
	find reports -mindepth 2 -type f ! -name '*mail-ledger*' -delete

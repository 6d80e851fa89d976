# Every target works alone from a clean clone: it builds .venv first, and does so again only when
# pyproject.toml or constraints.txt change. Needs make and Python 3.11 or newer; uses uv when there is one.

EXTRAS ?= dev
WORKERS ?= 2
VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready-$(EXTRAS)

.PHONY: help setup run test test-all test-slow test-ui fuzz lint ruff mypy layers docs docs-serve bench validate results pictures constraints

help:
	@echo "make run       set up, then 500 worlds of the AI industry for 40 quarters, and a report"
	@echo "make test      set up, then the quick tests (test-slow: the others; test-all: both; test-ui: in a browser)"
	@echo "make fuzz      garbled files and random legal settings, for an hour or two; says its seed (SEED=... for the same again)"
	@echo "make lint      ruff, mypy and the layer contract"
	@echo "make docs      build the documentation site, site/index.html (docs-serve: show it while you write)"
	@echo "make bench     measure speed and write docs/performance.md"
	@echo "make results   run the shipped questions and write results/ (half an hour; NAME=... for one)"
	@echo "make validate  compare with numbers from outside; write docs/validation.md and docs/examples.md"

setup: $(READY)

run: $(READY)
	$(VENV)/bin/overreach run industry-2026q3 --worlds 500 --quarters 40

# One thread of linear algebra per test worker: more only makes them wait for each other.
test test-all test-slow test-ui: export OMP_NUM_THREADS = 1
test test-all test-slow test-ui: export OPENBLAS_NUM_THREADS = 1

test: $(READY)
	$(PYTHON) -m pytest -q -n $(WORKERS)

test-all: test test-slow

test-slow: $(READY)
	$(PYTHON) -m pytest -q -n $(WORKERS) -m "slow and not ui and not bench" --durations=40

test-ui: $(READY)
	$(PYTHON) -m pytest -q -m ui

# Nightly: not part of continuous integration, which draws a few of each in test-slow.
fuzz: export OMP_NUM_THREADS = 1
fuzz: export OPENBLAS_NUM_THREADS = 1
fuzz: $(READY)
	$(PYTHON) -m tests.fuzz --workers $(WORKERS) $(if $(SEED),--seed $(SEED)) $(ARGS)

lint: ruff mypy layers

ruff: $(READY)
	$(PYTHON) -m ruff check .

mypy: $(READY)
	$(PYTHON) -m mypy

layers: $(READY)
	$(VENV)/bin/lint-imports --no-cache

# Fails where a page names a page, an anchor, an equation or a source that is not there. The variable leaves out the theme's notice about
# its successor.
docs docs-serve: export NO_MKDOCS_2_WARNING = 1
docs docs-serve: export OMP_NUM_THREADS = 1
docs docs-serve: export OPENBLAS_NUM_THREADS = 1
docs: $(VENV)/.ready-docs
	$(PYTHON) -m mkdocs build --strict --quiet
	@echo "the site is there: site/index.html"

docs-serve: $(VENV)/.ready-docs
	$(PYTHON) -m mkdocs serve --strict --dev-addr 127.0.0.1:8000

bench: $(READY)
	$(PYTHON) -m benchmarks docs/performance.md

validate: $(READY)
	$(PYTHON) -m tests.validation docs/validation.md

results: export OMP_NUM_THREADS = 1
results: export OPENBLAS_NUM_THREADS = 1
results: $(READY)
	$(PYTHON) -m experiments.reference --workers $(WORKERS) $(NAME)
	$(if $(NAME),,$(PYTHON) -m experiments.baseline --workers $(WORKERS))

# The pictures of docs/ui.md; needs chromium.
pictures: $(READY)
	$(PYTHON) -m tests.ui.screenshots docs/img

# The versions everybody gets, for every Python and platform we support, and no addresses of where they came from.
constraints:
	uv pip compile --universal --upgrade --no-header --no-annotate --all-extras --no-emit-package setuptools \
		pyproject.toml -o constraints.txt

define SETUP
set -eu
recent='import sys; sys.exit(sys.version_info < (3, 11))'
with_venv='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

say() { echo "overreach: $$*" >&2; }
works() { [ -x "$$1" ] && "$$1" -c "$$2" >/dev/null 2>&1 </dev/null; }
has_uv() { uv --version >/dev/null 2>&1; }

# Looks in every folder of the PATH: a pyenv shim that fails must not hide a good Python behind it.
find_python() (
    IFS=:
    for name in python3 python3.13 python3.12 python3.11; do
        for folder in $$PATH; do
            if works "$$folder/$$name" "$$1"; then echo "$$folder/$$name"; return 0; fi
        done
    done
    return 1
)

create_with_uv() {
    uv venv -q --python "$$(find_python "$$recent" || echo '>=3.11')" $(VENV) && return
    say "uv found no Python 3.11 or newer and could not fetch one; install Python 3.13 and try again."
    exit 1
}

create_with_venv() {
    if python=$$(find_python "$$with_venv"); then "$$python" -m venv $(VENV); return; fi
    if python=$$(find_python "$$recent"); then
        say "$$python cannot make virtual environments; install its venv module (Debian, Ubuntu: apt install python3-venv) or uv."
    else
        say "no Python 3.11 or newer on the PATH (python3, python3.13, python3.12, python3.11 tried); install one, or uv, and try again."
    fi
    exit 1
}

if ! works $(PYTHON) "$$recent"; then
    rm -rf $(VENV)
    if has_uv; then create_with_uv; else create_with_venv; fi
fi
say "installing into $(VENV) (a minute or two the first time)"
if has_uv; then
    uv pip install -q --python $(PYTHON) -c constraints.txt -e ".[$$EXTRAS]"
else
    $(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip >/dev/null
    $(PYTHON) -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[$$EXTRAS]"
fi
$(PYTHON) -m experiments.prepare
touch "$(VENV)/.ready-$$EXTRAS"
endef
export SETUP

$(VENV)/.ready-%: pyproject.toml constraints.txt
	@EXTRAS="$*" sh -c "$$SETUP"

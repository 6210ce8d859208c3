# What a user and a developer run; `make help` lists it. Nothing is written outside
# this folder (pip keeps its own cache).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: help setup demo test test-full lint bench bench-quick bench-long peers rules \
	dashboards dashboards-picture gallery
.DELETE_ON_ERROR:

help:
	@echo "make setup              make .venv with the command .venv/bin/farm"
	@echo "make demo [MEDIA=DIR]   render a timeline with everything in it, and check it"
	@echo "make test               lint, types, layers and tests (what CI runs)"
	@echo "make test-full          the slow tests too"
	@echo "make lint               lint, types and layers alone"
	@echo "make rules              write config/prometheus-rules.yml anew"
	@echo "make dashboards         write config/grafana/dashboards anew"
	@echo "make dashboards-picture [PROMETHEUS=URL]  draw them of what a Prometheus holds"
	@echo "make gallery [ONLY=..]  picture every effect, transition, layout, style anew"
	@echo "make bench              measure, and write docs/benchmarks.md (30 minutes)"
	@echo "make bench-quick        the same shorter, less exact, nothing written (4 minutes)"
	@echo "make bench-long         the same larger and longer (hours)"
	@echo "make peers              install what it is compared with (MoviePy, RQ) in .peers"

setup: $(STAMP)
	@echo "Ready: $(BIN)/farm --help"

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "No $(PYTHON) found. Install Python 3.11 or newer, or name one:" \
	       "make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old. Python 3.11 or newer is needed;" \
	       "name one: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || echo "Making $(VENV) ..."
	@test -x $(BIN)/python || { \
	  if $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
	    $(PYTHON) -m venv $(VENV); \
	  elif $(PYTHON) -c 'import venv, pip' 2>/dev/null; then \
	    $(PYTHON) -m venv --without-pip $(VENV) && \
	    $(PYTHON) -m pip --python $(VENV) install --quiet pip; \
	  else \
	    echo "This Python has neither venv with ensurepip nor pip." >&2; \
	    echo "Debian and Ubuntu: apt install python3-venv. Without root: install" \
	         "Python from its source or with a tool such as uv or conda, then" \
	         "make setup PYTHON=/path/to/python3" >&2; exit 1; \
	  fi; }
	@echo "Installing (1.3 GB on the disk, a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  -c constraints.txt -e '.[test,interchange]'
	@touch $@

demo bench: export FARM_STORAGE ?= $(CURDIR)/.farm

demo: $(STAMP)
	@$(BIN)/farm demo $(if $(MEDIA),--media "$(MEDIA)") -o demo-output

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2 -m "not slow"

test-full: lint
	$(BIN)/pytest -n 2

rules: $(STAMP)
	@cd config && FARM_STORAGE=/nowhere env -u FARM_ALERTS \
	  ../$(BIN)/farm alerts --prometheus-rules > .rules.part
	@mv config/.rules.part config/prometheus-rules.yml

dashboards: $(STAMP)
	$(BIN)/python -m farm.monitor.grafana config/grafana/dashboards

dashboards-picture: PROMETHEUS ?= http://127.0.0.1:9090
dashboards-picture: $(STAMP)
	$(BIN)/python -m farm.monitor.grafana.picture "$(PROMETHEUS)" dashboards-picture

gallery: $(STAMP)
	$(BIN)/python -m gallery $(ONLY)

bench: $(STAMP)
	$(BIN)/python -m benchmarks --write

bench-quick: $(STAMP)
	$(BIN)/python -m benchmarks --quick

bench-long: $(STAMP)
	$(BIN)/python -m benchmarks --long

peers: .peers/.set-up

.peers/.set-up: benchmarks/peers/requirements.txt
	@test -x .peers/bin/python || $(PYTHON) -m venv .peers
	@.peers/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
	@command -v melt >/dev/null || echo "melt is not here; Debian and Ubuntu: apt install melt"

# The two that matter: `make shop` and `make test`. Nothing but python3 (3.11 or newer) needs to be there.

SHELL := /bin/sh
.DEFAULT_GOAL := help
# Where it is set, every process of the shop would compile all of its modules again.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: shop test lint bench help

VENV := .venv
BIN := $(VENV)/bin
FIND_PYTHON := for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; done

shop: $(VENV)/shop.stamp ## set up and serve the shop (PORT=, HOST=, SHOP_INSTANCE=)
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(BIN)/flask --app wsgi shop start

test: $(VENV)/tests.stamp ## the whole suite, on SQLite and on PostgreSQL, with a real browser
	@exec $(BIN)/python -m tests

lint: $(VENV)/tests.stamp ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/tests.stamp ## the shop's speed as ratios to a bare Flask "hello" (SCALE=1: the desk at 1,000 and 100,000 orders; POSTGRES=1, KEEP=)
	@exec $(BIN)/python -m bench $(if $(SCALE),--scale) $(if $(POSTGRES),--postgres) $(if $(KEEP),--keep $(KEEP))

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

$(VENV)/bin/python:
	@$(FIND_PYTHON); if [ -z "$$python" ]; then \
	  echo "The shop needs Python 3.11 or newer, and no python3 here is."; exit 1; fi; \
	if ! "$$python" -m venv $(VENV); then rm -rf $(VENV); \
	  echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; fi

$(VENV)/shop.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the shop runs on (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt
	@touch $@

$(VENV)/tests.stamp: tests/requirements.txt $(VENV)/shop.stamp
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r tests/requirements.txt
	@touch $@

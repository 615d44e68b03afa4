# The shop's commands. A fresh machine needs python3 (3.11 or newer), pip and make.
PYTHON ?= python3
DATA_DIR ?= var
PORT ?= 8000
export DATA_DIR PORT
# Some machines ask Python to keep no compiled modules; here dozens of processes start, and need not compile them again.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
# Two workers on the smallest machines; more only where there are cores for them.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 6 ] && echo 6 || echo $$n)

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test check bench soak-properties soak-chaos hooks format runtime dev

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: runtime  ## the whole shop on http://127.0.0.1:$PORT, its data in $DATA_DIR; Ctrl-C stops it
	@exec $(PY) -m storefront.demo.start

demo-reset: runtime  ## forget the demonstration's data
	@exec $(PY) -m storefront.demo.start --reset

test: dev  ## the test suite on real servers, workers and browser (ARGS="-k basket")
	@$(PY) manage.py translations compile >/dev/null
	@exec $(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: dev  ## format, lint, types, import contracts, migrations, translations, deployment
	@exec $(PY) -m tests.support.check

bench: dev  ## query counts, bytes and speed as ratios; publishing prices (ARGS=--big-list: of 160,000 products)
	@exec $(PY) -m bench $(ARGS)

soak-properties: dev  ## the proofs by random examples, twenty times as long as in the suite
	@exec env SOAK=20 $(PY) -m pytest -n $(WORKERS) --timeout 3600 tests/fulfilment/orders/discounting tests/fulfilment/ledger/policies tests/fulfilment/payouts/test_histories.py tests/proofs/test_shelf_to_door.py tests/storefront/basket/test_price_list.py

soak-chaos: dev  ## three hundred orders while workers and broker are killed for two minutes (ARGS="ORDERS SECONDS")
	@exec $(PY) -m bench.chaos $(ARGS)

hooks:  ## run the fast checks before each commit
	git config core.hooksPath .githooks

format: dev  ## write the code the way check wants it
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

runtime:
	@$(PYTHON) requirements/install.py runtime

dev:
	@$(PYTHON) requirements/install.py dev

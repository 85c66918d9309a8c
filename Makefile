# Every target does its own set-up; `make help` lists them. PYTHON=... chooses the interpreter, ARGS=... goes to the program.

READY := .venv/ready
RUN := .venv/bin
PREPARE := resources/packaging/prepare.sh
PICTURES := handed-over page-reverse-code sim-swapped
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo tour pictures test check bench openapi lock clean system

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## desktop, service and a demo phone with a cast of customers; without a screen, the tour
	@$(RUN)/rightful demo $(ARGS)

tour: $(READY) ## the main job, by itself and without a screen; a picture of each step in build/tour/
	@QT_QPA_PLATFORM=offscreen $(RUN)/rightful tour $(ARGS)

pictures: tour ## the tour, and the README's pictures from it (the customer's page needs chromium)
	@for name in $(PICTURES); do cp build/tour/*-$$name.png docs/pictures/$$name.png || exit 1; done

test: $(READY) ## every test, three at a time: they wait for the disk more than for a processor
	@$(RUN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY) ## format, lint, types, import contracts, fast tests: before each commit
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-logo
	@$(RUN)/python -m pytest -q -m "not slow" $(ARGS)

bench: $(READY) ## measurements against their goals, as a table and in build/bench.json
	@$(RUN)/python -m tests.bench $(ARGS)

openapi: $(READY) ## write resources/openapi.json anew from the service's routes
	@$(RUN)/rightful-server openapi --output resources/openapi.json

lock: ## write the lock files anew from pyproject.toml (ARGS=--upgrade takes newer releases)
	@sh resources/packaging/lock.sh $(ARGS)

clean: ## remove what the other targets made
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(READY): requirements-dev.lock pyproject.toml $(PREPARE) | system
	@sh $(PREPARE) packages
	@touch $@

system:
	@sh $(PREPARE) system

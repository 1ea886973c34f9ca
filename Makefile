# Every target does its own set-up. Needed: Python 3.11 to 3.13, git, make.
# Extra arguments go in ARGS: make test ARGS="-k outbox", make demo ARGS=--exit

UV := sh .ci/uv
RUN := $(UV) run --no-sync
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help setup everything demo services test check map format benchmark chaos

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "  %-16s %s\n", $$1, $$2 }'

setup: ## Install uv (if missing) and the locked packages into .venv/
	@$(UV) sync --locked --inexact

# What is optional, too: the vendors' libraries, a small model, vectors, Node for AsyncAPI's own parser.
everything:
	@$(UV) sync --locked --all-extras --all-groups

demo: setup ## Run every service in one process on the sample documents, then serve until Ctrl-C
	@$(RUN) brickline demo development/samples $(ARGS)

services: setup ## Run the three services as three processes over RabbitMQ and Postgres
	@$(RUN) python -m brickline_dev.services $(ARGS)

test: everything ## Run the tests
	@$(RUN) pytest -n 2 --dist loadfile $(ARGS)

check: everything ## Check lock, style, types, bricks and contracts
	$(UV) lock --check
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy components bases development
	$(RUN) poly check --strict
	$(RUN) brickline contracts check

map: setup ## Draw the pipeline anew, where it is kept in the repository
	@$(RUN) brickline contracts graph --update

format: setup ## Format the code and fix what can be fixed by itself
	$(RUN) ruff format
	$(RUN) ruff check --fix
	$(RUN) ruff format

benchmark: everything ## Measure the figures of the README
	@$(RUN) python -m benchmarks $(ARGS)

chaos: setup ## Kill, stop and cut everything under load for two minutes, then account for every document
	@$(RUN) python -m chaos $(ARGS)

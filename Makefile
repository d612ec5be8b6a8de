# Everything here works in a fresh clone; what is missing is installed first.

UV := sh tools/native/uv.sh
PYTHON := .venv/bin/python
SYNC := $(UV) sync --quiet --locked --all-packages --all-groups

# The environment of the clone, whatever else is active in this terminal.
unexport VIRTUAL_ENV
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: help run test test-compose stand-ins stop-stand-ins auth openapi asyncapi screenshots check bench sync

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

run: sync ## Run Flack on this machine; PORT=8081 moves it, Ctrl-C stops it
	@exec $(PYTHON) -m tools.native --while-parent-lives

test: sync ## Run the whole test suite
	@$(PYTHON) -m tools.native --install-only --browser --compiler
	@$(PYTHON) -m pytest $(ARGS)

test-compose: sync ## Run the end-to-end and the fault suite against containers; needs Docker. ARGS=tests/browser: the browser's
	@docker compose build --quiet
	@$(PYTHON) -m pytest --compose $(or $(ARGS),tests/pods tests/containers tests/integration tests/e2e tests/faults)

stand-ins: sync ## Where no registry is in reach: make local images in place of the official ones, start Docker
	@$(PYTHON) -m tools.standins

stop-stand-ins: sync ## Stop the Docker that was started so
	@$(PYTHON) -m tools.standins --stop

auth: sync ## Do what operators do, on what `make run` runs: make auth ARGS="sessions susan"
	@$(PYTHON) -m tools.native.operate auth $(ARGS)

openapi: sync ## Describe the API anew, in gateway/web/openapi.json
	@$(PYTHON) -m tools.openapi

asyncapi: sync ## Describe the events and the sockets anew, in docs/asyncapi
	@$(PYTHON) -m tools.asyncapi

screenshots: sync ## Take the pictures of the web client anew, in docs/screenshots
	@$(PYTHON) -m tools.native --install-only --browser
	@$(PYTHON) -m tools.screenshots

check: sync ## Check format, style, types and import rules
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m vulture

bench: sync ## Measure how long a message takes, how many there can be, whether any is lost, logins, and the renderer
	@$(PYTHON) -m tools.native --install-only --load
	@$(PYTHON) -m bench.latency
	@$(PYTHON) -m bench.api
	@$(PYTHON) -m bench.logins
	@$(PYTHON) -m bench.renderer

sync:
	@$(SYNC)

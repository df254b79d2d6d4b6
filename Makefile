.DEFAULT_GOAL := help
.PHONY: help run test check fix model bench soak-run stranger clean
export PYTHON

# environment.py picks the Python that is installed into; any Python can run it.
PREPARE = @for python in "$$PYTHON" python3 python3.13 python3.12 python3.11 python3.10; do \
	    "$$python" -c '' 2>/dev/null && exec "$$python" environment.py $(1); \
	  done; \
	  echo 'stillwatch: no python3 on PATH: sudo apt install python3 python3-venv (macOS: brew install python@3.13)' >&2; \
	  exit 2
BIN = .venv/bin

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## */make \1	/p' Makefile | expand -t 14

run: ## the demonstration, from a bare checkout; SOURCE= SECONDS= SEED= OUT= PYTHON= may be set
	$(call PREPARE,demo)
	@$(BIN)/stillwatch demo $(if $(SOURCE),--source "$$SOURCE") $(if $(SECONDS),--seconds '$(SECONDS)') \
	  $(if $(SEED),--seed '$(SEED)') $(if $(OUT),--out "$$OUT")

test: ## the whole test suite, from a bare checkout; ARGS= go to pytest
	$(call PREPARE,convert demo test)
	@$(BIN)/python -m pytest $(ARGS)

check: ## ruff, mypy, import contracts, README against --help
	$(call PREPARE,convert demo test)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy edge convert tests benchmarks environment.py
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --quiet tests/architecture/test_readme.py

fix: ## ruff: mend what can be mended, and format
	$(call PREPARE,demo test)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

model: ## the default model, from its recipe to edge/models/default: an hour on two cores; goes on where it was stopped
	$(call PREPARE,convert demo)
	$(BIN)/stillwatch-convert build --recipe default --out edge/models/default

bench: ## benchmarks on this machine
	$(call PREPARE,demo test)
	@for bench in benchmarks/[a-z]*.py; do \
	  case "$$bench" in */soak_run.py|*/stranger.py) continue;; esac; \
	  [ -e "$$bench" ] || { echo 'stillwatch: no benchmarks yet'; break; }; \
	  $(BIN)/python "$$bench" || exit; \
	done

soak-run: ## a device for HOURS=2 while camera, broker and disk fail: what it loses, whether it grows; OUT= may be set
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.soak_run --hours '$(or $(HOURS),2)' $(if $(OUT),--out "$$OUT")

stranger: ## from an empty folder to the first change on MQTT, timed; CLIP= says what the camera shows; OUT= may be set
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.stranger $(if $(CLIP),--clip "$$CLIP") $(if $(OUT),--out "$$OUT")

clean: ## remove .venv, caches and build outputs
	rm -rf .venv build dist *.egg-info .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

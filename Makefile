.DEFAULT_GOAL := help
.PHONY: help run test check fix model bench durability soak soak-network soak-run stranger fuzz-commands homeassistant docs clean
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

model: ## a default model, from the newest recipe to edge/models/default: an hour and a half on two cores; goes on where it was stopped
	$(call PREPARE,convert demo)
	$(BIN)/stillwatch-convert build --recipe default --out edge/models/default

bench: ## benchmarks on this machine
	$(call PREPARE,demo test)
	@for bench in benchmarks/[a-z]*.py; do \
	  case "$$bench" in */soak_*|*/fuzz_*|*/stranger.py) continue;; esac; \
	  [ -e "$$bench" ] || { echo 'stillwatch: no benchmarks yet'; break; }; \
	  PYTHONPATH=. $(BIN)/python "$$bench" || exit; \
	done

durability: ## CUTS=2000 power cuts, KILLS=2000 kill -9, DAMAGES=1000 spoilt files: whether the journal loses anything
	$(call PREPARE,demo test)
	@mkdir -p build
	@STILLWATCH_CUTS='$(or $(CUTS),2000)' STILLWATCH_KILLS='$(or $(KILLS),2000)' \
	  STILLWATCH_DAMAGES='$(or $(DAMAGES),1000)' $(BIN)/python -m pytest --junitxml=build/durability.xml \
	  tests/system/test_power_cut.py tests/system/test_kill.py tests/drivers/journal_sqlite/test_salvage.py
	@grep -o 'reopen_ms[^/]*' build/durability.xml

soak: ## EVENTS=100000 while broker, publisher and consumer are killed; *_KILLS=, COMPARE=1, OUT= may be set
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.soak_events --events '$(or $(EVENTS),100000)' \
	  --broker-kills '$(or $(BROKER_KILLS),50)' --publisher-kills '$(or $(PUBLISHER_KILLS),50)' \
	  --consumer-kills '$(or $(CONSUMER_KILLS),20)' $(if $(COMPARE),--compare) $(if $(OUT),--out "$$OUT")

soak-network: ## EVENTS=10000 over a network that drops three packets in ten, is slow and goes silent; needs root and iptables
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.soak_network --events '$(or $(EVENTS),10000)'

soak-run: ## a device for HOURS=2 while camera, broker and disk fail: what it loses, whether it grows; OUT= may be set
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.soak_run --hours '$(or $(HOURS),2)' $(if $(OUT),--out "$$OUT")

fuzz-commands: ## a million careless and hostile commands, to the parser alone: it must take or refuse each; EXAMPLES= may be set
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.fuzz_commands --examples '$(or $(EXAMPLES),1000000)'

homeassistant: ## a real Home Assistant finds a device, shows it and gives it orders; HASS= may name one that is installed
	$(call PREPARE,demo test)
	@hass="$(HASS)"; \
	if [ -z "$$hass" ]; then \
	  python3.14 -c 'import sys; sys.exit(sys.version_info < (3, 14, 2))' 2>/dev/null || { \
	    echo 'stillwatch: skipped: Home Assistant wants Python 3.14.2 or later, and PATH has no such python3.14'; exit; }; \
	  hass="$$PWD/.venv-homeassistant/bin/hass"; \
	  [ -x "$$hass" ] || { python3.14 -m venv .venv-homeassistant && \
	    .venv-homeassistant/bin/python -m pip install --quiet homeassistant; } || exit; \
	fi; \
	STILLWATCH_HASS="$$hass" $(BIN)/python -m pytest tests/system/test_home_assistant.py

docs: ## write docs/mqtt.md from the schemas and the encoders
	$(call PREPARE,demo test)
	@$(BIN)/python docs/mqtt_page.py

stranger: ## from an empty folder to the first change on MQTT, timed; CLIP= says what the camera shows; OUT= may be set
	$(call PREPARE,demo test)
	@$(BIN)/python -m benchmarks.stranger $(if $(CLIP),--clip "$$CLIP") $(if $(OUT),--out "$$OUT")

clean: ## remove .venv, caches and build outputs
	rm -rf .venv .venv-homeassistant build dist *.egg-info .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Everything is installed into this folder: Python packages into .venv, Meltano into .venv-meltano,
# Airflow into .venv-airflow, targets to try into .venv-targets, the tap and the loaders for Meltano
# into .meltano. What is up to date is not installed again.

MELTANO_VERSION := 4.4.1
AIRFLOW_VERSION := 3.3.2
# dbt-core 1.12 needs a package that no registry has. The newest DuckDB writes files that the loader's
# cannot read, so that both use the same.
DBT := 'dbt-core>=1.11,<1.12' 'dbt-postgres~=1.11.0' 'dbt-duckdb~=1.11.0' duckdb==1.5.6
# Adapters by which the models are rendered only, in the newest versions that go with that dbt-core.
DBT_DIALECTS := 'dbt-core>=1.11,<1.12' 'dbt-snowflake>=1.11,<2' 'dbt-bigquery>=1.11,<2' 'dbt-redshift>=1.11,<2' \
	'dbt-databricks>=1.11,<2' 'sqlglot~=30.0'
TARGET ?= target-duckdb
ARGS ?=
VERSION ?=
HISTORIES ?= 200
DAYS ?= 1000
SEED ?= 4

PYTHON := .venv/bin/python
UV := .venv/bin/uv
MELTANO := .venv-meltano/bin/meltano
PLUGINS := $(addprefix .meltano/,$(addsuffix .ready,tap-confluence target-duckdb target-jsonl target-postgres))
UTILITIES := .meltano/dbt-postgres.ready .meltano/dbt-duckdb.ready
AIRFLOW_READY := .venv/ready .venv-airflow/ready .venv-meltano/postgres .meltano/tap-confluence.ready .meltano/target-postgres.ready .meltano/dbt-postgres.ready

export MELTANO_SEND_ANONYMOUS_USAGE_STATS = false
export UV_NO_PROGRESS = 1
# Without the byte code of what it imports, each command takes a second more to start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo sync test coverage slow histories days proof-celery proof-nights proof-rates proof-sizes recipes airflow dbt targets image lint types lock docs site site-test descriptions clean release-rehearsal release
.DELETE_ON_ERROR:

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## */make \1|/' | \
		while IFS='|' read -r name what; do printf '%-17s %s\n' "$$name" "$$what"; done

demo: .venv/ready .venv-dbt/ready .meltano/tap-confluence.ready .meltano/target-duckdb.ready  ## load a demo site into output/warehouse.duckdb and show what came
	@$(PYTHON) -m tests.demo --meltano $(MELTANO) --dbt .venv-dbt/bin/dbt

sync: .env .meltano/tap-confluence.ready .meltano/$(TARGET).ready  ## load the site of .env; TARGET=target-postgres for PostgreSQL
	$(MELTANO) --environment=site run tap-confluence $(TARGET)

test: .venv/ready $(PLUGINS)  ## run the tests; ARGS='-k name' for some of them
	TAP_CONFLUENCE_TEST_MELTANO=$(MELTANO) $(PYTHON) -m pytest --numprocesses auto --dist worksteal $(ARGS)

slow: .venv/ready $(PLUGINS)  ## run the tests that show for much what others show for little
	TAP_CONFLUENCE_TEST_MELTANO=$(MELTANO) $(PYTHON) -m pytest -m slow --numprocesses auto --dist worksteal $(ARGS)

histories: .venv/ready  ## play random histories on each deployment: HISTORIES=200 of them, or HISTORIES=17-17 one again
	TAP_CONFLUENCE_TEST_HISTORIES=$(HISTORIES) $(PYTHON) -m pytest -m '' tests/histories/test_histories.py --numprocesses auto --dist worksteal $(ARGS)

days: .venv/ready  ## play DAYS=1000 days on each deployment, with a run each night after which all tables equal the site; SEED=4
	TAP_CONFLUENCE_TEST_DAYS=$(DAYS) TAP_CONFLUENCE_TEST_SEED=$(SEED) $(PYTHON) -m pytest -m 'not proof' tests/histories/test_days.py \
		--numprocesses auto --dist worksteal -rP --show-capture=stdout $(ARGS)

proof-nights: .venv/ready  ## play 1,000 days in one go on each deployment, and a year of nights; up to an hour
	TAP_CONFLUENCE_TEST_SEED=$(SEED) $(PYTHON) -m pytest -m proof tests/histories \
		--numprocesses auto --dist worksteal -rP --show-capture=stdout $(ARGS)

coverage: .venv/ready $(PLUGINS)  ## run the tests and tell which lines none of them reaches; no gate
	TAP_CONFLUENCE_TEST_MELTANO=$(MELTANO) $(PYTHON) -m pytest --numprocesses auto --dist worksteal --cov --cov-report=term-missing $(ARGS)

proof-rates: .venv/ready  ## have eight runs share one rate limit, on each deployment, and rehearse a release; some 20 minutes
	$(PYTHON) -m pytest -m proof tests/http tests/release -rPs --show-capture=stdout $(ARGS)

release-rehearsal: .venv/ready  ## make the release of this commit in a clone, and install it on each Python
	$(PYTHON) -m pytest -m proof tests/release -rs $(ARGS)

release: .venv/ready  ## have CHANGELOG.md say that what is unreleased is VERSION=1.2.3; see CONTRIBUTING.md
	@$(PYTHON) -m tests.release $(VERSION)

proof-sizes: .venv/ready  ## read sites of odd sizes, and slow ones, and hold memory, requests and rows to what is said; up to an hour
	$(PYTHON) -m pytest -m proof tests/scale -rP $(ARGS)

recipes: .venv/ready  ## do what the documents say, from a fresh copy on; some minutes
	$(PYTHON) -m pytest -m recipes tests/newcomer $(ARGS)

airflow: $(AIRFLOW_READY)  ## test the DAG with a real Airflow
	TAP_CONFLUENCE_TEST_AIRFLOW=.venv-airflow/bin/airflow TAP_CONFLUENCE_TEST_MELTANO=$(MELTANO) \
		$(PYTHON) -m pytest tests/orchestrate $(ARGS)

proof-celery: $(AIRFLOW_READY) .venv-airflow/celery  ## show that the DAG outlives the loss of a worker of Celery, for each deployment; see docs/airflow.md
	@command -v redis-server >/dev/null || { echo 'There is no redis-server: Debian has it in the package of that name.'; exit 1; }
	TAP_CONFLUENCE_TEST_AIRFLOW=.venv-airflow/bin/airflow TAP_CONFLUENCE_TEST_MELTANO=$(MELTANO) \
		$(PYTHON) -m pytest -m proof tests/orchestrate $(ARGS)

targets: .venv/ready  ## load all streams into the targets of docs/targets.md
	$(PYTHON) -m pytest -m targets tests/targets $(ARGS)

dbt: .venv/ready .venv-dbt/ready .venv-dbt-dialects/ready $(PLUGINS) $(UTILITIES)  ## test the dbt package on DuckDB and PostgreSQL
	TAP_CONFLUENCE_TEST_DBT=.venv-dbt/bin/dbt TAP_CONFLUENCE_TEST_MELTANO=$(MELTANO) \
		$(PYTHON) -m pytest -m dbt tests/dbt --numprocesses auto --dist loadfile $(ARGS)

image: .venv/ready  ## build the image with buildah and run it, as root; see docs/docker.md
	$(PYTHON) -m pytest -m image tests/image $(ARGS)

lint: .venv/ready  ## check style, format, spelling, and workflows and meltano.yml against their schemas
	.venv/bin/pre-commit run --all-files

types: .venv/ready  ## check types
	.venv/bin/mypy

lock: .venv/ready  ## bring constraints.txt, the versions that are tested, up to date
	@echo '--editable .' | $(UV) pip compile --quiet --universal --python-version 3.11 --group build --group dev --group site-test --upgrade \
		--no-header --no-annotate --no-emit-index-url --no-emit-package tap-confluence \
		--output-file constraints.txt -

docs: .venv/ready  ## write what the documents say of settings, streams and columns
	@$(PYTHON) -m tests.docs

site: .venv/docs  ## build the documentation site into the folder site; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build

site-test: .venv/ready .venv/site-test site  ## open each page of the documentation site in a browser
	$(PYTHON) -m pytest -m site tests/site $(ARGS)

descriptions: .venv/ready  ## fetch Atlassian's descriptions of the API into .descriptions, for the tests
	@$(PYTHON) -m tests.descriptions .descriptions

clean:  ## remove what was installed and the demo's database; keeps your data and its state
	rm -rf .venv .venv-airflow .venv-dbt .venv-dbt-dialects .venv-meltano .venv-targets .meltano/extractors .meltano/loaders .meltano/utilities .meltano/*.ready .meltano/run
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .descriptions site
	rm -f output/warehouse.duckdb* output/demo.log

.env:
	@echo "There is no .env, which says what to read and how to sign in. Copy .secrets.example to"
	@echo ".env, fill in the site, the e-mail address and the API token, and type make sync again."
	@echo "To see the tap at work without a site of your own, type make demo."
	@exit 1

# Versions 3.11 to 3.13 come first, because with these Meltano and the loaders are tested.
$(UV):
	@for python in python3.13 python3.12 python3.11 python3 python python3.14; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Installing into .venv with $$($$python --version)"; \
			$$python -m venv --clear .venv && .venv/bin/python -m pip install --quiet uv; \
			exit; \
		fi; \
	done; \
	echo "Python 3.11 or later is needed, and none was found as python3 or python3.11 to 3.14."; \
	exit 1

# Everything that the tests need, and none of them.
.PHONY: installed
installed: $(PLUGINS) $(AIRFLOW_READY)

.venv/ready: pyproject.toml constraints.txt | $(UV)
	$(UV) pip install --quiet --python $(PYTHON) --constraint constraints.txt --editable . --group dev
	@touch $@

.venv/docs .venv/site-test: .venv/%: pyproject.toml constraints.txt | $(UV)
	$(UV) pip install --quiet --python $(PYTHON) --constraint constraints.txt --group $*
	@touch $@

# The loaders are installed for the Python that runs Meltano.
.venv-meltano/ready: Makefile | $(UV)
	$(UV) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable if sys.version_info < (3, 14) else ">=3.11,<3.14")')" .venv-meltano
	$(UV) pip install --quiet --python .venv-meltano/bin/python meltano==$(MELTANO_VERSION)
	@touch $@

# With PostgreSQL as its database, several runs of Meltano can keep their states at the same time.
.venv-meltano/postgres: .venv-meltano/ready
	$(UV) pip install --quiet --python .venv-meltano/bin/python 'meltano[postgres]==$(MELTANO_VERSION)'
	@touch $@

.venv-airflow/ready: Makefile | $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) .venv-airflow
	$(UV) pip install --quiet --python .venv-airflow/bin/python 'apache-airflow~=$(AIRFLOW_VERSION)'
	@touch $@

# CeleryExecutor, which needs a real database.
.venv-airflow/celery: .venv-airflow/ready
	$(UV) pip install --quiet --python .venv-airflow/bin/python 'apache-airflow[celery,postgres]~=$(AIRFLOW_VERSION)'
	@touch $@

.venv-dbt/ready .venv-dbt-dialects/ready: Makefile | $(UV)
	$(UV) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable if sys.version_info < (3, 14) else ">=3.11,<3.14")')" $(@D)
	$(UV) pip install --quiet --python $(@D)/bin/python $(if $(findstring dialects,$@),$(DBT_DIALECTS),$(DBT))
	@touch $@

.meltano/tap-confluence.ready: pyproject.toml

.meltano/%.ready: meltano.yml .venv-meltano/ready
	$(MELTANO) --log-level=warning install $*
	@touch $@

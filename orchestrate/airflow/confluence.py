"""Loads a Confluence site into PostgreSQL, in shards of its spaces that run beside each other.

A shard is a range of space ids with a state of its own, so that it is resumed on its own. What is
not read space by space is one task beside the shards, and what is gone is told by one behind them.
docs/airflow.md tells how to set it up.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Variable, dag, task

PLAN = "confluence_plan"
"""Variable: the shards. They are kept, as other ones would start over; delete it to plan anew."""

SHARDS = "confluence_shards"
"""Variable: how many shards to plan at most; 3 when absent."""

CEILING = "confluence_requests_per_second"
"""Variable: requests a second for all that runs at once; as many as the site allows when absent."""

MODELS = "confluence_models"
"""Variable: what makes models of the tables when all is loaded, such as `dbt-postgres:build`; none
are made when absent."""

BEYOND_ALL_SPACES = str(2**63 - 1)

# Runs of the same plugin write their catalog and their state to the same files in .meltano. So each
# run has another one, in the temporary folder that Airflow makes for it.
#
# Airflow sees to it that nothing runs twice at a time. Meltano does too, but would keep a job that
# was killed from starting again for five minutes: hence --force.
RUN = (
    'ln -s "$MELTANO_PROJECT_ROOT"/.meltano/{extractors,loaders,utilities} . && '
    'MELTANO_SYS_DIR_ROOT="$PWD" meltano --cwd="$MELTANO_PROJECT_ROOT" run --no-install --force'
)


@dag(
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 5,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["confluence"],
)
def confluence() -> None:
    """Plan the shards, make the tables, and load all shards and the rest of the site."""

    @task
    def plan_shards() -> list[dict[str, str]]:
        """Return the variables of the environment for each shard, and plan if there is no plan."""
        plan = Variable.get(PLAN, default=None, deserialize_json=True)
        if plan is None:
            plan = make_plan(Variable.get(SHARDS, default="3"))
            Variable.set(PLAN, plan, serialize_json=True)
        pace = share_of_ceiling(among=len(plan) + 1)
        return [{**settings_of(shard), **pace} for shard in plan]

    @task
    def pace_alone() -> dict[str, str]:
        """Return the variables of the environment for what runs beside nothing else."""
        return share_of_ceiling(among=1)

    @task
    def pace_site(shards: list[dict[str, str]]) -> dict[str, str]:
        """Return the variables of the environment for the rest of the site."""
        return share_of_ceiling(among=len(shards) + 1)

    shards = plan_shards()
    pace = pace_alone()

    # Loaders that make the same table at the same moment fail. So they find the tables made, and
    # new columns added, by a run in which no space is wanted.
    make_tables = BashOperator(
        task_id="make_tables",
        bash_command=(
            f"export TAP_CONFLUENCE_SPACE_ID_FROM={BEYOND_ALL_SPACES} && "
            f"{RUN} --state-id-suffix=tables tap-confluence--shard target-postgres"
        ),
        env=pace,
        append_env=True,
    )
    load_shard = BashOperator.partial(
        task_id="load_shard",
        bash_command=f"{RUN} --state-id-suffix=$SHARD tap-confluence--shard target-postgres",
        append_env=True,
        map_index_template="{{ task.env.SHARD }}",
    ).expand(env=shards)
    load_site = BashOperator(
        task_id="load_site",
        bash_command=f"{RUN} tap-confluence--site target-postgres",
        env=pace_site(shards),
        append_env=True,
    )
    # A shard has not seen what the others have: what is gone or back is told when all are through.
    reconcile = BashOperator(
        task_id="reconcile",
        bash_command=f"{RUN} tap-confluence--reconcile target-postgres",
        env=pace,
        append_env=True,
    )
    # A command that ends with 99 is skipped.
    build_models = BashOperator(
        task_id="build_models",
        bash_command=f'[ -n "$MODELS" ] || exit 99; {RUN} $MODELS',
        env={"MODELS": f"{{{{ var.value.get('{MODELS}', '') }}}}"},
        append_env=True,
    )
    shards >> make_tables >> [load_shard, load_site] >> reconcile >> build_models


def make_plan(shards: str) -> list[dict[str, int | None]]:
    """Have the tap divide the site, with the settings that Meltano has for it."""
    command = ["meltano", "--cwd", os.environ["MELTANO_PROJECT_ROOT"], "invoke", "--no-install"]
    command += ["tap-confluence:shards", f"--shards={shards}"]
    environment = {**os.environ, **share_of_ceiling(among=1)}
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def settings_of(shard: dict[str, int | None]) -> dict[str, str]:
    """Return the range of a shard as settings, and in `SHARD` its name.

    The name ends the id of the shard's state, so it says which range the state is about: a shard of
    another plan starts with a state of its own.
    """
    start, end = shard["space_id_from"], shard["space_id_below"]
    settings = {
        "SHARD": f"spaces-from-{start or 0}-below-{end or 'any'}",
        "TAP_CONFLUENCE_SPACE_ID_FROM": start,
        "TAP_CONFLUENCE_SPACE_ID_BELOW": end,
    }
    return {name: str(value) for name, value in settings.items() if value is not None}


def share_of_ceiling(among: int) -> dict[str, str]:
    """Return the ceiling on requests for each of several that run at once, if there is one."""
    ceiling = Variable.get(CEILING, default=None)
    return {"TAP_CONFLUENCE_REQUESTS_PER_SECOND": f"{float(ceiling) / among:g}"} if ceiling else {}


confluence()

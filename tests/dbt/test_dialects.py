"""Where nobody built the models, they are at least SQL of the database.

The adapters render them without a connection, and sqlglot reads what comes out.
"""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.dbt.dialects import BIGQUERY, CALLED, DIALECTS, NO_CALL, REDSHIFT, Dialect
from tests.dbt.warehouses import AS_OF, LONGEST_BUILD, PACKAGE, SITE
from tests.docs import facts
from tests.integration.plugins import PROJECT, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dbt.dialects import Tables

    Models = dict[str, dict[str, Any]]
    """What each model consists of."""

PYTHON = PROJECT / ".venv-dbt-dialects" / "bin" / "python"
RENDER = Path(__file__).with_name("render.py")
MODELS = frozenset(path.stem for path in PACKAGE.glob("models/**/*.sql"))
ON_REQUEST = frozenset({"confluence__page_readers", "confluence__readers_to_check"})
DAYS = "confluence__daily_activity"

dialects = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@pytest.fixture(scope="module")
def of_all_streams(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Dialect], Models]:
    """Renders the models for tables of all streams, once for each database."""

    @cache
    def rendered(dialect: Dialect) -> Models:
        tables = dialect.tables([*facts.streams()])
        # It is there, so that only the last days are built.
        days = {dialect.spell(DAYS): {dialect.spell("day"): "date"}}
        folder = tmp_path_factory.mktemp(dialect.name)
        return render(dialect, tables | days, folder, confluence__using_page_readers=True)

    return rendered


@dialects
def test_the_models_of_all_streams_are_sql_of_the_database(
    of_all_streams: Callable[[Dialect], Models], dialect: Dialect
) -> None:
    models = of_all_streams(dialect)

    assert models.keys() >= MODELS
    assert_is_sql_of(dialect, models)
    assert "max(day)" in models[DAYS]["sql"]


@dialects
def test_the_models_of_the_default_streams_are_sql_of_the_database(
    dialect: Dialect, tmp_path: Path
) -> None:
    tables = dialect.tables([stream.name for stream in facts.read_by_default()])

    models = render(dialect, tables, tmp_path)

    assert models.keys() >= MODELS - ON_REQUEST
    assert_is_sql_of(dialect, models)


@dialects
def test_the_models_of_whole_records_are_sql_of_the_database(
    dialect: Dialect, tmp_path: Path
) -> None:
    tables = dialect.whole_records([*facts.streams()])

    models = render(dialect, tables, tmp_path, confluence__using_page_readers=True)

    assert models.keys() >= MODELS
    assert_is_sql_of(dialect, models)


@pytest.mark.parametrize(
    ("dialect", "model", "says"),
    [
        pytest.param(
            REDSHIFT,
            "stg_confluence__pages",
            "case lower(nullif(json_extract_path_text(json_serialize(\"version\"), 'minorEdit', "
            "true), '')) when 'true' then true when 'false' then false end as version_minor_edit",
            id="redshift_casts_no_text_to_a_boolean",
        ),
        pytest.param(
            REDSHIFT,
            "int_confluence__principals",
            "md5(listagg(principal_key, ',') within group (order by principal_key))",
            id="redshift_hashes_all_of_a_text",
        ),
        pytest.param(
            REDSHIFT,
            "int_confluence__space_rights",
            '"stg_confluence__space_roles") as roles, roles.right_of_role_list as right_of_role',
            id="redshift_goes_through_a_list_of_the_table_before_it",
        ),
        pytest.param(
            BIGQUERY,
            "stg_confluence__space_roles",
            "nullif(to_json_string(`spacePermissions`), 'null') as space_permissions",
            id="bigquery_writes_null_for_what_is_not_there",
        ),
    ],
)
def test_a_value_is_made_as_the_database_wants_it(
    of_all_streams: Callable[[Dialect], Models], dialect: Dialect, model: str, says: str
) -> None:
    assert says in " ".join(of_all_streams(dialect)[model]["sql"].split())


def assert_is_sql_of(dialect: Dialect, models: Models) -> None:
    """Assert that a database can read each model, and has what it calls."""
    wrong = {
        name: why
        for name, model in models.items()
        if (why := model.get("error") or _unknown(dialect, model))
    }
    assert wrong == {}


def _unknown(dialect: Dialect, model: dict[str, Any]) -> dict[str, list[str]]:
    known = CALLED | dialect.functions | NO_CALL | {*model["tables"]}
    unknown = {
        "no function of it": {*model["called"]} - known,
        "a reserved word": {*model["names"]} & dialect.reserved,
        "not the type that is meant": {*model["types"]} - dialect.casts,
    }
    return {what: sorted(names) for what, names in unknown.items() if names}


def render(dialect: Dialect, tables: Tables, folder: Path, **variables: Any) -> Models:
    """Render the models for tables that are there."""
    request, answer = folder / "request.json", folder / "answer.json"
    request.write_text(
        json.dumps(
            {
                "adapter": dialect.name,
                "dialect": dialect.name,
                "profile": dialect.profile,
                "project": str(PACKAGE),
                "tables": tables,
                "variables": {
                    "confluence_as_of": AS_OF,
                    "confluence_site_url": SITE,
                    **variables,
                },
            }
        )
    )
    if not PYTHON.exists():
        pytest.skip("the adapters of dbt are not installed; `make dbt` does that")
    done = subprocess.run(  # noqa: S603 - the command is ours
        [str(PYTHON), str(RENDER), str(request), str(answer)],
        check=False,
        cwd=folder,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_BUILD,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    models: Models = json.loads(answer.read_text())
    return models

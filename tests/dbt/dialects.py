"""Databases in which nobody built the models, as far as their documentation tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.docs import dbt, facts

if TYPE_CHECKING:
    from collections.abc import Callable

    Tables = dict[str, dict[str, str]]
    """The type of each column, by table and name."""

METADATA = ("_sdc_extracted_at", "_sdc_deleted_at", "_sdc_batched_at")
NO_CALL = frozenset(
    {
        *("and", "as", "between", "by", "distinct", "else", "exists", "from", "group", "in"),
        *("join", "not", "on", "or", "over", "select", "then", "union", "when", "where", "all"),
    }
)
"""Words before a parenthesis that call nothing."""

CALLED = frozenset(
    {
        *("cast", "coalesce", "concat", "count", "length", "lower", "max", "md5", "min", "nullif"),
        *("regexp_replace", "replace", "row_number", "substring", "sum", "trim", "upper"),
    }
)
"""Functions that all of them have."""


@dataclass(frozen=True, eq=False)
class Dialect:
    """A database, and what its documentation says of its SQL.

    Attributes:
        name: The name of its adapter, and of its dialect.
        profile: What the adapter wants to be told before it connects.
        spell: How its loader spells the names of tables and columns.
        record: The type of a column with a whole record.
        types: What its loader makes of `string`, `integer`, `number`, `boolean`, `timestamp` and
            `json`.
        functions: What it has beyond `CALLED`, as far as the models call it.
        reserved: Words that name nothing unless they are quoted.
        casts: The types that the models cast to.
    """

    name: str
    profile: dict[str, Any]
    spell: Callable[[str], str]
    record: str
    types: dict[str, str]
    functions: frozenset[str]
    reserved: frozenset[str]
    casts: frozenset[str]

    def tables(self, streams: list[str]) -> Tables:
        """Return the tables that a loader makes of streams, a column for each property."""
        return {self.spell(name): self._columns(name) for name in streams}

    def _columns(self, stream: str) -> dict[str, str]:
        properties = facts.streams()[stream].schema["properties"]
        columns = {
            self.spell(name): self.types[dbt.type_of(schema)] for name, schema in properties.items()
        }
        return columns | {self.spell(name): self.types["timestamp"] for name in METADATA}

    def whole_records(self, streams: list[str]) -> Tables:
        """Return the tables of a loader that keeps each record in one column."""
        metadata = {self.spell(name): self.types["timestamp"] for name in METADATA}
        record = {self.spell("data"): self.record, **metadata}
        return {self.spell(name): record for name in streams}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SNOWFLAKE = Dialect(
    name="snowflake",
    profile={
        "account": "a",
        "user": "u",
        "password": "p",
        "warehouse": "w",
        "database": "RAW",
        "schema": "CONFLUENCE",
    },
    spell=str.upper,
    record="VARCHAR",
    types={
        "string": "VARCHAR",
        "integer": "NUMBER",
        "number": "FLOAT",
        "boolean": "BOOLEAN",
        "timestamp": "TIMESTAMP_NTZ",
        "json": "VARIANT",
    },
    functions=_words(
        "dateadd datediff flatten get_path listagg parse_json random split_part to_json"
    ),
    reserved=_words(
        "account all alter and any as between by case cast check column connect connection "
        "constraint create cross current current_date current_time current_timestamp "
        "current_user database delete distinct drop else exists false following for from full "
        "grant group gscluster having ilike in increment inner insert intersect into is issue "
        "join lateral left like localtime localtimestamp minus natural not null of on or "
        "order organization qualify regexp revoke right rlike row rows sample schema select "
        "set some start table tablesample then to trigger true try_cast union unique update "
        "using values view when whenever where with"
    ),
    casts=_words("bigint boolean date int text timestamp timestampntz varchar") | {"double"},
)

BIGQUERY = Dialect(
    name="bigquery",
    profile={"method": "oauth", "project": "raw", "dataset": "confluence"},
    spell=str,
    record="JSON",
    types={
        "string": "STRING",
        "integer": "INT64",
        "number": "FLOAT64",
        "boolean": "BOOL",
        "timestamp": "TIMESTAMP",
        "json": "JSON",
    },
    functions=_words(
        "datetime_add datetime_diff json_query json_value json_value_array rand safe_offset "
        "split string_agg to_hex to_json to_json_string unnest"
    ),
    reserved=_words(
        "all and any array as asc assert_rows_modified at between by case cast collate "
        "contains create cross cube current default define desc distinct else end enum escape "
        "except exclude exists extract false fetch following for from full group grouping "
        "groups hash having if ignore in inner intersect interval into is join lateral left "
        "like limit lookup merge natural new no not null nulls of on or order outer over "
        "partition preceding proto qualify range recursive respect right rollup rows select "
        "set some struct tablesample then to treat true unbounded union unnest using when "
        "where window with within"
    ),
    casts=_words("bool date datetime float64 int64 string timestamp"),
)

REDSHIFT = Dialect(
    name="redshift",
    profile={
        "host": "localhost",
        "port": 5439,
        "user": "u",
        "password": "p",
        "dbname": "raw",
        "schema": "confluence",
    },
    spell=str.lower,
    record="character varying",
    types={
        "string": "character varying",
        "integer": "bigint",
        "number": "double precision",
        "boolean": "boolean",
        "timestamp": "timestamp without time zone",
        "json": "super",
    },
    functions=_words(
        "dateadd datediff json_extract_path_text json_parse json_serialize len listagg random "
        "split_part varchar"
    ),
    reserved=_words(
        "aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization "
        "az64 backup between binary blanksasnull both bytedict bzip2 case cast check collate "
        "column constraint create credentials cross current_date current_time "
        "current_timestamp current_user current_user_id default deferrable deflate defrag "
        "delta delta32k desc disable distinct do else emptyasnull enable encode encrypt "
        "encryption end except explicit false for foreign freeze from full globaldict256 "
        "globaldict64k grant group gzip having identity ignore ilike in initially inner "
        "intersect interval into is isnull join language leading left like limit localtime "
        "localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not "
        "notnull null nulls off offline offset oid old on only open or order outer overlaps "
        "parallel partition percent permissions pivot placing primary raw readratio recover "
        "references rejectlog resort respect restore right select session_user similar "
        "snapshot some sysdate system table tag tdes text255 text32k then timestamp to top "
        "trailing true truncatecolumns union unique unnest unpivot user using verbose wallet "
        "when where with without"
    ),
    # Not `text`, nor `varchar` alone, which are 256 bytes long there.
    casts=_words("bigint boolean date integer timestamp varchar(65535)") | {"double precision"},
)

DATABRICKS = Dialect(
    name="databricks",
    profile={
        "host": "localhost",
        "http_path": "/sql/1.0/warehouses/1",
        "token": "t",
        "catalog": "raw",
        "schema": "confluence",
    },
    spell=str.lower,
    record="string",
    types={
        "string": "string",
        "integer": "bigint",
        "number": "double",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "json": "variant",
    },
    functions=_words(
        "date_trunc explode from_json get get_json_object listagg rand regexp_extract split "
        "timestampadd timestampdiff to_json"
    ),
    reserved=_words(
        "anti cross default except false full inner intersect join lateral left minus natural "
        "null on right semi true union using"
    ),
    casts=_words("bigint boolean date double int string timestamp"),
)

DIALECTS = (SNOWFLAKE, BIGQUERY, REDSHIFT, DATABRICKS)

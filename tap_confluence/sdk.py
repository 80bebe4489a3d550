"""Every private name of the Singer SDK that this tap touches: what to look at when the SDK changes.

The SDK writes the SCHEMA message, the state and the metrics of a child stream once for each parent,
and copies and checks more than it has to. Here a stream and a tap are made of the SDK's, with the
same order of records, that do these things once a run.
"""

from __future__ import annotations

import copy
import os
from abc import abstractmethod
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream, Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.contrib.msgspec import encoder
from singer_sdk.helpers._batch import BatchConfig, SDKBatchMessage, StorageTarget
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.plugin_base import _ConfigInput as ConfigInput
from singer_sdk.singerlib import MetadataMapping, RecordMessage, SchemaMessage
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping, Sequence
    from logging import LogRecord
    from types import FrameType

    from singer_sdk.about import AboutInfo
    from singer_sdk.helpers.types import Context, Record, TapState
    from singer_sdk.mapper import StreamMap
    from upath import UPath

__all__ = ["BatchConfig", "ConfigInput", "RunStream", "RunTap", "from_environment"]

LOCAL = ("", "file", "local")
"""The schemes of URLs that are paths on this machine."""

MOST_IN_A_BATCH = 10_000
"""Records in one file, where the settings do not say."""

FOR_MACHINES = (
    "METRIC: ",
    "Added '%s' as child stream ",
    "Skipping deselected stream ",
    "Skipping parse of env var settings",
)
"""How messages of the SDK begin that tell whoever looks on nothing."""


def is_for_machines(record: LogRecord) -> bool:
    """Tell whether the SDK has logged something that whoever looks on need not see."""
    return str(record.msg).startswith(FOR_MACHINES)


def from_environment(name: str, setting: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Read one setting from the environment, if it is set.

    Args:
        name: The setting.
        setting: Its JSON schema.
        prefix: What the name of its variable begins with.

    Raises:
        ValueError: It cannot be read as one.
    """
    # Without a path the SDK would look for a `.env` of its own, in the folders above itself.
    return parse_environment_config({"properties": {name: dict(setting)}}, prefix, os.devnull)


def local_folder_of(root: str, params: Mapping[str, Any]) -> Path | None:
    """Return the folder of this machine that a root of BATCH files names; None for another place.

    Args:
        root: A path or a URL.
        params: What else the file system of the URL takes.

    Raises:
        ImportError: What reaches that place is not installed.
        ValueError: Nothing reaches it.
    """
    path = StorageTarget(root, params=dict(params))._root_path  # noqa: SLF001
    # Where what reaches it is not installed, that shows only here.
    _ = path.fs
    return Path(path.path) if path.protocol in LOCAL else None


def without_unselected_properties(catalog: Mapping[str, Any]) -> dict[str, Any]:
    """Return a catalog without what the SDK would take apart and nothing reads.

    Args:
        catalog: As it was given.

    Returns:
        It, but of streams that are not selected only what is said of the whole stream.
    """
    return {**catalog, "streams": [_as_selected(entry) for entry in catalog.get("streams", [])]}


def _as_selected(entry: dict[str, Any]) -> dict[str, Any]:
    root = [each for each in entry.get("metadata", []) if not each["breadcrumb"]]
    is_selected = MetadataMapping.from_iterable(root).resolve_selection().get((), True)
    return entry if is_selected else {**entry, "schema": {}, "metadata": root}


class RunStream(Stream):
    """A stream that writes its schema and its state once a run.

    Attributes:
        written_rows: How many rows of it this run has written so far.
    """

    # Records are made of JSON only, so there is nothing to convert.
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE
    # One bookmark a stream: never one a parent.
    state_partitioning_keys = ()

    def __init__(self, tap: Tap) -> None:
        super().__init__(tap)
        self.written_rows = 0
        self._is_open = False
        self._batches: dict[str, list[Record]] = {}

    @property
    def has_version(self) -> bool:
        """Whether its records carry a version, which may be activated when all are written."""
        return self._stream_version is not None

    @abstractmethod
    def new_version(self) -> int | None:
        """Return the version of its records, in milliseconds; None for records without one."""

    @abstractmethod
    def write_batch(self, name: str, rows: list[Record], properties: Mapping[str, Any]) -> str:
        """Write the records of a batch to a file.

        Args:
            name: The stream as targets know it.
            rows: The records, at least one.
            properties: Those of their schema.

        Returns:
            The URL of the file.
        """

    @abstractmethod
    def unmappable(self, record: Record, error: Exception) -> Exception:
        """Return what to raise for a record for which an expression of a stream map fails."""

    def open(self) -> None:
        """Write the SCHEMA message, unless it was written in this run."""
        self._write_schema_message()

    def activate_version(self) -> None:
        """Have targets take for deleted what this run has not written."""
        if self._stream_version is not None:
            self._write_activate_version_message(self._stream_version)

    @override
    def _sync_batches(self, batch_config: BatchConfig, context: Context | None = None) -> None:
        most = batch_config.batch_size or MOST_IN_A_BATCH
        # The SDK syncs a child once a parent: its records wait for each other beyond that.
        for record in self._sync_records(context, write_messages=False):
            for message in self._generate_record_messages(record):
                rows = self._batches.setdefault(message.stream, [])
                rows.append(message.record)
                if len(rows) >= most and self.parent_stream_type is None:
                    self._write_state_message()
                elif len(rows) >= most:
                    self.flush_batches()

    def flush_batches(self) -> None:
        """Write what waits to be written to the files of BATCH messages, and the messages."""
        config = self.get_batch_config(self.config)
        for name, rows in self._batches.items():
            if rows and config is not None:
                url = self.write_batch(name, rows, self._properties_of(name))
                self._tap.write_message(SDKBatchMessage(name, config.encoding, [url]))
                rows.clear()
                self.state_manager.is_flushed = False

    def batch_folder(self) -> UPath:
        """Return where the files of BATCH messages are put."""
        config = self.get_batch_config(self.config)
        assert config is not None  # noqa: S101 - only in that mode
        return config.storage._root_path  # noqa: SLF001

    def _properties_of(self, name: str) -> Mapping[str, Any]:
        """Return the properties of the schema of the stream, as it is mapped to a name."""
        [shape] = [m.transformed_schema for m in self.stream_maps if m.stream_alias == name][:1]
        properties: Mapping[str, Any] = shape["properties"]
        return properties

    @property
    @override
    def emit_activate_version_messages(self) -> bool:
        # The SDK would activate the version before its first record, at each parent of a child.
        return False

    @property
    @override
    def partitions(self) -> list[dict[str, Any]] | None:
        return None

    @override
    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        return None

    @override
    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Keep the state to what the next run needs."""

    @override
    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Leave the bookmark to the stream: an item is complete only after its children."""

    @override
    def _process_record(
        self,
        record: Record,
        child_context: Context | None = None,
        partition_context: Context | None = None,
    ) -> None:
        # The SDK leaves out the children of what a stream map removes. But what an earlier run has
        # written of them would then be taken for deleted, and a later run reads some by themselves.
        for context in self.generate_child_contexts(record, child_context):
            self._sync_children(copy.copy(context))

    def process_children(self, record: Record) -> None:
        """Sync the children of a record that is not written itself."""
        self._process_record(record)

    @override
    def _generate_record_messages(self, record: Record) -> Generator[RecordMessage, None, None]:
        for message in self._mapped_messages(record):
            if self.config.get("flattening_enabled"):
                message.record = self._as_flat_schema_says(message.stream, message.record)
            yield message

    def _as_flat_schema_says(self, name: str, record: Record) -> Record:
        """Make what the SDK has flattened a record of its schema, as targets take it.

        The SDK makes columns of members that the schema does not declare, and of a value of any
        type, which becomes a text, it writes objects and arrays as JSON and leaves all else.
        """
        known = self._properties_of(name)
        return {
            field: encoder.encode(value).decode()
            if field in self._of_any_type and not isinstance(value, str | None)
            else value
            for field, value in record.items()
            if field in known
        }

    @cached_property
    def _of_any_type(self) -> Collection[str]:
        """The fields whose values may be any JSON."""
        return {name for name, shape in self.schema["properties"].items() if "oneOf" in shape}

    def _mapped_messages(self, record: Record) -> Generator[RecordMessage, None, None]:
        if not self._takes_all_properties:
            for message in self._deselected(record):
                self.written_rows += 1
                yield message
            return
        for stream_map in self.stream_maps:
            mapped = self._mapped(stream_map, record)
            if mapped is not None:
                self.written_rows += 1
                yield RecordMessage(
                    stream=stream_map.stream_alias,
                    record=mapped,
                    version=self._stream_version,
                    time_extracted=datetime.now(UTC),
                )

    def _deselected(self, record: Record) -> list[RecordMessage]:
        """Return the messages of a record without what is deselected of it."""
        try:
            return list(super()._generate_record_messages(record))
        except Exception as error:
            raise self.unmappable(record, error) from error

    def _mapped(self, stream_map: StreamMap, record: Record) -> Record | None:
        try:
            return stream_map.transform(record)
        except Exception as error:
            raise self.unmappable(record, error) from error

    @cached_property
    def _takes_all_properties(self) -> bool:
        """Whether no property is deselected, so that none has to be looked for in each record."""
        return all(self.mask.values())

    @override
    def _generate_schema_messages(self) -> Generator[SchemaMessage, None, None]:
        for message in super()._generate_schema_messages():
            # target-duckdb takes the first keyword of a property without a type for its
            # alternatives, and the SDK writes descriptions before `oneOf`.
            properties = {
                name: {**{k: v for k, v in shape.items() if k != "description"}, **shape}
                for name, shape in message.schema["properties"].items()
            }
            message.schema = {**message.schema, "properties": properties}
            yield message

    @override
    def _write_schema_message(self) -> None:
        if self._is_open:
            return
        self._is_open = True
        self._stream_version = self.new_version()
        super()._write_schema_message()

    @override
    def _write_state_message(self) -> None:
        if self.parent_stream_type is None:
            for stream in (self, *self.descendent_streams):
                if isinstance(stream, RunStream):
                    stream.flush_batches()
            super()._write_state_message()


class RunTap(Tap):
    """A tap whose settings, signals and stream maps are dealt with by names of its own."""

    @abstractmethod
    def check_config(self, config: dict[str, Any], *, raise_errors: bool) -> None:
        """Complete the settings, and check them.

        Args:
            config: The settings, which are completed.
            raise_errors: Whether wrong ones are an error.

        Raises:
            SettingsError: A setting is wrong.
        """

    @abstractmethod
    def stop(self, signal_number: int) -> None:
        """Have the run stop. Called from a signal handler."""

    @classmethod
    @abstractmethod
    def read_environment(cls) -> dict[str, Any]:
        """Return the settings in the environment."""

    @classmethod
    def whole_schema(cls) -> dict[str, Any]:
        """Return the JSON schema of all settings, with those that every tap has."""
        cls.append_builtin_config(cls.config_jsonschema)
        return cls.config_jsonschema

    @classmethod
    def variable_prefix(cls) -> str:
        """Return what the names of the environment's variables begin with."""
        return str(cls._env_var_prefix)

    @classmethod
    def about(cls) -> AboutInfo:
        """Return what the tap says of itself."""
        return cls._get_about_info()

    def reset_state(self, state: TapState) -> None:
        """Put another state in the place of that of the run."""
        self._state = state

    def register_stream_maps(self) -> None:
        """Set up the mapping of each stream once, with the properties that are selected.

        Raises:
            StreamMapConfigError: A stream map does not fit its stream.
            MapExpressionError: An expression of a stream map cannot be read.
        """
        # The SDK's own makes much of streams that are not selected: it takes all properties from
        # them, one by one, and its own tests then select them nevertheless.
        super(Tap, self).setup_mapper()
        for name, stream in self.streams.items():
            schema = stream.effective_schema if stream.selected else stream.schema
            if stream.selected and not all(stream.mask.values()):
                schema = get_selected_schema(name, schema, stream.mask)
            self.register_stream_map(name, schema, stream.primary_keys)

    def register_stream_map(self, name: str, schema: dict[str, Any], keys: Sequence[str]) -> None:
        """Set up the mapping of one stream."""
        self.mapper.register_raw_stream_schema(name, schema, keys)

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        self.append_builtin_config(self.config_jsonschema)
        self.check_config(self._config, raise_errors=raise_errors)
        return []

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        self.stop(signum)

    @classproperty
    @override
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805 - as its name says
        return cls.read_environment()

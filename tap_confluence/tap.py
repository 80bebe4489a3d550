"""The tap: reads the settings, checks the connection, lists the streams, and ends the run."""

from __future__ import annotations

import copy
import signal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import click
from singer_sdk.singerlib import Catalog, StateMessage
from typing_extensions import override

from tap_confluence.command import TapCommand, told_of_beside
from tap_confluence.errors import AnonymousError, ConfluenceError, OutputError, SettingsError
from tap_confluence.http import StopFlag
from tap_confluence.output.about import about_text
from tap_confluence.output.progress_line import progress_shown
from tap_confluence.output.writer import BufferedWriter, print_text, say
from tap_confluence.redaction import guard_log
from tap_confluence.report import Report
from tap_confluence.run import Run
from tap_confluence.sdk import ConfigInput, RunTap, without_unselected_properties
from tap_confluence.settings import CLOUD, DATA_CENTER, SETTINGS, deployment
from tap_confluence.settings.check import check_settings, drop_unset, read_numbers
from tap_confluence.settings.environment import (
    check_names,
    is_run_by_meltano,
    read_environment,
)
from tap_confluence.settings.extra_headers import drop_white_space_of_headers
from tap_confluence.settings.json_files import JSONObject, read_object
from tap_confluence.settings.secrets import drop_white_space, keep_secrets
from tap_confluence.settings.stream_maps import mapped_streams
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.incremental import IncrementalStream
from tap_confluence.streams.reconciliation import ReconciledStream, reconciled
from tap_confluence.streams.selection.announcement import tell_absent, tell_selection
from tap_confluence.streams.selection.catalog_check import check_keys, check_shape
from tap_confluence.streams.selection.unknown_names import warn_of_unknown
from tap_confluence.streams.state.given_state import (
    unwrapped,
    warn_of_foreign,
    without_foreign_parts,
)
from tap_confluence.streams.state.state_format import bookmarks_of, without_progress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from singer_sdk import Stream

    from tap_confluence.run import Deployment

SECONDS_TO_STOP = 5

ENVIRONMENT = "ENV"
"""What stands for the variables of the environment where a file of settings is named."""


class TapConfluence(RunTap):
    """Extracts an Atlassian Confluence site.

    Spaces, pages, blog posts, comments, attachments, labels, versions, properties, tasks and
    groups, incrementally, with as few requests as the API allows.
    """

    name = "tap-confluence"
    config_jsonschema: ClassVar[dict[str, Any]] = SETTINGS
    message_writer_class = BufferedWriter

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        guard_log()
        self._stop = StopFlag()
        if isinstance(catalog := kwargs.get("catalog"), dict):
            check_shape(catalog)
            kwargs["catalog"] = without_unselected_properties(catalog)
        super().__init__(*args, **kwargs)

    @cached_property
    def run(self) -> Run:
        """What the streams share."""
        return Run(self, _deployment(deployment(self.config)), self._stop)

    @override
    def discover_streams(self) -> Sequence[Stream]:
        return self.run.deployment.make_streams(self.run)

    def _end_complete_streams(self) -> None:
        """Have targets take for deleted what complete streams have not written.

        That comes last in a run and not with each stream, because one request then tells of all of
        them whether they were read by the account that signed in.

        Raises:
            SignInError: They were not, or nobody knows.
        """
        complete = [s for s in self.run.notes.complete if isinstance(s, ConfluenceStream)]
        certain = self._without_uncertain(complete)
        telling = [stream for stream in certain if stream.tells_deletions]
        if telling and self.run.client.confirm_account is not None:
            self.run.client.confirm_account()
        for stream in telling:
            stream.activate_version()
        for stream in certain:
            stream.note_full_read()
        self._end_reconciliation(set(certain))

    def _without_uncertain(self, complete: list[ConfluenceStream]) -> list[ConfluenceStream]:
        """Leave out those of some complete streams whose deletions are not told, and say why."""
        gone = {
            s: words for s in reconciled(complete) if (words := s.reconciliation.too_many_gone())
        }
        for stream, words in gone.items():
            self.run.notes.held_back[stream.name] = words
        reasons = {
            "Rows came without a key, so nothing is taken for deleted of: %s": self._may_lack_rows,
            "What is gone of these streams is not taken for deleted, because another run of the "
            "same stream and site was going on when this one began; the next run will: %s": (
                lambda stream: stream.name in self.run.locks.met
            ),
            "The site fails for items of these streams, which may still be there, so nothing is "
            "taken for deleted of: %s": self._lists_failed,
        }
        certain = [stream for stream in complete if stream not in gone]
        for why, is_uncertain in reasons.items():
            uncertain = [stream for stream in certain if is_uncertain(stream)]
            certain = [stream for stream in certain if stream not in uncertain]
            if names := sorted(stream.name for stream in uncertain):
                self.logger.warning(why, ", ".join(names))
        return certain

    def _lists_failed(self, stream: ConfluenceStream) -> bool:
        if not isinstance(stream, ReconciledStream):
            return False
        return stream.reconciliation.has_read_whole and stream.reconciliation.lists_failed

    def _end_reconciliation(self, told: Collection[ConfluenceStream]) -> None:
        """Keep in the state what is known of the streams of content, now that all is written.

        Args:
            told: Those that were complete, and whose deletions targets know of.
        """
        streams = [s for s in reconciled(self.streams.values()) if s.selected and not s.is_denied]
        if self.run.reconciles:
            put_off = {*self.run.notes.held_back, *self.run.locks.met}
            for stream in streams:
                stream.reconciliation.end(is_told=stream in told, is_put_off=stream.name in put_off)
            return
        differing = [s.name for s in streams if s.reconciliation.end_of_share()]
        if differing:
            self.logger.info(
                "Something has changed without a date in these streams, which a run over the whole "
                "site has to bring: %s",
                ", ".join(sorted(differing)),
            )

    def _may_lack_rows(self, stream: ConfluenceStream) -> bool:
        """Tell whether a row that came without its key may be one of a stream.

        Several streams are made of one list, so that it may be of any, unless the stream that the
        list was read for stands alone. What grants rights does not wait to find out.
        """
        tags = self.run.client.unidentified
        apart = {name for name, s in self.streams.items() if _stands_alone(s)}
        return not stream.fails_closed and (stream.name in tags or not tags.keys() <= apart)

    def _write_last_state(self) -> None:
        """Write a STATE message, also when it says nothing new.

        A target commits what came before it, and the writer holds no record back.
        """
        for stream in self.streams.values():
            if isinstance(stream, ConfluenceStream):
                stream.flush_batches()
        self.write_message(StateMessage(value=self.state))

    def _prepare(self) -> None:
        """Have the first requests of all streams on the way together.

        Those come first that ask little: what they wait for would else be asked for when all the
        rest is done.
        """
        read = [
            stream
            for stream in self.streams.values()
            if isinstance(stream, ConfluenceStream)
            and not stream.parent_stream_type
            and (stream.selected or stream.has_selected_descendents)
        ]
        for stream in sorted(read, key=lambda each: isinstance(each, IncrementalStream)):
            stream.prepare()

    def _mark_filters(self) -> None:
        """Keep in the state which filters it is about to be written with."""
        for stream in self.streams.values():
            is_kept = stream.replication_key or (
                isinstance(stream, ConfluenceStream) and stream.keeps_last_full_read
            )
            is_read = stream.selected and is_kept
            if is_read and _is_filtered(stream) and self.run.filters.by_anything:
                stream.stream_state["filters"] = self.run.filters.fingerprint

    @cached_property
    @override
    def streams(self) -> dict[str, Stream]:
        # The SDK has them by name; what is made of all others has to wait for them, and others
        # are read by what the inventory has found.
        return dict(sorted(super().streams.items(), key=lambda named: _turn(named[1])))

    @override
    def run_discovery(self) -> str:
        catalog = self.catalog_json_text
        print_text(catalog)
        return catalog

    @override
    def setup_mapper(self) -> None:
        for stream in self.streams.values():
            if isinstance(stream, ConfluenceStream):
                check_keys(stream, self.input_catalog)
        catalog = self.input_catalog or Catalog()
        mapped = mapped_streams(self.config)
        absent = self._absent([*catalog, *mapped])
        known = {*self.streams, *absent}
        warn_of_unknown("The catalog", catalog, known)
        tell_absent(catalog, absent)
        warn_of_unknown("Setting 'stream_maps'", mapped, known)
        self.register_stream_maps()

    def _absent(self, named: Iterable[str]) -> dict[str, str]:
        """Return why this deployment lacks streams of the other one: a catalog may serve both.

        Args:
            named: What is asked about: names of streams, or patterns of them.
        """
        if deployment(self.config) == CLOUD or set(named) <= self.streams.keys():
            return {}
        from tap_confluence.cloud import STREAMS  # noqa: PLC0415 - seldom needed

        return {
            stream.name: stream.not_on_data_center
            for stream in STREAMS
            if stream.name not in self.streams
        }

    @override
    def register_stream_map(self, name: str, schema: dict[str, Any], keys: Sequence[str]) -> None:
        try:
            super().register_stream_map(name, schema, keys)
        except Exception as error:  # whatever an expression of the user may raise
            message = f"Setting 'stream_maps.{name}' does not fit the stream: {error}"
            raise SettingsError(message) from error

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        bookmarks = without_foreign_parts(bookmarks_of(unwrapped(state)))
        warn_of_foreign(bookmarks, {*self.streams, *self._absent(bookmarks)})
        super().load_state({"bookmarks": self._with_same_filters(bookmarks)})
        self._leave_out_what_is_not_due()

    def _leave_out_what_is_not_due(self) -> None:
        """Read nothing of the streams that were read whole a short time ago."""
        streams = [s for s in self.streams.values() if isinstance(s, ConfluenceStream)]
        not_due = [stream for stream in streams if stream.selected and stream.is_not_due]
        for stream in not_due:
            stream.selected = False
        if not_due:
            self.logger.info(
                "Not read, because it is less than %s hours old ('full_table_interval_hours'): %s",
                self.config["full_table_interval_hours"],
                ", ".join(sorted(stream.name for stream in not_due)),
            )

    def _with_same_filters(self, bookmarks: dict[str, Any]) -> dict[str, Any]:
        """Leave out what was read with other filters: what they left out has to be read now."""
        fingerprint = self.run.filters.fingerprint
        unfiltered = {name for name, s in self.streams.items() if not _is_filtered(s)}
        same = {
            name: entry
            for name, entry in bookmarks.items()
            if name in unfiltered or not entry or entry.get("filters") == fingerprint
        }
        others = {
            name: without_progress(entry) for name, entry in bookmarks.items() if name not in same
        }
        if others:
            self.logger.info("The filters are not those of the state: its streams start over")
        return same | {name: left for name, left in others.items() if left}

    @override
    def check_config(self, config: dict[str, Any], *, raise_errors: bool) -> None:
        schema = self.config_jsonschema
        drop_unset(config, schema)
        drop_white_space(config)
        drop_white_space_of_headers(config)
        keep_secrets(config, schema)
        for name, setting in schema["properties"].items():
            if "default" in setting:
                config.setdefault(name, setting["default"])
        read_numbers(config, schema)
        if raise_errors:
            check_settings(config, schema)

    @override
    def stop(self, signal_number: int) -> None:
        # Nothing is written from here: the signal may have come in the middle of a message.
        self._stop.set(signal_number)
        # A second signal ends the process at once; so does the alarm, if the run is stuck in
        # writing to a target that does not read.
        signal.signal(signal_number, signal.SIG_DFL)
        if hasattr(signal, "alarm"):
            signal.alarm(SECONDS_TO_STOP)

    @override
    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> Any:
        config: dict[str, Any] = {}
        for path in value:
            if path != ENVIRONMENT:
                config |= read_object(path)
        return ConfigInput(config=config, parse_env=ENVIRONMENT in value)

    @override
    @classmethod
    def print_about(cls, output_format: str | None = None) -> None:
        print_text(about_text(cls.about(), output_format))

    @override
    @classmethod
    def cb_version(cls, ctx: click.Context, param: click.Option, value: bool) -> None:
        if value:
            cls.print_version(print_fn=say)
            ctx.exit()

    @override
    @classmethod
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        for option in command.params:
            if isinstance(option.type, click.File):
                # It is read as a whole, in whatever encoding, and what is wrong is said in a line.
                option.type = JSONObject()
        return TapCommand(
            name=command.name,
            callback=command.callback,
            params=command.params,
            help="Extract a Confluence site: writes Singer messages to standard output.",
            epilog=told_of_beside(),
            context_settings=command.context_settings,
            logger=cls.logger,
        )

    @override
    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: ConfigInput | None = None,
        state: dict[str, Any] | None = None,
        catalog: dict[str, Any] | None = None,
    ) -> None:
        if about:
            cls.print_about(about_format)
            return
        cls.from_files(config, state, catalog).sync()

    @override
    @classmethod
    def read_environment(cls) -> dict[str, Any]:
        return read_environment(cls.whole_schema(), cls.variable_prefix())

    @classmethod
    def from_files(
        cls,
        config: ConfigInput | None,
        state: dict[str, Any] | None,
        catalog: dict[str, Any] | None,
    ) -> Self:
        """Make a tap of what a command line names.

        Raises:
            SettingsError: A setting is wrong.
        """
        if is_run_by_meltano():
            check_names(cls.whole_schema(), cls.variable_prefix())
        return cls(
            config=config.config if config else {},
            state=state,
            catalog=catalog,
            parse_env_config=bool(config and config.parse_env),
        )

    def sync(self) -> None:
        """Sign in, then sync all selected streams, and report.

        Raises:
            ConfluenceError: The run, or a part of it, failed; the state has been written.
        """
        _ = self.run.reader, self.run.began
        try:
            with self.run.locks:
                self._sync()
        finally:
            # Nobody waits for what is still on the way, which need not be repeated.
            self._stop.set(0)

    def _sync(self) -> None:
        if self.run.filters.by_anything:
            self.run.content_filter.check()
        tell_selection([s for s in self.streams.values() if isinstance(s, ConfluenceStream)])
        report = Report(self.run)
        self._mark_filters()
        begun_with = copy.deepcopy(self.state)
        try:
            with progress_shown(report.look):
                self._prepare()
                self.sync_all()
                report.ask_search()
                self._end_complete_streams()
            report.compare_with_search()
            report.tell_gaps()
        except AnonymousError:
            # Since when the site has held things back is not known.
            self.reset_state(begun_with)
            self._write_last_state()
            raise
        except OutputError:
            # Where a part of a message may have been written, no other may follow.
            raise
        except ConfluenceError:
            self._write_last_state()
            raise
        else:
            self._write_last_state()
        finally:
            if hasattr(signal, "alarm"):
                signal.alarm(0)
            report.tell()


def _deployment(name: str) -> Deployment:
    """Make what knows a deployment; the other one need not be imported.

    Raises:
        SettingsError: There is no such deployment.
    """
    if name not in {CLOUD, DATA_CENTER}:
        # To discover streams, no other setting need be right.
        message = f"Setting 'deployment' must be one of auto, {CLOUD}, {DATA_CENTER}."
        raise SettingsError(message)
    if name == CLOUD:
        from tap_confluence.cloud import Cloud  # noqa: PLC0415

        return Cloud()
    from tap_confluence.datacenter import DataCenter  # noqa: PLC0415

    return DataCenter()


def _turn(stream: Stream) -> int:
    return stream.comes_last - stream.comes_first if isinstance(stream, ConfluenceStream) else 0


def _stands_alone(stream: Stream) -> bool:
    return isinstance(stream, ConfluenceStream) and stream.stands_alone


def _is_filtered(stream: Stream) -> bool:
    return not isinstance(stream, ConfluenceStream) or stream.is_filtered

"""What is wrong with `batch_config`: which files BATCH messages name, and where they are put."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tap_confluence.sdk import local_folder_of
from tap_confluence.settings.folders import folder_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BATCH = "batch_config"

PARTS: Mapping[str, tuple[str, ...]] = {
    "encoding": ("format", "compression"),
    "storage": ("root", "prefix", "params"),
}
"""The parts of the setting that are objects, and what these may have."""

SIZE = "batch_size"


def batch_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the files of BATCH messages.

    Args:
        config: The settings.

    Yields:
        A sentence for each mistake.
    """
    batch = config.get(BATCH)
    if not isinstance(batch, dict) or not batch:
        return
    yield from _unknown(BATCH, batch, (*PARTS, SIZE))
    parts = {name: {} if batch.get(name) is None else batch[name] for name in PARTS}
    if not all(isinstance(part, dict) for part in parts.values()):
        # Which is said of every setting that is of another type than it should be.
        return
    for name, known in PARTS.items():
        yield from _unknown(f"{BATCH}.{name}", parts[name], known)
    if not parts["encoding"].get("format"):
        yield f"Setting '{BATCH}.encoding.format' is missing: it is 'jsonl' or 'parquet'."
    if parts["encoding"].get("format") == "parquet" and find_spec("pyarrow") is None:
        yield f"Setting '{BATCH}' wants Parquet: install 'tap-confluence[parquet]'."
    size = batch.get(SIZE)
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        yield f"Setting '{BATCH}.{SIZE}' must be a whole number of 1 or more, not {size!r}."
    yield from _storage_problems(parts["storage"])


def _storage_problems(storage: Mapping[str, Any]) -> Iterator[str]:
    root, params = storage.get("root"), storage.get("params", {})
    if not isinstance(params, dict):
        yield f"Setting '{BATCH}.storage.params' must be of type object."
        return
    if not isinstance(root, str | None):
        return
    if not root or root.isspace():
        yield (
            f"Setting '{BATCH}.storage.root' is missing: it is the folder to put the files into, "
            "such as file:///var/lib/batches, or a URL such as s3://bucket/folder."
        )
        return
    try:
        folder = local_folder_of(root, params)
    except Exception as error:  # noqa: BLE001 - each file system has its own ways to refuse
        yield f"Setting '{BATCH}.storage.root' cannot be used, {root!r}: {error}."
        return
    if folder is not None:
        yield from folder_problems(f"{BATCH}.storage.root", folder)


def _unknown(path: str, given: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[str]:
    for name in sorted(set(given) - set(known)):
        yield f"Unknown setting '{path}.{name}': '{path}' has {', '.join(known)}."

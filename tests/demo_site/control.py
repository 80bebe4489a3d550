"""Steering a site from another process, under `/_demo`, without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site.faults import Faults
    from tests.demo_site.recorder import Requests
    from tests.demo_site.wiki import Keys, Wiki

ROOT = "/_demo/"
CHANGES = frozenset(name for name in vars(Changes) if not name.startswith("_"))


class Control:
    """Answers control requests.

    Args:
        wiki: The wiki to change and to tell about.
        faults: The switches to set.
        requests: What was recorded.
        truth: What the site has to tell, if not all that the wiki holds.
    """

    def __init__(
        self,
        wiki: Wiki,
        faults: Faults,
        requests: Requests,
        truth: Callable[[], dict[str, Keys]] | None = None,
    ) -> None:
        self._wiki = wiki
        self._faults = faults
        self._requests = requests
        self._truth = truth or wiki.truth

    def answer(self, method: str, path: str, sent: dict[str, Any]) -> tuple[int, Any]:
        """Answer with a status and JSON."""
        match method, path.removeprefix(ROOT):
            case "GET", "truth":
                truth = self._truth()
                return 200, {stream: sorted(map(list, keys)) for stream, keys in truth.items()}
            case "GET", "requests":
                return 200, {
                    "total": len(self._requests),
                    "by_path": self._requests.by_template(),
                    "by_status": self._requests.by_status(),
                }
            case "POST", "requests/clear":
                self._requests.clear()
                return 200, {}
            case "POST", "change":
                return self._change(sent)
            case "POST", "faults":
                return self._fault(sent)
        return 404, {"error": "no such control"}

    def _change(self, sent: dict[str, Any]) -> tuple[int, Any]:
        name = sent.get("do")
        if name not in CHANGES:
            return 400, {"error": f"no such change: {name}", "changes": sorted(CHANGES)}
        try:
            result = getattr(self._wiki, name)(**sent.get("args", {}))
        except (LookupError, TypeError, ValueError) as error:
            return 400, {"error": repr(error)}
        return 200, {"result": result, "now": self._wiki.now}

    def _fault(self, sent: dict[str, Any]) -> tuple[int, Any]:
        """Call a method of the switches with `args`, or set one to `args.value`."""
        name, args = sent.get("name", ""), sent.get("args", {})
        if name.startswith("_") or name == "before_request" or not hasattr(self._faults, name):
            return 400, {"error": f"no such switch: {name}"}
        try:
            switch = getattr(self._faults, name)
            if callable(switch):
                switch(**args)
            else:
                setattr(self._faults, name, args["value"])
        except (LookupError, TypeError, ValueError) as error:
            return 400, {"error": repr(error)}
        return 200, {}

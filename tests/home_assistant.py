"""A real Home Assistant in a process of its own, spoken to as its own web page does."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.listening import Heard

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from pathlib import Path

VARIABLE = "STILLWATCH_HASS"
"""Names the environment variable with the command that starts Home Assistant."""

PATIENCE_S = 600.0  # its first start installs what its parts need
LEAVES_WITHIN_S = 120.0
OPEN_CONNECTION = {"set_client_cert": False, "set_ca_cert": "off"}


class HomeAssistant:
    """One installation, through any number of lives, set up as somebody new to it would.

    Attributes:
        changed: Every change of an entity's state, in order.
    """

    def __init__(self, folder: Path, port: int) -> None:
        """Prepare an empty installation."""
        self.changed: Heard[dict[str, Any]] = Heard()
        self._folder = folder
        self._page = f"http://127.0.0.1:{port}/"
        self._port = port
        self._token = ""
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "configuration.yaml").write_text("homeassistant:\n  name: test\nconfig:\napi:\n")

    def set_up(self, broker_port: int) -> None:
        """Start it for the first time, make its owner, and show it a broker."""
        self.start()
        owner = {"name": "Owner", "username": "owner", "password": "not secret", "language": "en"}
        code = self._ask("/api/onboarding/users", {**owner, "client_id": self._page})["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": self._page}
        self._token = str(self._answer("/auth/token", urlencode(form).encode())["access_token"])
        self._hear()
        flow = self._ask("/api/config/config_entries/flow", {"handler": "mqtt"})
        folded = [field["name"] for field in flow["data_schema"] if field.get("type") == "expandable"]
        broker = {"broker": "127.0.0.1", "port": broker_port, **dict.fromkeys(folded, OPEN_CONNECTION)}
        done = self._ask(f"/api/config/config_entries/flow/{flow['flow_id']}", broker)
        assert done["type"] == "create_entry", done

    def start(self) -> None:
        """Run it, and return once it answers."""
        command = [*shlex.split(os.environ[VARIABLE]), "--config", str(self._folder)]
        environment = {**os.environ, "SETUP_PORT": str(self._port)}
        with (self._folder / "process.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self.wait(lambda: self._answer("/api/onboarding"))
        if self._token:
            self._hear()

    def stop(self) -> None:
        """End it as a service manager would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(LEAVES_WITHIN_S)
            self._process = None

    def log(self) -> str:
        """Return what it complained of, in all its lives."""
        return (self._folder / "process.log").read_text(encoding="utf-8", errors="replace")

    def states(self) -> dict[str, dict[str, Any]]:
        """Return every entity's state, by its id."""
        return {state["entity_id"]: state for state in self._answer("/api/states")}

    def call(self, service: str, entity: str, **data: object) -> None:
        """Do what a person does with an entity: ``switch/turn_off`` and the like."""
        self._ask(f"/api/services/{service}", {"entity_id": entity, **data})

    def wait(self, condition: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the condition gives
        """Return what ``condition`` gives once it is true."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            with suppress(OSError):  # it does not listen yet
                if given := condition():
                    return given
            assert time.monotonic() < give_up, f"waited in vain\n{self.log()[-3000:]}"
            assert self._process is not None
            assert self._process.poll() is None, self.log()[-3000:]
            time.sleep(0.2)

    def _ask(self, path: str, document: object) -> Any:  # noqa: ANN401 - it is JSON
        return self._answer(path, json.dumps(document).encode())

    def _answer(self, path: str, body: bytes | None = None) -> Any:  # noqa: ANN401 - it is JSON
        with self._opened(path, body) as answer:
            return json.load(answer)

    def _opened(self, path: str, body: bytes | None = None) -> HTTPResponse:
        request = Request(self._page.rstrip("/") + path, data=body)  # noqa: S310 - to this machine
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None and body.startswith(b"{"):
            request.add_header("Content-Type", "application/json")
        opened: HTTPResponse = urlopen(request, timeout=PATIENCE_S)  # noqa: S310 - the same
        return opened

    def _hear(self) -> None:
        told = self._opened("/api/stream?restrict=state_changed")
        threading.Thread(target=self._listen, args=(told,), daemon=True).start()

    def _listen(self, told: HTTPResponse) -> None:
        """Take in changes of states until it ends."""
        with suppress(OSError), told:
            for line in told:
                said = line.decode().removeprefix("data: ").strip()
                if said.startswith("{"):
                    self.changed.tell(json.loads(said)["data"])

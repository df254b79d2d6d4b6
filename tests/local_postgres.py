"""A real PostgreSQL on the loopback interface, that tests may kill."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.local_broker import HOST, unused_port

START_WITHIN_S = 60
NOBODY = 65534


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs; Debian keeps them outside of PATH."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


class Postgres:
    """One cluster, made for tests, through any number of lives. It refuses to be run by root.

    Attributes:
        address: Of its database, for a user who may do everything in it.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._home = tempfile.TemporaryDirectory()
        self._data = Path(self._home.name) / "data"
        self._user: dict[str, int] = {}
        if os.geteuid() == 0:
            os.chown(self._home.name, NOBODY, NOBODY)
            self._user = {"user": NOBODY, "group": NOBODY}
        self._run(
            "initdb", "--auth=trust", "--username=records", "--no-sync", "--encoding=UTF8", "--locale=C"
        )
        port = unused_port()
        self.address = f"postgresql://records@{HOST}:{port}/postgres"
        settings = f"port = {port}\nlisten_addresses = '{HOST}'\nunix_socket_directories = ''\n"
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(settings + "shared_buffers = 16MB\nmax_connections = 20\nfsync = off\n")

    def start(self) -> None:
        """Run it, and return once it accepts connections."""
        log = str(Path(self._home.name) / "log")
        self._run("pg_ctl", "--wait", f"--timeout={START_WITHIN_S}", f"--log={log}", "start")

    def stop(self, mode: str = "fast") -> None:
        """End it; ``immediate`` as a power cut would."""
        self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def empty_database(self) -> str:
        """Remove what the last test left, and return the database's address."""
        self.sql("drop schema if exists stillwatch cascade")
        return self.address

    def sql(self, statement: str) -> str:
        """Return what the database answers, as rows of text."""
        psql = str(self._programs / "psql")
        command = [psql, "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", self.address]
        done = subprocess.run(
            [*command, f"--command={statement}"], capture_output=True, text=True, check=True
        )
        return str(done.stdout).strip()

    def remove(self) -> None:
        """End it, and remove what it kept."""
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        self._home.cleanup()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._data}", *arguments]
        done = subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            extra_groups=[] if self._user else None,
            **self._user,  # type: ignore[call-overload] # user and group
        )
        if done.returncode:
            msg = f"{program}: {done.stderr}"
            raise RuntimeError(msg)

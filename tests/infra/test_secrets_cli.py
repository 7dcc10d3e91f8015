"""`steppe secrets make`: one file a secret, for its process alone, and none replaced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from infra.process_table import PROCESSES
from infra.secrets_cli import main


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("spec", PROCESSES, ids=lambda spec: spec.name)
def test_each_process_signs_in_as_its_own_role_at_the_host_of_the_composition(
    spec: object, tmp_path: Path
) -> None:
    assert main([str(tmp_path)]) == 0
    (name,) = [one.name for one in PROCESSES if one is spec]
    url = make_url(files(tmp_path)[f"{name}/steppe_{name}_database_url"])
    assert (url.drivername, url.username, url.host, url.port, url.database) == (
        "postgresql+asyncpg",
        f"steppe_{name}",
        "db",
        5432,
        f"steppe_{name}",
    )
    assert len(str(url.password)) == 43


def test_no_password_or_key_is_used_twice(tmp_path: Path) -> None:
    main([str(tmp_path)])
    found = [text for name, text in files(tmp_path).items() if not name.startswith("migrate/")]
    assert len(set(found)) == len(found) > 10


def test_the_administrators_url_holds_the_password_of_the_database(tmp_path: Path) -> None:
    main([str(tmp_path)])
    made = files(tmp_path)
    url = make_url(made["migrate/steppe_database_admin_url"])
    assert url.password == made["database/steppe_database_password"]
    assert (url.username, url.database) == ("steppe", "postgres")


def test_another_server_and_its_administrator_can_be_given(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_text("p@ss/w:rd%\n")
    folder = tmp_path / "made"
    options = ["--database-host", "::1", "--database-port", "5433", "--database-admin", "city admin"]
    assert main([str(folder), *options, "--database-password-file", str(given)]) == 0
    url = make_url(files(folder)["migrate/steppe_database_admin_url"])
    assert (url.username, url.password, url.host, url.port) == ("city admin", "p@ss/w:rd%", "::1", 5433)
    assert {make_url(text).port for name, text in files(folder).items() if name.endswith("_url")} == {5433}


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    main([str(folder)])
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_nothing_is_replaced_and_what_was_lost_is_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(tmp_path)])
    before = files(tmp_path)
    (tmp_path / "migrate" / "steppe_database_admin_url").unlink()
    (tmp_path / "waste" / "steppe_waste_database_url").unlink()
    capsys.readouterr()
    assert main([str(tmp_path)]) == 0
    assert f"2 made, {len(before) - 2} kept" in capsys.readouterr().out
    after = files(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"waste/steppe_waste_database_url"}


@pytest.mark.parametrize(("given", "says"), [("another", "another password"), ("", "empty")])
def test_a_password_that_cannot_be_the_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, says: str
) -> None:
    folder, file = tmp_path / "secrets", tmp_path / "given"
    main([str(folder)])
    before = files(folder)
    file.write_text(given)
    assert main([str(folder), "--database-password-file", str(file)]) == 1
    assert says in capsys.readouterr().err
    assert files(folder) == before


def test_a_password_file_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "s"), "--database-password-file", str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err


def test_the_owner_can_be_the_user_of_the_containers(tmp_path: Path) -> None:
    mine = f"{os.getuid()}:{os.getgid()}"
    wanted = "10001" if os.geteuid() == 0 else mine
    folder = tmp_path / "secrets"
    assert main([str(folder), "--owner", wanted]) == 0
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in (folder, *folder.rglob("*"))}
    assert owners == {(10001, 10001) if os.geteuid() == 0 else (os.getuid(), os.getgid())}


@pytest.mark.parametrize("options", [["--owner", "root"], ["--database-port", "x"], []])
def test_bad_usage_is_2(tmp_path: Path, options: list[str]) -> None:
    arguments = [str(tmp_path), *options] if options else []
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2

"""What a password must be. Pure. Length, not composition; none that guessers try first (NIST SP 800-63B 3.1.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.kit.texts import Text

MIN_LENGTH, MAX_LENGTH = 12, 1024
FEWEST_DIFFERENT = 5
_NAME_FROM = 3
"""A login of one or two letters stands in most passwords by chance."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """One reason why a password is refused."""

    code: str
    text: Text


_LENGTH = Weakness(
    "password_length",
    Text(
        zh=f"密码长度应为 {MIN_LENGTH} 至 {MAX_LENGTH} 个字符",
        en=f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters",
    ),
)
_NAME = Weakness(
    "password_contains_login", Text(zh="密码不得包含登录名", en="a password does not contain the login")
)
_COMMON = Weakness(
    "password_common",
    Text(zh="该密码过于常见，极易被猜中", en="this password is among those that are guessed first"),
)
_SAME = Weakness(
    "password_unchanged", Text(zh="新密码不得与原密码相同", en="the new password is the old one")
)


def weaknesses(
    password: str, *, login: str, common: Collection[str], old: str | None = None
) -> Iterator[Weakness]:
    """Everything that speaks against a password; `common` in lower case."""
    plain = password.casefold()
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        yield _LENGTH
    if len(login) >= _NAME_FROM and login.casefold() in plain:
        yield _NAME
    if plain in common or len(set(plain)) < FEWEST_DIFFERENT or _is_a_run(plain):
        yield _COMMON
    if old is not None and password == old:
        yield _SAME


def _is_a_run(text: str) -> bool:
    """`abcdefghijkl`, `987654321098`: each character beside the one before it, 9 and 0 being neighbours."""
    steps = {_step(first, second) for first, second in pairwise(text)}
    return len(text) > 1 and steps in ({1}, {-1})


def _step(first: str, second: str) -> int:
    return {"90": 1, "09": -1}.get(first + second, ord(second) - ord(first))

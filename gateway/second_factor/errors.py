"""Refusals that have to do with the second factor. At sign-in `error` is for OAuth libraries (RFC 6749 5.2)."""

from __future__ import annotations

from services.kit.problems import Conflict, Forbidden, Problem
from services.kit.texts import Text

_HOW = Text(
    zh="请在 otp 中附上身份验证器的 6 位动态口令，或在 recovery_code 中附上一个恢复码",
    en="send the six digits of your authenticator as otp, or one of your recovery codes as recovery_code",
)


class SecondFactorRequired(Problem):
    """The password was right."""

    status = 400
    code = "second_factor_required"
    title = Text(zh="需要动态口令", en="A one-time code is needed as well")

    def __init__(self) -> None:
        super().__init__(_HOW, error="second_factor_required")


class SecondFactorRefused(Problem):
    """Wrong, too old, or used before."""

    status = 400
    code = "second_factor_refused"
    title = Text(zh="动态口令或恢复码不正确，或已使用过", en="The code is wrong, too old, or was used before")

    def __init__(self) -> None:
        super().__init__(error="invalid_grant")


class CodeRefused(Forbidden):
    code = "code_refused"
    title = Text(zh="动态口令不正确，或已使用过", en="The code is wrong or was used before")


class NothingToConfirm(Conflict):
    code = "nothing_to_confirm"
    title = Text(zh="没有待确认的身份验证器", en="There is no authenticator to confirm; begin with one")

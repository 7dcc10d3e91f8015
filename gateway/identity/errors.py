"""Refusals of sign-in. Each also carries the `error` member of RFC 6749 5.2, for OAuth libraries."""

from typing import Any

from services.kit.problems import Problem
from services.kit.texts import Text


class _OAuthProblem(Problem):
    error = "invalid_request"

    def __init__(self, detail: Text | None = None, **extra: Any) -> None:
        super().__init__(detail, error=self.error, **extra)


class InvalidGrant(_OAuthProblem):
    status = 400
    code = error = "invalid_grant"
    title = Text(
        zh="账号或密码不正确，或凭证已失效", en="Wrong name or password, or a token that no longer holds"
    )


class Spent(InvalidGrant):
    """What is good once came back: all that came of it ends, which must outlive the refusal."""


class InvalidClient(_OAuthProblem):
    status = 401
    code = error = "invalid_client"
    title = Text(zh="客户端凭证不正确", en="Wrong client credentials")

    def __init__(self, detail: Text | None = None, **extra: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Basic realm="steppe"'}, **extra)


class InvalidScope(_OAuthProblem):
    status = 400
    code = error = "invalid_scope"
    title = Text(zh="所请求的权限均未授予", en="None of the scopes asked for is granted")


class InvalidTokenRequest(_OAuthProblem):
    status = 400
    code = error = "invalid_request"
    title = Text(zh="登录参数缺失或无效", en="A parameter of the sign-in is missing or malformed")


class UnsupportedGrantType(_OAuthProblem):
    status = 400
    code = error = "unsupported_grant_type"
    title = Text(zh="不支持该授权方式", en="This grant is not supported")

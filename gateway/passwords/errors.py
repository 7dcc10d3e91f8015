"""Refusals of a change of password."""

from services.kit.problems import Forbidden, Invalid
from services.kit.texts import Text


class WrongPassword(Forbidden):
    code = "wrong_password"
    title = Text(zh="原密码不正确", en="The present password is not this one")


class WeakPassword(Invalid):
    code = "weak_password"
    title = Text(zh="新密码不符合要求", en="The new password is too weak")

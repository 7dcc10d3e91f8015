"""Refusals of the administration of accounts."""

from services.kit.problems import Conflict, Invalid
from services.kit.texts import Text


class AccountExists(Conflict):
    code = "account_exists"
    title = Text(zh="该登录名已存在", en="This login is taken")


class DepartmentExists(Conflict):
    code = "department_exists"
    title = Text(zh="该部门代码已存在", en="A department of this code exists")


class OwnAccount(Conflict):
    code = "own_account"
    title = Text(zh="不能对自己的账号进行此操作", en="Not on one's own account")


class InvalidAccount(Invalid):
    code = "invalid_account"
    title = Text(zh="账号信息不符合要求", en="The account breaks rules")

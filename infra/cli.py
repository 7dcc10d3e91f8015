"""The command line `steppe`: one table of sub-commands, each loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass

from services.kit.texts import Text


@dataclass(frozen=True, slots=True)
class Command:
    words: tuple[str, ...]
    target: str
    """`module:function`; the function takes the remaining words and returns the exit code."""
    does: Text


COMMANDS = (
    Command(
        ("up",), "infra.local.up:main", Text(zh="在本机启动全部进程", en="start everything on this machine")
    ),
    Command(("demo",), "infra.demo:main", Text(zh="走一遍主要流程", en="walk through the main journey")),
    Command(("serve",), "infra.serve:main", Text(zh="运行一个进程", en="run one process")),
    Command(("health",), "infra.health:main", Text(zh="进程是否就绪", en="whether a process is ready")),
    Command(("migrate",), "infra.migrate:main", Text(zh="迁移数据库", en="bring databases up to date")),
    Command(
        ("migrations", "check"),
        "infra.migrate:check_main",
        Text(zh="核对迁移与模型", en="check that migrations and models agree"),
    ),
    Command(
        ("verify", "receipt"),
        "services.kit.receipts_cli:main",
        Text(zh="离线核验回执", en="check a receipt offline"),
    ),
    Command(
        ("verify", "statement"),
        "services.credit.statements.verify_cli:main",
        Text(zh="离线核验信用状况声明", en="check a credit statement offline"),
    ),
    Command(
        ("credit", "fsck"),
        "services.credit.log.fsck_cli:main",
        Text(zh="核查信用台账是否被改动", en="check the credit ledger for tampering"),
    ),
    Command(
        ("id", "check"),
        "services.kit.identifiers.cli:main",
        Text(zh="核对国家标识代码", en="check a national identifier"),
    ),
    Command(
        ("secrets", "make"),
        "infra.secrets_cli:main",
        Text(zh="生成一套安装的密钥", en="make the secrets of an installation"),
    ),
    Command(
        ("account", "add"),
        "infra.accounts_cli:account_main",
        Text(zh="添加账号", en="add a person's account"),
    ),
    Command(
        ("account", "unlock"),
        "infra.rescue_cli:unlock_main",
        Text(zh="解除账号的登录锁定", en="forget the attempts that locked an account"),
    ),
    Command(
        ("account", "reset"),
        "infra.rescue_cli:reset_main",
        Text(zh="重置密码与第二重验证", en="reset a person's password and second factor"),
    ),
    Command(
        ("client", "add"),
        "infra.accounts_cli:client_main",
        Text(zh="添加系统客户端", en="add a system that signs in"),
    ),
    Command(
        ("client", "disable"),
        "infra.disabling_cli:client_main",
        Text(zh="停用系统客户端", en="disable a system that signs in"),
    ),
    Command(
        ("app", "disable"),
        "infra.disabling_cli:app_main",
        Text(zh="停用第三方应用", en="disable an app that people sign in to"),
    ),
    Command(
        ("app", "add"),
        "infra.apps_cli:main",
        Text(zh="登记第三方应用", en="register an app that people sign in to"),
    ),
    Command(
        ("openapi",),
        "infra.openapi.cli:main",
        Text(zh="接口契约：核对与发布", en="the contract: check, publish"),
    ),
    Command(
        ("policy", "check"),
        "infra.policy_cli:check_main",
        Text(zh="核对策略与全部接口", en="check the policy against every endpoint"),
    ),
    Command(
        ("policy", "table"),
        "infra.policy_cli:table_main",
        Text(zh="列出编译后的策略", en="list the compiled policy"),
    ),
    Command(
        ("policy", "explain"),
        "infra.policy_cli:explain_main",
        Text(zh="说明谁可以调用、为什么不可以", en="say who may call a route and why not"),
    ),
    Command(
        ("otp",),
        "infra.sample.otp:main",
        Text(zh="示例账号的动态口令", en="the one-time code of a sample account"),
    ),
    Command(("sample", "load"), "infra.sample.load:main", Text(zh="载入示例城市", en="load the sample city")),
    Command(
        ("bench", "gateway"),
        "infra.bench.gateway:main",
        Text(zh="网关性能对比", en="measure the gateway beside its peers"),
    ),
    Command(
        ("bench", "permits"),
        "infra.bench.permits:main",
        Text(zh="排污许可性能对比", en="measure the permits service beside its peers"),
    ),
    Command(
        ("bench", "city"),
        "infra.bench.city:main",
        Text(zh="全市汇总的速度", en="measure the calls on the whole city"),
    ),
    Command(("soak",), "infra.soak.run:main", Text(zh="长时间混合负载", en="mixed load for a while")),
    Command(
        ("stack", "env"),
        "infra.stack_env:main",
        Text(zh="打印运行中的环境变量", en="print the environment of the running stack"),
    ),
)


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; 2 where there is none of that name."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return 0 if words else 2
    command = _find(words)
    if command is None:
        print(f"steppe: 没有这个命令 / no such command: {' '.join(words[:2])}\n\n{_help()}", file=sys.stderr)
        return 2
    module, _, function = command.target.partition(":")
    try:
        code: int = getattr(importlib.import_module(module), function)(words[len(command.words) :])
    except KeyboardInterrupt:
        return 130
    except ConnectionError as error:
        said = f"steppe {' '.join(command.words)}: 无法连接 · cannot connect: {error}"
        print(said, file=sys.stderr)
        return 1
    return code


def _find(words: list[str]) -> Command | None:
    return next(
        (command for command in COMMANDS if tuple(words[: len(command.words)]) == command.words), None
    )


def _help() -> str:
    lines = [f"  steppe {' '.join(c.words):18}{c.does.zh} / {c.does.en}" for c in COMMANDS]
    return "\n".join(["steppe COMMAND …", "", *lines, "", "steppe COMMAND --help"])


if __name__ == "__main__":
    sys.exit(main())

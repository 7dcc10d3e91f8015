"""What the sign-in page of an app says, in both languages."""

from __future__ import annotations

from services.kit.texts import Language, Text

PAGE = {
    "title": Text(zh="登录并授权", en="Sign in and allow"),
    "whose": Text(
        zh="草原 Steppe · 您在生态环境系统的账号",
        en="Steppe · your account with the ecology and environment bureau",
    ),
    "wants": Text(zh="请求以您的名义：", en="asks to act for you:"),
    "leads": Text(zh="登录后将返回", en="You will be sent back to"),
    "unknown_site": Text(
        zh="只有在您信任该应用时才登录。本系统不会向应用透露您的密码。",
        en="Sign in only if you trust the app. It does not learn your password.",
    ),
    "login": Text(zh="账号", en="Account"),
    "password": Text(zh="密码", en="Password"),
    "otp": Text(zh="一次性验证码（已启用第二重验证时）", en="One-time code (where you have a second factor)"),
    "allow": Text(zh="登录并允许", en="Sign in and allow"),
    "deny": Text(zh="拒绝", en="Deny"),
    "wrong_request": Text(zh="该应用的请求无效", en="The app's request is not valid"),
    "not_led_back": Text(
        zh="应用未登记，或返回地址与登记的不符。未进行任何操作。",
        en="The app is not registered, or not with this address to return to. Nothing was done.",
    ),
}
SERVICES = {
    "permits": Text(zh="排污许可", en="permits"),
    "waste": Text(zh="危险废物", en="waste"),
    "credit": Text(zh="环境信用", en="credit"),
    "emergency": Text(zh="应急", en="emergency"),
    "events": Text(zh="事件", en="events"),
}
VERBS = {
    "read": Text(zh="查看", en="read"),
    "file": Text(zh="填报草稿", en="file drafts"),
    "submit": Text(zh="提交并签署", en="submit and sign"),
    "state": Text(zh="申请信用声明", en="ask for statements"),
    "check": Text(zh="查询信用状况", en="check"),
    "scan": Text(zh="扫码", en="scan"),
    "carry": Text(zh="承运", en="carry"),
    "receive": Text(zh="接收", en="receive"),
}


def said_of(scope: str, language: Language) -> str:
    """A scope in words: 排污许可：查看."""
    service, _, verb = scope.partition(":")
    about, does = SERVICES.get(service), VERBS.get(verb)
    if about is None or does is None:
        return scope
    return f"{about.say(language)}{'：' if language != 'en' else ': '}{does.say(language)}"

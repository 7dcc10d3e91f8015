"""What the portal itself says, in both languages. Templates ask by name: `t("try_it")`."""

from __future__ import annotations

from collections.abc import Mapping

from services.kit.texts import Language, Text

LANGUAGES: Mapping[str, Language] = {"zh": "zh-CN", "en": "en"}
"""By the word that stands in the path: `/docs/zh/…`."""

TEXTS: Mapping[str, Text] = {
    "brand": Text(zh="草原开发者门户", en="Steppe for developers"),
    "tagline": Text(
        zh="城市生态环境一个接口：排污许可、危险废物与医疗废物、环境信用、应急物资。",
        en="One API for a city's ecology bureau: permits, waste, credit and emergency stock.",
    ),
    "skip": Text(zh="跳到正文", en="Skip to content"),
    "menu": Text(zh="菜单", en="Menu"),
    "home": Text(zh="首页", en="Home"),
    "guides": Text(zh="指南", en="Guides"),
    "guides_intro": Text(
        zh="按调用者编写：您是谁，先做什么，再做什么。每条命令都在样例城市上自动测试。",
        en="Written for each kind of caller. Every command is run against the sample city by our tests.",
    ),
    "reference": Text(zh="接口", en="Reference"),
    "reference_intro": Text(
        zh="每个接口：谁可以调用、要什么、答什么、会怎样拒绝，并可直接试用。",
        en="Every operation: who may call it, what it takes, what it answers, how it refuses. Try it on the page.",
    ),
    "events": Text(zh="事件", en="Events"),
    "events_intro": Text(
        zh="各服务发出的全部事件。以 CloudEvents 1.0 批量方式从事件流读取，无需轮询列表。",
        en="Every event that the services emit. Read them as CloudEvents 1.0 batches from the feeds.",
    ),
    "errors": Text(zh="错误码", en="Errors"),
    "errors_intro": Text(
        zh="拒绝均为 RFC 9457 problem+json。程序按 code 判断，字段位置见 errors[].pointer。",
        en="Refusals are RFC 9457 problem+json. Programs decide by code; errors[].pointer names the place.",
    ),
    "findings": Text(zh="字段错误码", en="Codes of fields"),
    "findings_intro": Text(
        zh="出现在 errors[].code 中：文书哪里不合规则，依据哪一条。花括号处为实际的值。",
        en="They stand in errors[].code: what is wrong, and by which article. Braces hold the actual values.",
    ),
    "changelog": Text(zh="更新", en="Changes"),
    "retired": Text(zh="即将停用的接口", en="Operations on their way out"),
    "no_retired": Text(zh="目前没有即将停用的接口。", en="None at present."),
    "status": Text(zh="状态", en="Status"),
    "other_language": Text(zh="English", en="中文"),
    "openapi": Text(zh="OpenAPI 3.1 文档", en="OpenAPI 3.1 document"),
    "search": Text(zh="搜索", en="Search"),
    "search_operations": Text(
        zh="按名称、路径或方法搜索，如：报告", en="Search by name, path or method, such as report"
    ),
    "search_events": Text(zh="搜索事件，如：manifest", en="Search events, such as manifest"),
    "search_errors": Text(zh="搜索错误码或含义", en="Search codes and meanings"),
    "nothing_found": Text(zh="没有符合的内容", en="Nothing matches"),
    "missing": Text(
        zh="以下服务暂时没有应答，其接口未列出：",
        en="These services do not answer just now; their part is left out:",
    ),
    "who": Text(zh="谁可以调用", en="Who may call"),
    "anybody": Text(zh="任何人，无需登录", en="Anybody, without signing in"),
    "callers": Text(zh="面向", en="Callers"),
    "comma": Text(zh="、", en=", "),
    "colon": Text(zh="：", en=": "),
    "everywhere": Text(zh="所有服务", en="every service"),
    "scopes": Text(zh="权限", en="Scopes"),
    "rate": Text(zh="限流类别", en="Rate class"),
    "body_limit": Text(zh="请求体上限", en="Largest body"),
    "timeout": Text(zh="超时", en="Time-out"),
    "seconds": Text(zh="秒", en="s"),
    "cached": Text(zh="可缓存", en="Cached for"),
    "unpublished": Text(
        zh="含未公开的企业数据：工作人员和系统的读取按用途留痕",
        en="Holds unpublished enterprise data: reads by bureau staff and systems are logged with their purpose",
    ),
    "deprecated": Text(zh="已弃用，自", en="Deprecated since"),
    "sunset": Text(zh="停用日期", en="Ends"),
    "successor": Text(zh="改用", en="Use instead"),
    "parameters": Text(zh="参数", en="Parameters"),
    "request_body": Text(zh="请求体", en="Request body"),
    "answer": Text(zh="应答", en="Answer"),
    "refusals": Text(zh="拒绝", en="Refusals"),
    "example": Text(zh="示例", en="Example"),
    "article": Text(zh="依据", en="Article"),
    "answered_by": Text(zh="来自", en="Answered by"),
    "required": Text(zh="必填", en="required"),
    "or_null": Text(zh="可为 null", en="or null"),
    "one_of": Text(zh="取值", en="one of"),
    "path": Text(zh="路径", en="path"),
    "query": Text(zh="查询", en="query"),
    "header": Text(zh="请求头", en="header"),
    "cookie": Text(zh="Cookie", en="cookie"),
    "try_it": Text(zh="试一试", en="Try it"),
    "try_hint": Text(
        zh="在本站的真实接口上执行，写入会真实发生。",
        en="Runs against this installation's real API: what you write is written.",
    ),
    "take_one": Text(zh="取一条真实记录", en="Take a real one"),
    "take_none": Text(zh="列表里没有可取的记录", en="The list has nothing to take"),
    "fill_in": Text(zh="填入真实记录", en="Fill in real ones"),
    "for_taking": Text(zh="取真实记录时的用途", en="Purpose when taking real ones"),
    "choose_purpose": Text(zh="（工作人员请选择用途）", en="(staff: choose the purpose)"),
    "new_key": Text(zh="换一个", en="New"),
    "send": Text(zh="发送", en="Send"),
    "sending": Text(zh="发送中…", en="Sending…"),
    "failed": Text(zh="没有收到应答：", en="No answer: "),
    "headers": Text(zh="应答头", en="Headers"),
    "no_body": Text(zh="（无内容）", en="(no content)"),
    "as_curl": Text(zh="等效的 curl", en="As curl"),
    "needs_script": Text(zh="试用需要启用 JavaScript。", en="Trying it needs JavaScript."),
    "sign_in": Text(zh="登录", en="Sign in"),
    "signed_in_as": Text(zh="已登录", en="Signed in"),
    "sign_out": Text(zh="退出", en="Sign out"),
    "login": Text(zh="账号", en="Account"),
    "password": Text(zh="密码", en="Password"),
    "one_time": Text(zh="动态口令（已启用时填写）", en="One-time code (where a second factor is set up)"),
    "sign_in_hint": Text(
        zh="令牌只保存在本标签页，关闭即失。样例城市的账号与密码由 make up 打印，如 clerk01。",
        en="The token stays in this tab and goes with it. `make up` prints accounts of the sample city, say clerk01.",
    ),
    "close": Text(zh="关闭", en="Close"),
    "cancel": Text(zh="取消", en="Cancel"),
    "readers": Text(zh="可读者", en="Readers"),
    "readers_bureau": Text(zh="仅主管部门与获授权的系统", en="The bureau and systems that see every enterprise"),
    "readers_owner": Text(zh="主管部门及所涉企业", en="The bureau and the enterprise that it is about"),
    "readers_public": Text(zh="任何已登录者", en="Every signed-in caller"),
    "read_newest": Text(zh="从事件流读取", en="Read it from the feed"),
    "payload": Text(zh="data 的内容", en="What data holds"),
    "quick_start": Text(zh="三步开始", en="Start in three steps"),
    "step_token": Text(zh="取得令牌", en="Get a token"),
    "step_call": Text(zh="调用接口", en="Call the API"),
    "step_follow": Text(zh="跟随事件", en="Follow the events"),
    "for_whom": Text(zh="您是谁？", en="Who are you?"),
    "services": Text(zh="服务", en="Services"),
    "operations": Text(zh="个接口", en="operations"),
    "on_this_page": Text(zh="本页内容", en="On this page"),
    "not_found": Text(zh="没有这个页面", en="There is no such page"),
    "away": Text(zh="暂时没有这个页面", en="This page is missing for the moment"),
    "away_hint": Text(
        zh="该服务此刻没有应答，几秒后请重新打开本页。",
        en="Its service does not answer just now; open the page again in a few seconds.",
    ),
    "not_found_hint": Text(zh="地址可能已变，请从首页找起。", en="It may have moved; start from the home page."),
    "offline": Text(
        zh="本站不使用任何外部资源，可在政务内网离线使用。",
        en="This site loads nothing from elsewhere and works inside closed networks.",
    ),
    "version": Text(zh="版本", en="Version"),
    "status_up": Text(zh="一切正常", en="Everything works"),
    "status_weak": Text(zh="可用，有情况须关注", en="Working; somebody should look"),
    "status_down": Text(zh="部分服务不可用", en="Something is down"),
    "state_up": Text(zh="正常", en="up"),
    "state_weak": Text(zh="须关注", en="weak"),
    "state_down": Text(zh="不可用", en="down"),
    "as_of": Text(zh="截至", en="As of"),
    "since": Text(zh="自", en="since"),
    "started": Text(zh="启动于", en="started"),
    "recent_changes": Text(zh="最近变化", en="Recent changes"),
    "no_changes": Text(zh="网关启动以来没有变化。", en="None since this gateway started."),
    "service_permits": Text(zh="排污许可", en="Permits"),
    "service_waste": Text(zh="固废与医废", en="Waste"),
    "service_credit": Text(zh="环境信用", en="Credit"),
    "service_emergency": Text(zh="应急物资", en="Emergency"),
    "service_gateway": Text(zh="网关", en="Gateway"),
    "about_permits": Text(
        zh="许可证、执行报告、回执、信息公开", en="Permits, execution reports, receipts, disclosure"
    ),
    "about_waste": Text(
        zh="转移联单、管理计划、经营许可、医疗废物", en="Manifests, plans, licences, medical waste"
    ),
    "about_credit": Text(
        zh="信用记录、评价、声明、可验证日志", en="Records, grades, statements, a verifiable log"
    ),
    "about_emergency": Text(
        zh="储备库、库存、事件、调度", en="Depots, stock, incidents, dispatch"
    ),
    "about_gateway": Text(zh="登录、企业综合视图", en="Signing in, one view of an enterprise"),
    "audience_public": Text(zh="公众", en="the public"),
    "audience_enterprise": Text(zh="企业", en="enterprises"),
    "audience_bureau": Text(zh="主管部门", en="the bureau"),
    "audience_system": Text(zh="政务系统", en="government systems"),
    "audience_reader": Text(zh="银行与保险", en="banks and insurers"),
    "audience_device": Text(zh="设备", en="devices"),
    "audience_restricted": Text(zh="须先完成设置的账号", en="accounts that must first set something up"),
    "rate_probes": Text(zh="探测（不限）", en="probes (not limited)"),
    "rate_reads": Text(zh="读取", en="reads"),
    "rate_submissions": Text(zh="提交", en="submissions"),
    "rate_comments": Text(zh="公众意见", en="the public's comments"),
    "rate_bulk": Text(zh="批量", en="bulk"),
    "rate_devices": Text(zh="设备", en="devices"),
    "rate_sign_in": Text(zh="登录", en="signing in"),
}  # fmt: skip

STATUS_TEXTS: Mapping[str, Text] = {
    "200": Text(zh="成功", en="done"),
    "201": Text(zh="已创建", en="created"),
    "204": Text(zh="成功，无内容", en="done, nothing to say"),
    "304": Text(zh="自 If-None-Match 所示版本以来没有变化", en="not changed since the ETag in If-None-Match"),
    "400": Text(
        zh="请求无法解析，或参数、请求头不合规则",
        en="the request cannot be read, or a parameter or header breaks its rule",
    ),
    "401": Text(zh="未登录，或令牌无效", en="not signed in, or the token does not hold"),
    "403": Text(zh="缺少权限，或不面向此类调用者", en="a scope is missing, or it is for other callers"),
    "409": Text(zh="与当前状态冲突，或记录正被处理", en="in conflict with the present state, or busy"),
    "413": Text(zh="请求体过大", en="the body is too large"),
    "415": Text(zh="请求体的内容类型不对", en="send the media type of the request body"),
    "422": Text(zh="文书不合规则：errors 逐条列出", en="the document breaks rules: errors names all of them"),
    "429": Text(zh="请求过多，见 Retry-After", en="too many requests; see Retry-After"),
    "503": Text(zh="暂时不可用，见 Retry-After", en="temporarily unavailable; see Retry-After"),
}


def say(name: str, language: Language) -> str:
    """The text of this name; raises KeyError for one that is not there."""
    return TEXTS[name].say(language)

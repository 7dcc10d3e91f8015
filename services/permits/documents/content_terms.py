"""What a version says beside its outlets and limits, as tables (条例 art. 13, groups 3, 6, 8 to 11). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.permits.documents import labels
from services.permits.documents.sheets import Row, Table

Members = Mapping[str, Any]

PRINTED = frozenset(
    {
        *(
            "holder",
            "site_address",
            "site_region_code",
            "authority",
            "production_facilities",
            "treatment_facilities",
        ),
        *("operation", "ledger", "disclosure", "fugitive", "other"),
    }
)
_WORDED = (("operation", "运行维护要求"), ("fugitive", "无组织排放控制要求"), ("other", "其他要求"))


def terms_of(terms: Members, monitoring: Sequence[Members]) -> Iterable[Table]:
    """The tables of a version's terms, in the order of art. 13; without those that are empty."""
    for made in (
        _table(
            "产生污染物的设施",
            (
                ("code", "编号", 14),
                ("name", "名称", 30),
                ("process", "生产单元或环节", 32),
                ("capacity", "参数", 24),
            ),
            terms.get("production_facilities"),
        ),
        _table(
            "污染防治设施",
            (
                *(("code", "编号", 12), ("name", "名称", 24), ("process", "治理工艺", 30)),
                *(("serves", "对应生产设施", 18), ("outlets", "排放口", 16)),
            ),
            terms.get("treatment_facilities"),
        ),
        _monitoring(monitoring),
        _table(
            "环境管理台账记录要求",
            (
                *(("category", "类别", 16), ("content", "记录内容", 48), ("frequency", "频次", 14)),
                *(("form", "形式", 12), ("kept_years", "保存年限", 10)),
            ),
            terms.get("ledger"),
        ),
        _table(
            "信息公开要求",
            (("content", "内容", 50), ("means", "方式", 25), ("timing", "时间节点", 25)),
            terms.get("disclosure"),
        ),
        *(
            _table(title, (("subject", "对象", 14), ("text", "要求", 86)), terms.get(name))
            for name, title in _WORDED
        ),
    ):
        if made is not None:
            yield made


def _table(
    title: str, columns: tuple[tuple[str, str, int], ...], rows: Sequence[Members] | None
) -> Table | None:
    if not rows:
        return None
    return Table(
        title,
        tuple(heading for _, heading, _ in columns),
        tuple(share for _, _, share in columns),
        tuple(_row(row, tuple(name for name, _, _ in columns)) for row in rows),
    )


def _row(row: Members, names: tuple[str, ...]) -> Row:
    """The members that have a column; what has none is said in the last."""
    cells = [_cell(name, row.get(name)) for name in names]
    more = {name: each for name, each in row.items() if name not in names and each not in (None, [])}
    if more:
        cells[-1] += "；" + "；".join(f"{name}：{each}" for name, each in flat(more))
    return Row(tuple(cells))


def _cell(name: str, value: Any) -> str:
    if name in ("frequency", "fallback") and isinstance(value, Mapping):
        return labels.frequency(value)
    if isinstance(value, list):
        return "、".join(labels.value(each) for each in value) or "—"
    if name == "subject" and value is None:
        return "全厂"
    return labels.value(value)


def _monitoring(plan: Sequence[Members]) -> Table | None:
    rows = [
        {
            **{name: each for name, each in row.items() if name not in _JOINED},
            "place": row.get("outlet_code") or row.get("point") or "—",
            "pollutant": f"{row['pollutant_name']}\n{row['pollutant_code']}",
            "often": labels.frequency(row["frequency"]) if row.get("frequency") else "连续",
            "if_it_fails": labels.frequency(row["fallback"]) if row.get("fallback") else "—",
        }
        for row in plan
    ]
    return _table(
        "自行监测方案",
        (
            *(("place", "点位", 12), ("pollutant", "污染物", 16), ("means", "手段", 9)),
            *(("often", "频次", 10), ("if_it_fails", "故障时手工", 12), ("sampling", "采样方法及个数", 14)),
            *(("instrument", "自动监测仪器", 13), ("method", "测定方法", 14)),
        ),
        rows,
    )


_JOINED = frozenset({"outlet_code", "point", "pollutant_name", "pollutant_code", "frequency", "fallback"})


def flat(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Every scalar of what no table knows, with the names on the way to it."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from flat(each, f"{path} › {labels.member(name)}" if path else labels.member(name))
    elif isinstance(value, list):
        for index, each in enumerate(value, 1):
            yield from flat(each, f"{path} {index}")
    else:
        yield path, labels.value(value)

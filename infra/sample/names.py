"""Invented names: trade names made of steppe words, people, streets. None belongs to anybody we know of."""

from __future__ import annotations

from random import Random

CITY = "二连浩特市"

_FIRST = "朔漠牧塬穹峦砾驼雁苍岚曙"
_SECOND = "晖霁澜虹星霜岭宁朗野屿沐"

_FAMILY = ("赵", "孙", "郑", "魏", "秦", "许", "韩", "曹", "邓", "彭", "潘", "董", "袁", "蒋", "沈", "姚")
_GIVEN = ("志远", "海燕", "建业", "淑琴", "晓峰", "玉梅", "文博", "立新", "雪莹", "永胜", "秀兰", "振宇")
_MONGOLIAN = (
    "巴特尔", "其木格", "苏日娜", "宝力德", "乌仁", "那日苏", "萨仁", "朝鲁", "娜仁", "布和", "敖登", "斯琴",
)  # fmt: skip

_ROADS = ("驼铃路", "牧歌街", "青穹路", "晨霜街", "雁阵路", "星野街", "长风路", "新霁街")

# Where things stand: south-west and north-east corner, latitude and longitude in 0.000001 degree (CGCS2000).
_ZONES = {
    "城区": ((43_640_000, 111_955_000), (43_657_000, 111_990_000)),
    "口岸加工园区": ((43_600_000, 112_000_000), (43_630_000, 112_050_000)),
    "东货场物流区": ((43_630_000, 112_005_000), (43_645_000, 112_040_000)),
    "南郊": ((43_585_000, 111_985_000), (43_610_000, 112_005_000)),
    "南郊选矿区": ((43_450_000, 112_100_000), (43_520_000, 112_250_000)),
    "边境公路沿线": ((43_430_000, 112_200_000), (43_580_000, 112_600_000)),
}

_OPEN_COUNTRY = frozenset({"边境公路沿线"})

STAFF = (
    ("clerk01", "窦雅宁", "clerk"),
    ("reviewer01", "阿古拉", "reviewer"),
    ("reviewer02", "祁明哲", "reviewer"),
    ("approver01", "乌云塔娜", "approver"),
    ("admin01", "敖嘉木", "administrator"),
    ("inspector01", "骆振北", "inspector"),
    ("inspector02", "谷德全", "inspector"),
    ("auditor01", "苏和平", "auditor"),
    ("duty01", "哈斯额尔敦", "duty_officer"),
    ("store01", "卞秋实", "storekeeper"),
    ("bank01", "连以恒", "bank"),
)


def trade_names(rng: Random) -> list[str]:
    """All trade names (字号) in a drawn order: 144 of two characters, each once."""
    names = [first + second for first in _FIRST for second in _SECOND]
    rng.shuffle(names)
    return names


def person(rng: Random) -> str:
    if rng.randint(1, 10) <= 4:
        return rng.choice(_MONGOLIAN)
    return rng.choice(_FAMILY) + rng.choice(_GIVEN)


def place(rng: Random, zone: str) -> tuple[str, int, int]:
    """An address in the zone, its latitude and its longitude in 0.000001 degree."""
    south_west, north_east = _ZONES[zone]
    latitude = rng.randint(south_west[0], north_east[0])
    longitude = rng.randint(south_west[1], north_east[1])
    number = rng.randint(1, 199)
    spot = f"{number}公里处" if zone in _OPEN_COUNTRY else f"{rng.choice(_ROADS)}{number}号"
    return f"{CITY}{zone}{spot}", latitude, longitude

"""Refusals of the keeping of devices."""

from services.kit.problems import Conflict, Invalid
from services.kit.texts import Text


class InvalidDevice(Invalid):
    code = "invalid_device"
    title = Text(zh="设备信息不符合要求", en="The device breaks rules")


class DeviceRevoked(Conflict):
    code = "device_revoked"
    title = Text(zh="该设备已停用", en="The device was revoked; register it anew")

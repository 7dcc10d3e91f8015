"""What a caller is told while a service cannot or should not be asked."""

import math

from services.kit.problems import Unavailable
from services.kit.texts import Text


class ServiceUnavailable(Unavailable):
    """Too many of the last calls to the service failed; it is not asked before `Retry-After` is over."""

    code = "service_unavailable"
    title = Text(zh="后端服务暂时不可用", en="The service behind the gateway is unavailable for the moment")

    def __init__(self, *, seconds: float) -> None:
        super().__init__(headers={"Retry-After": str(max(1, math.ceil(seconds)))})


class Overloaded(Unavailable):
    """The service is given no more work than it answers in good time; submissions are the last to be refused."""

    code = "overloaded"
    title = Text(zh="后端服务繁忙，请稍后重试", en="The service behind the gateway is busy; try again soon")

    def __init__(self, *, seconds: float = 1) -> None:
        super().__init__(headers={"Retry-After": str(max(1, math.ceil(seconds)))})


class Draining(Unavailable):
    """This gateway is being restarted and did not keep the call waiting; another one, or this one soon, will."""

    code = "draining"
    title = Text(zh="网关正在重启，请重试", en="The gateway is restarting; try again")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})

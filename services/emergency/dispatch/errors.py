"""What can go wrong between a promise and its end."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class ReservationNotFound(NotFound):
    code = "reservation_not_found"
    title = Text(zh="没有该预留", en="There is no such reservation")


class ReservationInvalid(Invalid):
    code = "reservation_invalid"
    title = Text(zh="预留申请不符合要求", en="The reservation breaks rules")


class ReservationNotActive(Conflict):
    code = "reservation_not_active"
    title = Text(zh="该预留已出库或已取消", en="The reservation was dispatched or cancelled")


class ReservationLapsed(Conflict):
    code = "reservation_lapsed"
    title = Text(zh="该预留已过期，只能取消", en="The reservation is past its time: it can only be cancelled")


class DispatchNotFound(NotFound):
    code = "dispatch_not_found"
    title = Text(zh="没有该出库单", en="There is no such dispatch")


class DispatchInvalid(Invalid):
    code = "dispatch_invalid"
    title = Text(zh="出库单不符合要求", en="The dispatch breaks rules")


class DispatchArrived(Conflict):
    code = "dispatch_arrived"
    title = Text(zh="该批物资已全部到达", en="Everything of this dispatch has been accounted for")


class ArrivalInvalid(Invalid):
    code = "arrival_invalid"
    title = Text(zh="到达单不符合要求", en="The arrival breaks rules")


class UseInvalid(Invalid):
    code = "use_invalid"
    title = Text(zh="使用单不符合要求", en="The use breaks rules")


class ReturnInvalid(Invalid):
    code = "return_invalid"
    title = Text(zh="归还单不符合要求", en="The return breaks rules")


class HandoverNotFound(NotFound):
    code = "handover_not_found"
    title = Text(zh="没有该单据", en="There is no such document")

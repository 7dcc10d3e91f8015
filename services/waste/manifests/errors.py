"""What can go wrong with manifests."""

from services.kit.problems import Conflict, Forbidden, Invalid, NotFound
from services.kit.texts import Text


class ManifestNotFound(NotFound):
    code = "manifest_not_found"
    title = Text(zh="没有该联单", en="There is no such manifest")


class ManifestRefused(Invalid):
    code = "manifest_refused"
    title = Text(zh="联单不符合转移条件", en="The manifest does not pass the gates")


class ReceptionInvalid(Invalid):
    code = "reception_invalid"
    title = Text(zh="接受信息不符合要求", en="What the receiver states breaks rules")


class TimeInvalid(Invalid):
    code = "time_invalid"
    title = Text(zh="时间不符合要求", en="The time stated breaks rules")


class StepNotOpen(Conflict):
    code = "step_not_open"
    title = Text(zh="当前状态不允许该操作", en="The manifest's state does not allow this")


class ManifestSealed(Conflict):
    code = "manifest_sealed"
    title = Text(
        zh="联单提交后内容不可更改，可作废后重新填写",
        en="A submitted manifest cannot be changed; cancel it and fill in another",
    )
    article = "危险废物转移管理办法 第十条、第二十九条"


class LicenceEnded(Conflict):
    code = "licence_not_valid"
    title = Text(
        zh="接收单位的许可证已失效，不得起运", en="The receiver's licence has ended: it must not depart"
    )
    article = "固体废物污染环境防治法 第八十条"


class NotYourPart(Forbidden):
    code = "not_your_part"
    title = Text(zh="该环节由联单的另一方办理", en="This step is another party's")


class NationalNumberTaken(Conflict):
    code = "national_number_taken"
    title = Text(zh="该联单编号已用于另一联单", en="This national number belongs to another manifest")


class NationalNumberSet(Conflict):
    code = "national_number_set"
    title = Text(zh="联单编号已记录，不可更改", en="The national number is recorded and cannot change")

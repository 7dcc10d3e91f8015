"""What can go wrong with registrations."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.registrations import rules


class RegistrationNotFound(NotFound):
    code = "registration_not_found"
    title = Text(zh="没有该排污登记", en="There is no such registration")


class RegistrationInvalid(Invalid):
    code = "registration_invalid"
    title = Text(zh="排污登记表不符合要求", en="The registration form breaks rules")
    article = rules.ARTICLE_REGISTRATION


class PermitNeeded(Invalid):
    """Each error names the row and the clause of the management catalogue."""

    code = "permit_needed"
    title = Text(
        zh="该场所应申请排污许可证，不适用排污登记",
        en="This site needs a permit: a registration is not enough",
    )
    article = rules.ARTICLE_NEEDED


class NotManaged(Invalid):
    code = "registration_not_needed"
    title = Text(
        zh="该场所不纳入排污许可管理，无需登记",
        en="The catalogue does not manage this site: nothing to register",
    )
    article = rules.ARTICLE_NEEDED


class SiteRegistered(Conflict):
    """`registration` is the one that the site has: change or renew it."""

    code = "site_registered"
    title = Text(zh="该场所已登记", en="This site is registered")
    article = rules.ARTICLE_REGISTRATION


class SitePermitted(Conflict):
    code = "site_permitted"
    title = Text(zh="该场所已持有排污许可证", en="This site holds a permit")
    article = rules.ARTICLE_NEEDED


class RegistrationSuperseded(Conflict):
    code = "registration_superseded"
    title = Text(zh="已有更新的版本", en="There is a newer version")


class RegistrationStepNotOpen(Conflict):
    code = "registration_step_not_open"
    title = Text(zh="该登记当前状态不允许此操作", en="A registration that stands so does not allow this")
    article = rules.ARTICLE_REGISTRATION


class RenewalTooEarly(Conflict):
    """`opens_on` is the first day on which it may be renewed."""

    code = "renewal_too_early"
    title = Text(zh="尚未到延续登记的时间", en="It is too early to renew")
    article = rules.ARTICLE_REGISTRATION


class NoNumberLeft(Conflict):
    code = "no_registration_number_left"
    title = Text(zh="该单位的登记编号已用完", en="All registration numbers of this enterprise are taken")
    article = rules.SOURCE_NUMBER


class NothingToReview(Conflict):
    code = "nothing_to_review"
    title = Text(zh="该登记无需审核", en="This registration does not wait for a review")
    article = rules.ARTICLE_REGISTRATION

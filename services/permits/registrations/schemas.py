"""Registrations of discharges over the wire."""

import uuid
from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.kit.identifiers.types import RegionCode, Uscc
from services.kit.schemas import Day, Exact, LongText, Moment, Schema, ShortText, Whole
from services.permits.catalogue.schemas import ActivityStated, Classification, Stated
from services.permits.enterprises.schemas import Latitude, Longitude
from services.permits.registrations.rules import Standing
from services.permits.reports.schemas import ReceiptRead

StepName = Literal["first", "change", "renewal", "cancellation"]


class Product(Schema):
    """A main product (主要产品) and how much of it can be made in a year."""

    name: ShortText
    capacity: Exact = Field(ge=0)
    unit: ShortText = Field(examples=["t/a"])


class Discharge(Schema):
    """What is discharged, where to, by which standard, and what is done against it (条例 art. 24)."""

    medium: Literal["air", "water", "solid_waste", "noise"]
    name: ShortText = Field(description="排放口或污染物", examples=["食堂油烟"])
    destination: ShortText = Field(description="污染物排放去向")
    standard: ShortText = Field(description="执行的污染物排放标准", examples=["GB 18483-2001"])
    measure: ShortText = Field(description="采取的污染防治措施")


class RegistrationContent(Schema):
    """The form (排污登记表). `activities` and `site` are what the class finder judges by."""

    site_name: ShortText = Field(description="生产经营场所")
    region_code: RegionCode
    address: ShortText
    longitude: Longitude | None = Field(default=None, description="degrees east, CGCS2000")
    latitude: Latitude | None = Field(default=None, description="degrees north, CGCS2000")
    activities: list[ActivityStated] = Field(min_length=1, max_length=30)
    site: Stated = Stated()
    products: list[Product] = Field(default=[], max_length=50)
    discharges: list[Discharge] = Field(min_length=1, max_length=100)
    contact_name: ShortText = Field(description="not disclosed")
    contact_phone: ShortText = Field(description="not disclosed")
    remarks: LongText | None = None


class RegistrationCreate(RegistrationContent):
    """A first registration of a site; it holds from when it is filed."""

    uscc: Uscc


class RegistrationChange(RegistrationContent):
    """The form anew after a change (变更登记), to be filed within twenty days of it."""

    version: Whole = Field(ge=1, lt=2**31, description="the version that is changed")
    changed_on: Day = Field(description="the day of the change")


class RegistrationRenewal(RegistrationContent):
    """The form anew for the next five years (延续登记)."""

    version: Whole = Field(ge=1, lt=2**31, description="the version that is renewed")


class RegistrationCancel(Schema):
    """The holder discharges here no more (注销登记)."""

    version: Whole = Field(ge=1, lt=2**31)
    changed_on: Day = Field(description="the day on which discharging ended")
    reason: LongText


class RegistrationReviewCreate(Schema):
    """What a reviewer decides where the facts did not."""

    version: Whole = Field(ge=1, lt=2**31)
    decision: Literal["registration", "permit"] = Field(description="登记即可, or 应申请排污许可证")
    comment: LongText


class RegistrationSummary(Schema):
    """A registration in a list, as it stands today."""

    receipt_number: str = Field(description="登记编号: credit code, serial of the site, mark (HJ 608-2017)")
    uscc: str
    site_name: str
    version: int
    valid_from: date = Field(description="since when it holds without a gap")
    valid_to: date
    standing: Standing
    for_review: bool = Field(description="the facts did not decide its class: it waits for a reviewer")
    permit_needed: bool = Field(description="a reviewer found that the site needs a permit")
    filed_at: Moment
    updated_at: Moment


class RegistrationVersionRead(Schema):
    """One version as it was filed."""

    version: int
    step: StepName
    effective_on: date
    valid_from: date
    valid_to: date
    changed_on: date | None
    days_late: int = Field(
        description="calendar days past the twenty; of a renewal, days without registration"
    )
    document: dict[str, Any]
    classification: Classification
    for_review: bool
    submitted_by: str
    submitted_at: Moment
    receipt: ReceiptRead


class RegistrationReviewRead(Schema):
    id: uuid.UUID
    version: int
    decision: Literal["registration", "permit"]
    comment: str
    reviewer: str
    reviewed_at: Moment


class RegistrationClock(Schema):
    """By when a registration is renewed."""

    opens_on: date = Field(description="the first day on which it may be renewed")
    due_on: date = Field(description="the last day of its validity")
    days_left: int = Field(description="calendar days to `due_on`; negative: so many since")
    basis: str


class RegistrationRead(RegistrationSummary):
    """A registration with the version that counts on the day asked for."""

    on: date
    renewal_opens_on: date
    renewal: RegistrationClock | None = Field(default=None, description="as of `on`; null: it was cancelled")
    content: RegistrationVersionRead
    reviews: list[RegistrationReviewRead]


class DisclosedRegistrationSummary(Schema):
    """A registration in the public list."""

    receipt_number: str
    uscc: str
    enterprise_name: str
    site_name: str
    valid_from: date
    valid_to: date
    standing: Standing
    filed_at: Moment = Field(description="public since then")
    updated_at: Moment = Field(description="when what it says now was filed")


class DisclosedRegistration(DisclosedRegistrationSummary):
    """What anybody reads by the receipt number; the digest matches it to the signed receipt."""

    version: int
    region_code: str
    address: str
    activities: list[str] = Field(description="GB/T 4754-2017 codes")
    discharges: list[Discharge]
    document_sha256: str
    receipt_id: str

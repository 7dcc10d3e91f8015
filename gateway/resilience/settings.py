"""Settings of the gateway's dealings with the services; `STEPPE_GATEWAY_RESILIENCE__…`, times in seconds."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from gateway.resilience.breaker import BreakerRules
from gateway.resilience.concurrency import ConcurrencyRules
from gateway.resilience.outliers import OutlierRules


class ResilienceSettings(BaseModel):
    """The same for each service; docs/operations/resilience.md says what each does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    breaker_window: float = Field(default=10.0, gt=0)
    breaker_minimum_calls: int = Field(default=20, ge=1)
    breaker_failure_ratio: float = Field(default=0.5, gt=0, le=1)
    breaker_open: float = Field(default=2.0, gt=0, description="the first time; doubled by each failed probe")
    breaker_most_open: float = Field(default=30.0, gt=0)
    breaker_probes: int = Field(default=2, ge=1, description="successful ones in a row that close it")

    retries: int = Field(default=2, ge=0, description="of one call, at most")
    retry_ratio: float = Field(default=0.2, ge=0, le=1, description="of the calls of the window")
    retry_floor: int = Field(default=10, ge=0, description="allowed within the window in any case")
    retry_window: float = Field(default=10.0, gt=0)
    retry_pause: float = Field(default=0.025, ge=0, description="before the first; doubled, with full jitter")
    retry_most_pause: float = Field(default=0.25, ge=0)

    concurrency_initial: int = Field(default=200, ge=1, description="calls at once, before anything is known")
    concurrency_minimum: int = Field(default=32, ge=1)
    concurrency_maximum: int = Field(default=512, ge=1)
    concurrency_tolerance: float = Field(
        default=3.0, gt=1, description="times the usual that is in good time"
    )
    concurrency_quick: float = Field(default=0.05, gt=0, description="no less than this is called usual")
    most_waiting: int = Field(default=500, ge=0, description="long polls at once")
    most_open: int = Field(
        default=1000, ge=1, description="calls, long polls and answers that still flow; below the connections"
    )

    outlier_failures: int = Field(default=5, ge=1, description="in a row, that eject an instance")
    outlier_ejection: float = Field(default=10.0, gt=0, description="the first time; doubled each time again")
    outlier_most_ejection: float = Field(default=300.0, gt=0)
    outlier_most_ejected: float = Field(default=0.5, ge=0, le=1, description="share of the instances")
    outlier_panic: float = Field(default=0.5, ge=0, le=1, description="fewer healthy ones: all are asked")

    def within(self, connections: int) -> ResilienceSettings:
        """The same for an instance to which there are no more connections than these."""
        return self.model_copy(update={"most_open": min(self.most_open, connections)})

    @property
    def breaker(self) -> BreakerRules:
        return BreakerRules(
            window_seconds=self.breaker_window,
            minimum_calls=self.breaker_minimum_calls,
            failure_ratio=self.breaker_failure_ratio,
            open_seconds=self.breaker_open,
            most_open_seconds=self.breaker_most_open,
            probes=self.breaker_probes,
        )

    @property
    def concurrency(self) -> ConcurrencyRules:
        return ConcurrencyRules(
            initial=self.concurrency_initial,
            minimum=self.concurrency_minimum,
            maximum=max(self.concurrency_minimum, self.concurrency_maximum),
            tolerance=self.concurrency_tolerance,
            quick_seconds=self.concurrency_quick,
        )

    @property
    def outliers(self) -> OutlierRules:
        return OutlierRules(
            consecutive_failures=self.outlier_failures,
            ejection_seconds=self.outlier_ejection,
            most_ejection_seconds=self.outlier_most_ejection,
            most_ejected_share=self.outlier_most_ejected,
            panic_share=self.outlier_panic,
        )

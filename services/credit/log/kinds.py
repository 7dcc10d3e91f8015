"""The kinds of entries. A kind says what sort of fact a leaf commits to, never about whom."""

from __future__ import annotations

RULE_PUBLISHED = "rule_published"
EVALUATION = "evaluation"
RECORD_KINDS = ("compliance", "violation", "commendation", "incident")
"""Repairs (信用修复) will be kinds of their own: they refer to a record by its index and withhold its openings."""

"""Base of the tables of emergency: their own metadata, so that no other service's table can slip in."""

from __future__ import annotations

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from services.kit.database import new_metadata


class EmergencyTable(SQLModel, registry=registry(metadata=new_metadata())):
    """Base class of every table of this service."""

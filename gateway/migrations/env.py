from gateway.tables import METADATA
from services.kit.migrations import run

run(METADATA)

from services.kit.migrations import run
from services.permits.tables import METADATA

run(METADATA)

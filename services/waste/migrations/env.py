from services.kit.migrations import run
from services.waste.tables import METADATA

run(METADATA)

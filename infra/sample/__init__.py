"""The synthetic sample city: invented enterprises, permits and execution reports, as pure data.

`infra.sample.city.make_city` is the entry. Nothing here opens a database, a socket or the clock.
"""

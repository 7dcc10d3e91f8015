"""Characters that a reader does not see, as classes of regular expressions. Pure: rules use them.

They stand as themselves, so that Python's engine and pydantic's read the same.
"""

from __future__ import annotations

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
"""Not the joiners and the vowel separator: Mongolian and emoji are written with them."""

HIDDEN = _CONTROLS + _TURNING + _INVISIBLE
"""What no text has: controls, what turns the text, what is not seen between the letters."""
UNSEEN = "\t\n\r\u2028\u2029" + HIDDEN
"""What a single line has not: line breaks and tabs, too."""
SEEN = "[^\\p{Z}\\p{C}\u115f\u1160\u2800\u3164\uffa0]"
"""A character that shows, for pydantic's engine; the last five are letters and signs by category, and show nothing."""

"""What stops a command, in words for the person who typed it."""

BAD_INPUT = 2
"""Exit code for what the person at the keyboard can mend."""
TRY_AGAIN = 75
"""Exit code for what passes by itself: a service manager starts again. Source: sysexits.h, EX_TEMPFAIL."""
INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""


class Unusable(Exception):
    """Something that the person at the keyboard can mend. The message is one sentence; the exit code is 2."""


class NotNow(Unusable):
    """What passes by itself: a full disk, somebody's lock, a database that does not answer. The exit code is 75."""

"""What stops a command, in words for the person who typed it."""

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""


class Unusable(Exception):
    """Something that the person at the keyboard can mend. The message is one sentence; the exit code is 2."""

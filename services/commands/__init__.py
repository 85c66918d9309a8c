"""The server's commands: one module for each group, which adds its arguments and says what runs it."""

from services.commands import demo, erasing, importing, log, migrate, restoring, rotating, serve, staff

COMMANDS = (
    serve.add_arguments,
    demo.add_arguments,
    migrate.add_arguments,
    staff.add_arguments,
    importing.add_arguments,
    log.add_arguments,
    restoring.add_arguments,
    rotating.add_arguments,
    erasing.add_arguments,
)
"""In the order in which help lists them."""

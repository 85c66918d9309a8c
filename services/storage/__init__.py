"""SQLAlchemy: state, audit log and outbox, committed together."""

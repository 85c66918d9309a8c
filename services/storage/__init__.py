"""SQLAlchemy tables, the unit of work, the audit store and the outbox."""

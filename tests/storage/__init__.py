"""Tests of the tables, the unit of work, the audit store and the outbox."""

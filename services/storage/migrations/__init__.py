"""Alembic's environment and the migrations of the database, oldest first.

After a change of `services/storage/tables.py`, write the next revision and read what was written:
`python -m services.storage.migrations "say what changed"`. A revision that was released is never edited.
"""

"""Alembic revisions, from the first table on."""

"""Tests of services.connectors."""

"""Tests of services.api.pages: what the customer sees."""

"""Durable effects and schedules."""

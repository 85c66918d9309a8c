"""Whole journeys: a key press goes through desktop and service, and what it did comes back to the screen."""

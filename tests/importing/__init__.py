"""Files of accounts."""

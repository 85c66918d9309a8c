"""The customer's pages: small, without scripts that matter, readable on any phone."""

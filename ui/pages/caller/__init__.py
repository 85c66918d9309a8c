"""The caller page: where am I, who is calling and what is proven, what can I do."""

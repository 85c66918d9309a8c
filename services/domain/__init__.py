"""Pure rules: facts, policy and a time in; a decision out. No clock, no randomness, no input or output."""

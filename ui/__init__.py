"""The desktop's pictures: Qt, and no decisions. Pages render frozen snapshots and emit intents."""

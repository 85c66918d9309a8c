"""Parts that pages are made of. They hold no truth: they are told what to show, and say what was done to them."""

"""Data that ships with the program: policy, wording, themes, icons, fonts, demo cast, packaging."""

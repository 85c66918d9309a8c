"""The portal's recovery service, and the words both sides speak."""

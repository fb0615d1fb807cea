"""People who do not exist, in places that do not exist, with exact labels."""

"""The use cases, each a short recipe: it orders what the rooms do, and decides nothing itself."""

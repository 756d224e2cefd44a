"""Quality: pairs of our own writing, floors under our figures, and the scripts that compare and fit."""

"""The kinds of training samples: each takes the sets and draws one tile. `KINDS` is the table; a name in a mix is a name there."""
from . import placed, small
from .placed import BOXED, Made

__all__ = ['BOXED', 'KINDS', 'SETS_OF', 'Made']
KINDS = placed.KINDS | small.KINDS
SETS_OF = placed.SETS_OF | small.SETS_OF  # of the others the set of their own name

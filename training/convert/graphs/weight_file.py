"""Weights streamed to disk in files that stay below a size, so that no copy of the whole is ever held."""
import numpy as np

from ..errors import need

LIMIT = 2 ** 31 - 2 ** 16
ALIGN = 64


class WeightFiles:
    """`stem.bin`, then `stem.1.bin`, … in `folder`; with folder None only counts bytes (a dry run)."""

    def __init__(self, folder, stem, limit=LIMIT):
        self.folder, self.stem, self.limit = folder, stem, limit
        self.sizes, self._out = [0], None

    def _name(self, i):
        return f'{self.stem}.bin' if i == 0 else f'{self.stem}.{i}.bin'

    @property
    def names(self):
        return [self._name(i) for i in range(len(self.sizes))]

    def begin(self, size):
        """Makes room for one tensor of `size` bytes; returns its place {file, offset, bytes}. `write` then takes its bytes in order."""
        need(size <= self.limit, 'TOO_LARGE', f'One tensor takes {size} bytes; a weight file holds at most {self.limit}.')
        pad = -self.sizes[-1] % ALIGN
        if self.sizes[-1] + pad + size > self.limit:
            self.close()
            self.sizes.append(0)
            pad = 0
        self.write(b'\0' * pad)
        return {'file': self._name(len(self.sizes) - 1), 'offset': self.sizes[-1], 'bytes': size}

    def write(self, raw):
        if self.folder is not None and len(raw):
            if self._out is None:
                self._out = open(f'{self.folder}/{self._name(len(self.sizes) - 1)}', 'wb')
            self._out.write(raw)
        self.sizes[-1] += len(raw)

    def add(self, array):
        raw = np.ascontiguousarray(array).tobytes()
        place = self.begin(len(raw))
        self.write(raw)
        return place

    def skip(self, size):
        """A tensor that is only counted."""
        place = self.begin(size)
        self.sizes[-1] += size
        return place

    def close(self):
        if self._out:
            self._out.close()
            self._out = None

"""The app's records: dialects, slicings and the like, one TypeScript file each. Manifests may name no others."""
import re
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / 'src'
ID = re.compile(r"^  id: '([\w-]+)',$", re.MULTILINE)


def record_ids(folder):
    """Ids of the records in `src/<folder>`. Each stands on a line of its own, which the app's tests hold."""
    texts = (path.read_text(encoding='utf-8') for path in sorted((SRC / folder).glob('*.ts')) if not path.name.endswith('.test.ts'))
    return [found[1] for text in texts if (found := ID.search(text))]

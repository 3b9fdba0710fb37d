"""JSON files, and the list of files that a manifest keeps."""
import hashlib
import json
import os


def read_json(path):
    with open(path, encoding='utf-8') as f:
        return json.load(f)


def write_json(path, value, indent=1):
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(value, f, ensure_ascii=False, indent=indent)
        f.write('\n')


def list_files(folder, but='nadir.json'):
    """{path within the folder: {bytes, sha256}} of all files but one, by path."""
    out = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, 'rb') as f:
                out[os.path.relpath(path, folder).replace(os.sep, '/')] = {'bytes': os.path.getsize(path), 'sha256': hashlib.file_digest(f, 'sha256').hexdigest()}
    return {key: out[key] for key in sorted(out) if key != but}

import { createReadStream, statSync } from 'node:fs';
import { extname, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';

const TYPES: Record<string, string> = { '.json': 'application/json', '.md': 'text/markdown', '.txt': 'text/plain' };

/** A plugin of the preview server: serves addresses below `urlPath` (starts and ends with "/") only from `folder`. */
export function folderInstead(urlPath: string, folder: string): Plugin {
  return {
    name: 'folder-instead',
    configurePreviewServer: (server) => {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').split(/[?#]/)[0]!);
        if (!path.startsWith(urlPath)) {
          next();
          return;
        }
        const file = fileIn(folder, path.slice(urlPath.length));
        if (file === null) {
          response.statusCode = 404;
          response.end('Not in the model folder.');
          return;
        }
        response.setHeader('Content-Type', TYPES[extname(file.path)] ?? 'application/octet-stream');
        response.setHeader('Content-Length', file.sizeBytes);
        response.setHeader('Cache-Control', 'no-cache');
        createReadStream(file.path).pipe(response);
      });
    },
  };
}

/** Null if it isn't a file or lies outside the folder. */
export function fileIn(folder: string, relative: string): { path: string; sizeBytes: number } | null {
  const root = resolve(folder);
  const path = resolve(root, relative);
  if (!path.startsWith(root + sep)) return null;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? { path, sizeBytes: stats.size } : null;
}

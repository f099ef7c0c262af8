// Serves the built console from the function's own package: the same files on AWS and on one machine.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' http://127.0.0.1:* https://*.amazonaws.com; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

export type PackageFiles = { openApi(): Promise<string>; console(path: string): Promise<ConsoleFile | undefined> };

/** What lies beside the code in the function's package. */
export const packageFilesIn = (folder: string): PackageFiles => ({
  openApi: () => readFile(join(folder, 'openapi.json'), 'utf8'),
  console: (path) => consoleFile(path, join(folder, 'console')),
});

export type ConsoleFile = { body: Buffer; headers: Record<string, string> };

/**
 * The file for a path, or the console's page for every path that names none (its routes are made in the browser);
 * nothing for a file that does not exist. A path cannot lead out of `folder`.
 */
async function consoleFile(path: string, folder: string): Promise<ConsoleFile | undefined> {
  const name = normalize(decodeURIComponent(path)).replace(/^(\.\.[/\\])+/, '');
  const extension = extname(name);
  const isPage = extension === '' || extension === '.html';
  const body = await readFile(join(folder, isPage ? 'index.html' : name)).catch(() => undefined);
  if (!body) return undefined;
  const type = isPage ? TYPES['.html'] : TYPES[extension];
  const cache = isPage
    ? 'no-cache'
    : name.includes('/assets/')
      ? 'public, max-age=31536000, immutable'
      : 'public, max-age=300';
  return { body, headers: { ...HEADERS, 'content-type': type ?? 'application/octet-stream', 'cache-control': cache } };
}

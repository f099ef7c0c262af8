// The shell's way to ask for what a page shows.
import { base } from '../api.ts';

/** A command that repeats a GET in a shell; the token stays in the reader's environment. */
export const curlOf = (path: string): string =>
  `curl -s -H "Authorization: Bearer $LAZYARK_TOKEN" '${location.origin}${base}${path}'`;

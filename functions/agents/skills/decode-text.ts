// Bytes to text in whole lines. Only UTF-8 is taken; anything else is named, with the line and what to do about it.
import { PermanentTaskError } from '../errors.ts';

export const bytesMax = 100 * 1024 * 1024;
const lineBytesMax = 1024 * 1024;
const newline = 0x0a;

/** Blocks of text that end at a line's end, without the byte order mark. Throws PermanentTaskError. */
export async function* decodeText(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0);
  let line = 1;
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new PermanentTaskError('expected at most 100 MB of data, got more');
    const block = Buffer.concat([rest, chunk]);
    if (line === 1) refuseOtherFormats(block);
    const end = block.lastIndexOf(newline) + 1;
    rest = block.subarray(end);
    if (rest.length > lineBytesMax) throw new PermanentTaskError(`line ${line}: expected lines of at most 1 MB`);
    if (end === 0) continue;
    const text = decodeLines(block.subarray(0, end), line);
    line += text.split('\n').length - 1;
    yield text;
  }
  if (rest.length > 0) yield decodeLines(rest, line);
}

function refuseOtherFormats(start: Uint8Array): void {
  const startsWith = (...bytes: number[]) => bytes.every((byte, index) => start[index] === byte);
  if (startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff)) throw notUtf8('it begins with the mark of UTF-16');
  if (startsWith(0x50, 0x4b, 0x03, 0x04))
    throw new PermanentTaskError('expected CSV text, got an Excel or ZIP file: export it as CSV');
  if (startsWith(0x25, 0x50, 0x44, 0x46)) throw new PermanentTaskError('expected CSV text, got a PDF file');
  if (startsWith(0x1f, 0x8b)) throw new PermanentTaskError('expected CSV text, got a gzip file: unpack it first');
  if (start.subarray(0, 1_000).includes(0)) throw notUtf8('it has zero bytes, as UTF-16 has');
}

function decodeLines(bytes: Uint8Array, line: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: line > 1 }).decode(bytes);
  } catch {
    const lossy = new TextDecoder('utf-8').decode(bytes);
    const before = lossy.slice(0, lossy.indexOf('\ufffd'));
    throw notUtf8(`line ${line + before.split('\n').length - 1} does not decode; it looks like Latin-1 (Windows-1252)`);
  }
}

const notUtf8 = (why: string) => new PermanentTaskError(`expected text in UTF-8, but ${why}: save the file as UTF-8`);

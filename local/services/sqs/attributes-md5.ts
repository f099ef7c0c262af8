// The MD5 that SQS answers for message attributes: name, type and value of each, length first, in order of the names.
import { createHash } from 'node:crypto';
import type { MessageAttribute } from './rows.ts';

/** Hex MD5, or undefined when there are no attributes. */
export function messageAttributesMd5(attributes: Record<string, MessageAttribute>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    const binary = DataType.startsWith('Binary');
    const value = binary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? '');
    hash.update(withLength(Buffer.from(name))).update(withLength(Buffer.from(DataType)));
    hash.update(Buffer.from([binary ? 2 : 1])).update(withLength(value));
  }
  return hash.digest('hex');
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

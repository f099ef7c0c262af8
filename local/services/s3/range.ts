// The Range header: one range of bytes.
import { ApiError } from '../../service.ts';

/** First and last byte, both included; undefined without a (usable) header. Throws InvalidRange beyond the end. */
export function rangeOf(header: string | undefined, sizeBytes: number): { from: number; to: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (from >= sizeBytes) throw new ApiError(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { from, to };
}

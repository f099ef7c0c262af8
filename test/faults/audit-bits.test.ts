// Every single bit of a sealed trail: as another, it is found.
import { expect, it } from 'vitest';
import { fingerprintOf } from '../../functions/audit/root.ts';
import { trailOf, unnoticedFlips } from '../../functions/audit/tampering.test-support.ts';

it('no bit of 48 entries, their roots, keys and heads is another unnoticed', async () => {
  const { audit, lines } = await trailOf(48);
  const bits = lines.reduce((sum, line) => sum + Buffer.byteLength(line) * 8, 0);
  const options = { fingerprints: [fingerprintOf(audit.signer.pem)], rootsExpected: true };
  expect(unnoticedFlips(lines, options, 1)).toEqual([]);
  process.stdout.write(`${bits} bits flipped one by one, ${bits} found\n`);
}, 600_000);

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstBreak, firstHead } from './chain.ts';
import { packed, unpacked } from './packed.ts';

const key = { pk: 'lane#agents', sk: '000000000000007', lane: 'agents', first: 7 };
const anEntry = fc.record({ seq: fc.nat(), hash: fc.string(), text: fc.string({ unit: 'binary' }) });

it('what is packed comes back to the letter', () => {
  fc.assert(
    fc.property(fc.array(anEntry), (entries) => {
      expect(unpacked({ ...key, packed: packed(entries) })).toEqual(entries);
    }),
  );
});

it('a batch from before entries were packed is read as it is', () => {
  const entries = [{ seq: 7, hash: 'a', text: '{}' }];
  expect(unpacked({ ...key, entries })).toEqual(entries);
});

it.each([
  ['nothing', undefined],
  ['no base64', '???'],
  ['cut off', packed([{ seq: 7, hash: 'a', text: '{}' }]).slice(0, -8)],
  ['no list', Buffer.from('hello').toString('base64')],
])('%s breaks its lane where the batch begins, and can be shown', (_, text) => {
  const entries = unpacked({ ...key, packed: text });
  expect(firstBreak({ seq: 6, hash: firstHead('agents').hash }, entries)).toMatchObject({ seq: 7 });
  expect(JSON.parse(entries[0]?.text ?? '')).toMatchObject({
    entryId: 'aud_agents_7',
    why: expect.stringContaining('cannot be read'),
    changes: [],
  });
});

// A sealed trail to be tampered with, and the smallest change that there is.
import { auditVerifier, type VerifierOptions } from '../../bin/verify-audit-export.mjs';
import { change, type TestAudit, testAudit } from './audit.test-support.ts';

/** Two lanes, two roots, and four entries that no root covers yet. */
export async function trailOf(count: number, why = 'planned'): Promise<{ audit: TestAudit; lines: string[] }> {
  const audit = testAudit();
  const entries = Array.from({ length: count }, (_, n) => change(n + 1, { after: { ...change(n + 1).after!, why } }));
  const unsealed = Math.min(4, count - 1);
  const [objectives, safety] = [entries.slice(0, Math.ceil(count / 1.5)), entries.slice(Math.ceil(count / 1.5))];
  await audit.record('objectives', objectives.slice(0, 10));
  await audit.record('safety', safety.slice(0, 5));
  await audit.seal();
  await audit.record('objectives', objectives.slice(10, -unsealed / 2));
  await audit.record('safety', safety.slice(5, -unsealed / 2));
  await audit.seal();
  await audit.record('objectives', objectives.slice(-unsealed / 2));
  await audit.record('safety', safety.slice(-unsealed / 2));
  return { audit, lines: await audit.exported() };
}

/** The lines as they are read again after one bit of the file became another. */
export function flipped(lines: readonly string[], at: number, bit: number): string[] {
  const bytes = Buffer.from(lines[at] ?? '');
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return [...lines.slice(0, at), ...bytes.toString('utf8').split('\n'), ...lines.slice(at + 1)];
}

type State = ReturnType<typeof auditVerifier> & { faultsInAll: number; lanes: Map<string, { tree: object }> };

/**
 * The bits, every so many, that may be another without being found: there are to be none. What comes before a line is
 * checked once, and as soon as there is a fault the rest is not looked at.
 */
export function unnoticedFlips(lines: readonly string[], options: VerifierOptions, every: number): string[] {
  const unnoticed: string[] = [];
  const before = auditVerifier(options) as State;
  let skip = 0;
  for (const [at, line] of lines.entries()) {
    const bits = Buffer.byteLength(line) * 8;
    let bit = skip;
    for (; bit < bits; bit += every) {
      const verifier = copyOf(before);
      const touched = flipped(lines, at, bit);
      const changed = touched.length - lines.length + 1;
      for (const each of touched.slice(at, at + changed)) verifier.feed(each);
      if (verifier.faultsInAll > 0) continue;
      for (const each of touched.slice(at + changed)) verifier.feed(each);
      if (verifier.report().valid) unnoticed.push(`line ${at} bit ${bit}`);
    }
    skip = bit - bits;
    before.feed(line);
  }
  return unnoticed;
}

function copyOf(verifier: State): State {
  const copy = Object.assign(auditVerifier() as State, verifier) as State & Record<string, unknown>;
  const laneOf = (lane: { tree: object & { peaks?: unknown[] } }) => {
    const tree = Object.assign(Object.create(Object.getPrototypeOf(lane.tree)), lane.tree);
    tree.peaks = [...tree.peaks];
    return { ...lane, tree };
  };
  copy.lanes = new Map([...verifier.lanes].map(([name, lane]) => [name, laneOf(lane)]));
  for (const name of ['keys', 'promises'])
    copy[name] = new Map(
      [...(copy[name] as Map<string, unknown>)].map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]),
    );
  for (const name of ['roots', 'faults']) copy[name] = [...(copy[name] as unknown[])];
  return copy;
}

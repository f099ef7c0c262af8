// Checks an exported audit trail without trusting who exported it: the hash chain of every lane, entry by entry.
//
// A lane's entries are numbered 1..n. Entry n's hash covers its text and the hash before it, and the first builds on the
// lane's name, so a change, a deletion, an insertion or a swap anywhere breaks the chain at that entry. The head line
// that ends a lane says how many entries there are, so a cut at the end is seen as well.
import { createHash } from 'node:crypto';

type AuditFault = { lane: string; seq: number; entryId?: string; fault: string };
type LaneReport = { lane: string; entries: number; headHash: string; headSeen: boolean };
export type AuditReport = {
  valid: boolean;
  entries: number;
  lanes: LaneReport[];
  faults: AuditFault[];
  faultsInAll: number;
};

export const faultsKeptMax = 100;

type EntryLine = { lane: string; seq: number; hash: string; text: string };
type HeadLine = { lane: string; head: { seq: number; hash: string } };
type Lane = LaneReport & { lastSeq: number };
type Note = (lane: string, seq: number, fault: string, entryId?: string) => void;

export const genesisHash = (lane: string): string => sha256(`lazyark-audit:${lane}`);

export const entryHash = (previousHash: string, text: string): string =>
  sha256(`${previousHash}\n${Buffer.byteLength(text)}\n${text}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Feed it the lines of an export in order, any number of lanes; memory stays constant however long the trail is. */
export function auditVerifier(): { feed(line: string): void; report(): AuditReport } {
  const lanes = new Map<string, Lane>();
  const faults: AuditFault[] = [];
  let faultsInAll = 0;
  let lineNumber = 0;
  const note: Note = (lane, seq, fault, entryId) => {
    faultsInAll += 1;
    if (faults.length < faultsKeptMax) faults.push({ lane, seq, ...(entryId ? { entryId } : {}), fault });
  };
  return {
    feed(line) {
      lineNumber += 1;
      if (line.trim() === '') return;
      const parsed = parsedLine(line);
      if (!parsed) return note('?', 0, `line ${lineNumber} is no line of an audit export`);
      const lane = lanes.get(parsed.lane) ?? newLane(parsed.lane);
      lanes.set(parsed.lane, lane);
      if ('head' in parsed) checkHead(lane, parsed, note);
      else checkEntry(lane, parsed, note);
    },
    report() {
      for (const lane of lanes.values()) {
        if (!lane.headSeen) note(lane.lane, lane.lastSeq + 1, 'the lane does not end with its head: cut off here');
      }
      const reports = [...lanes.values()].map(({ lastSeq: _, ...report }) => report);
      const entries = reports.reduce((sum, lane) => sum + lane.entries, 0);
      return { valid: faultsInAll === 0, entries, lanes: reports, faults, faultsInAll };
    },
  };
}

const newLane = (lane: string): Lane => ({
  lane,
  entries: 0,
  lastSeq: 0,
  headHash: genesisHash(lane),
  headSeen: false,
});

function parsedLine(line: string): EntryLine | HeadLine | undefined {
  const value = parsedJson(line) as Partial<EntryLine & HeadLine> | undefined;
  if (typeof value?.lane !== 'string') return undefined;
  if (typeof value.head?.seq === 'number' && typeof value.head.hash === 'string') return value as HeadLine;
  const isEntry = Number.isSafeInteger(value.seq) && typeof value.hash === 'string' && typeof value.text === 'string';
  return isEntry ? (value as EntryLine) : undefined;
}

function parsedJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

// After a fault the chain goes on from the hash that the line itself states, so that one fault is reported once.
function checkEntry(lane: Lane, { seq, hash, text }: EntryLine, note: Note): void {
  const said = parsedJson(text);
  const entryId = typeof said?.entryId === 'string' ? said.entryId : undefined;
  const fault = faultOf(lane, { lane: lane.lane, seq, hash, text }, said);
  if (fault) note(lane.lane, seq, fault, entryId);
  lane.entries += 1;
  lane.lastSeq = seq;
  lane.headHash = hash;
}

function faultOf(lane: Lane, { seq, hash, text }: EntryLine, said?: Record<string, unknown>): string | undefined {
  const next = lane.lastSeq + 1;
  if (lane.headSeen) return `entry ${seq} comes after the end of the lane`;
  if (seq > next) return `${missing(next, seq - 1)} missing before this one`;
  if (seq < next) return `entry ${seq} comes where entry ${next} belongs: out of order or there twice`;
  if (!said) return 'the text of the entry is no JSON object';
  if (said.lane !== lane.lane || said.seq !== seq) return `the text says it is entry ${said.seq} of lane ${said.lane}`;
  if (entryHash(lane.headHash, text) !== hash)
    return 'the text, or the entry before it, is not the one that was chained';
  return undefined;
}

const missing = (first: number, last: number): string =>
  first === last ? `entry ${first} is` : `entries ${first} to ${last} are`;

function checkHead(lane: Lane, { head }: HeadLine, note: Note): void {
  if (head.seq > lane.lastSeq)
    note(lane.lane, lane.lastSeq + 1, `${missing(lane.lastSeq + 1, head.seq)} missing at the end`);
  else if (head.seq < lane.lastSeq)
    note(lane.lane, head.seq + 1, `the head says that the lane ends with entry ${head.seq}`);
  else if (head.hash !== lane.headHash) note(lane.lane, head.seq, 'the last entry is not the one that the head names');
  lane.headSeen = true;
}

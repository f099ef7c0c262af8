// What the command line uses of the verifier that is shipped for auditors.
export type AuditFault = { lane: string; seq: number; entryId?: string; fault: string };
export type LaneReport = { lane: string; entries: number; sealed: number; headHash: string; headSeen: boolean };
export type AuditReport = {
  valid: boolean;
  entries: number;
  /** entries that a signed root covers */
  sealed: number;
  lanes: LaneReport[];
  roots: { count: number; lastAt?: string; anchorsCompared: number };
  keys: { fingerprint: string; trusted: boolean }[];
  faults: AuditFault[];
  faultsInAll: number;
};
export type SignedRoot = { statement: string; signature: string; algorithm: string };
export type Proof = {
  entry: { entryId: string; lane: string; seq: number; text: string; hash: string; previousHash: string };
  index: number;
  size: number;
  path: string[];
  root: SignedRoot;
  keys: string[];
};
export type VerifierOptions = {
  /** keys that are trusted; none named: any */
  fingerprints?: readonly string[];
  /** signed roots kept elsewhere, such as the bucket's */
  anchors?: readonly SignedRoot[];
  /** the only lane to expect */
  lane?: string;
  rootsExpected?: boolean;
};
export declare const faultsKeptMax: number;
export declare const genesisHash: (lane: string) => string;
export declare const entryHash: (previousHash: string, text: string) => string;
export declare function rootFromPath(
  data: string,
  index: number,
  size: number,
  path: readonly string[],
): string | undefined;
export declare function keyOf(pem: string): { fingerprint: string } | undefined;
export declare function auditVerifier(options?: VerifierOptions): { feed(line: string): void; report(): AuditReport };
export declare function faultOfProof(proof: Proof, fingerprints?: readonly string[]): string | undefined;
/** The command line: 0 valid, 1 not valid, 2 not checked. */
export declare function main(
  args: readonly string[],
  say?: { log(text: string): void; error(text: string): void },
): Promise<number>;

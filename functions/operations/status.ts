// The status of the whole, put together from what each room says of itself.
export type Rooms = 'objectives' | 'agents' | 'safety' | 'audit';
export type Ask = (room: Rooms) => Promise<Record<string, unknown>>;
export type Place = { account: string; region: string; version: string };

/** The account number of machines that have none: the embedded runtime, and emulators. */
const NO_ACCOUNT = '000000000000';

/** A room that does not answer leaves its part out and is named in `silent`, so the status itself always answers. */
export async function statusOf(
  ask: Ask,
  { account, region, version }: Place,
  me: { principalId: string; roles: readonly string[] },
) {
  const names: Rooms[] = ['objectives', 'agents', 'safety', 'audit'];
  const answers = await Promise.allSettled(names.map(ask));
  const [objectives, agents, safety, audit] = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value : undefined,
  );
  const environment = account === NO_ACCOUNT ? { kind: 'embedded' } : { kind: 'aws', account, region };
  return {
    mode: safety?.mode ?? 'unknown',
    control: safety ?? null,
    environment,
    version,
    ...objectives,
    agents: agents ?? null,
    audit: audit ?? null,
    silent: names.filter((_, index) => answers[index]?.status === 'rejected'),
    me,
  };
}

// lazyark privacy: what is kept of a person, and its erasure; and whether a page of the outside may be read.
import type { Command } from 'commander';
import { fieldLines, onApi, type Surroundings } from './session.ts';

type Kept = { field: string; value: string; purpose: string; at: string };
type Subject = { subjectId: string; status: string; createdAt: string; erasedAt?: string; values?: Kept[] };

const pathOf = (subjectId: string) => `/privacy/subjects/${encodeURIComponent(subjectId)}`;

export function addPrivacyCommands(program: Command, surroundings: Surroundings): void {
  const privacy = program.command('privacy').description('what is kept of persons');
  onApi(
    privacy.command('show <subject-id>').description('all that is kept of a person, readable; the look is recorded'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<Subject>(pathOf(id));
      print(found, () => {
        const { values = [], ...rest } = found;
        return [...fieldLines(rest), ...values.map(({ field, value, purpose }) => `${field}: ${value} (${purpose})`)];
      });
    },
  );
  onApi<{ reason: string }>(
    privacy
      .command('erase <subject-id>')
      .description('erase a person at once and for good; the audit stays whole')
      .requiredOption('--reason <text>', 'kept in the audit, without names and addresses'),
    surroundings,
    async ({ api, options, print }, id = '') => {
      const erased = await api.post<object>(`${pathOf(id)}/erasure`, { reason: options.reason });
      print(erased, () => fieldLines(erased ?? {}));
    },
  );
  onApi<{ personal?: boolean; basis?: string }>(
    program
      .command('compliance <url>')
      .description('whether a page of the outside may be read, and why')
      .option('--personal', 'it is about persons')
      .option('--basis <text>', 'why data about persons may be processed'),
    surroundings,
    async ({ api, options, print }, url = '') => {
      const dataClass = options.personal ? 'personal' : 'public';
      const lawfulBasis = options.basis ? { lawfulBasis: options.basis } : {};
      const decision = await api.post<object>('/compliance/checks', { url, dataClass, ...lawfulBasis });
      print(decision, () => fieldLines(decision ?? {}));
    },
  );
}

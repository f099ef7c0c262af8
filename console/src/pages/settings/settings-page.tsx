// Settings: what is kept to go back to, that undoing works, who may come in, what ends when, and which policies hold.
import type { ReactNode } from 'react';
import { PageHead } from '../../parts/tile.tsx';
import { useQueryValue } from '../../router.tsx';
import { Credentials } from './credentials.tsx';
import { Drills } from './drills.tsx';
import { People } from './people.tsx';
import { PoliciesPart } from './policies.tsx';
import { Snapshots } from './snapshots.tsx';

const PARTS: { part: string; name: string; shown: () => ReactNode }[] = [
  { part: '', name: 'Snapshots', shown: () => <Snapshots /> },
  { part: 'drills', name: 'Undo drills', shown: () => <Drills /> },
  { part: 'people', name: 'People & tokens', shown: () => <People /> },
  { part: 'credentials', name: 'Credentials', shown: () => <Credentials /> },
  { part: 'policies', name: 'Policies', shown: () => <PoliciesPart /> },
];

export default function SettingsPage() {
  const [part, pick] = useQueryValue('part');
  const shown = PARTS.find((each) => each.part === part) ?? PARTS[0];
  return (
    <>
      <PageHead title="Settings" />
      <nav className="tabs" aria-label="Parts of the settings">
        {PARTS.map((each) => (
          <button key={each.part} type="button" aria-pressed={each === shown} onClick={() => pick(each.part)}>
            {each.name}
          </button>
        ))}
      </nav>
      {shown?.shown()}
    </>
  );
}

// Copying: ids and hashes are shown short and copied whole with a click.
import { useState } from 'react';
import { shortHash, shortId } from '../lib/format.ts';
import { Icon } from './icon.tsx';
import { say } from './notices.tsx';

/** Puts text on the clipboard and says what was copied; browsers refuse it outside https and localhost. */
export async function copyText(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    say({ tone: 'good', text: `Copied ${what}` });
    return true;
  } catch {
    say({ tone: 'bad', text: `The browser does not let this page copy. ${what}: ${text}` });
    return false;
  }
}

/** A short id or hash; a click copies all of it. */
export function Id({ id, hash = false }: { id: string; hash?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(id, hash ? 'the hash' : id))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1_200);
  };
  return (
    <button
      type="button"
      className="id"
      data-tip={`${id}\nClick to copy`}
      aria-label={`Copy ${id}`}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void copy();
      }}
    >
      {hash ? shortHash(id) : shortId(id)}
      <Icon name={copied ? 'check' : 'copy'} size={12} />
    </button>
  );
}

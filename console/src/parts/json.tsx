// Data as people read it: indented JSON with quiet colours, long texts folded.
import { Fragment, useState } from 'react';

const foldCharacters = 4_000;
const tokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function Json({ value, label }: { value: unknown; label: string }) {
  const [whole, setWhole] = useState(false);
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'undefined');
  const folded = text.length > foldCharacters && !whole;
  const shown = folded ? text.slice(0, foldCharacters) : text;
  return (
    <figure className="json">
      {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} role="group" aria-label={label}>
        {typeof value === 'string' ? shown : paint(shown)}
        {folded && '…'}
      </pre>
      {folded && (
        <button type="button" className="ghost" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString('en-US')} characters
        </button>
      )}
    </figure>
  );
}

function paint(text: string) {
  const parts: { at: number; className?: string; text: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    if (match.index > end) parts.push({ at: end, text: text.slice(end, match.index) });
    const className = match[2] ? 'json-name' : match[1] ? 'json-text' : 'json-number';
    parts.push({ at: match.index, className, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ at: end, text: text.slice(end) });
  return parts.map((part) =>
    part.className ? (
      <span key={part.at} className={part.className}>
        {part.text}
      </span>
    ) : (
      <Fragment key={part.at}>{part.text}</Fragment>
    ),
  );
}

// Input files: dropped or chosen, named as the plan will call them; small texts travel inline, all else as artifacts.
import { type DragEvent, useId, useRef, useState } from 'react';
import { api, type NewInput } from '../../api.ts';
import type { FieldError } from '../../lib/check-draft.ts';
import { formatBytes } from '../../lib/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { Faults } from './fields.tsx';

export type Picked = { name: string; file: File };
type Props = { files: Picked[]; faults: FieldError[]; onChange: (files: Picked[]) => void };

const inlineBytesMax = 64 * 1024;
const fileBytesMax = 100 * 1024 * 1024;
const filesMax = 20;
const plainName = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;
const MEDIA_TYPES: Record<string, string> = {
  csv: 'text/csv',
  json: 'application/json',
  md: 'text/markdown',
  txt: 'text/plain',
  tsv: 'text/tab-separated-values',
  yaml: 'application/yaml',
  yml: 'application/yaml',
};

/** What is wrong with the picked files. */
export function checkInputs(files: Picked[]): FieldError[] {
  const names = files.map(({ name }) => name);
  const many =
    files.length > filesMax ? [{ path: 'inputs', expected: `at most ${filesMax} files`, got: `${files.length}` }] : [];
  const each = files.flatMap(({ name, file }, n): FieldError[] => {
    const path = `inputs[${n}].name`;
    if (!plainName.test(name))
      return [{ path, expected: 'a plain name: letters, digits, spaces and . _ -', got: JSON.stringify(name) }];
    if (names.indexOf(name) < n) return [{ path, expected: 'a name used only once', got: JSON.stringify(name) }];
    return file.size > fileBytesMax
      ? [{ path: `inputs[${n}]`, expected: 'at most 100 MB', got: formatBytes(file.size) }]
      : [];
  });
  return [...many, ...each];
}

function mediaTypeOf(file: File): string | undefined {
  const said = file.type.split(';')[0]!.trim().toLowerCase();
  const ending = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  return MEDIA_TYPES[ending] ?? (said || undefined);
}

/** A picked file as the server takes it. Only text that is whole and valid UTF-8 may travel inline. */
export async function toInput({ name, file }: Picked): Promise<NewInput> {
  const mediaType = mediaTypeOf(file);
  if (file.size <= inlineBytesMax) {
    try {
      return {
        name,
        mediaType,
        content: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer()),
      };
    } catch {
      // Not text: it goes the way of large files.
    }
  }
  return { name, mediaType, artifactId: await api.upload(file, mediaType) };
}

export function Files({ files, faults, onChange }: Props) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const add = (list: FileList | null): void =>
    onChange([...files, ...[...(list ?? [])].map((file) => ({ name: file.name.replace(/\.[^.]+$/, ''), file }))]);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  return (
    <fieldset className="field">
      <legend className="label">
        Input files <span className="hint">optional</span>
      </legend>
      {files.map((picked, n) => (
        <FileLine
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be picked twice, and its name is edited in place
          key={n}
          picked={picked}
          onName={(name) => onChange(files.map((each, m) => (m === n ? { ...each, name } : each)))}
          onRemove={() => onChange(files.filter((_, m) => m !== n))}
        />
      ))}
      <button
        type="button"
        className={`drop${over ? ' drop-over' : ''}`}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="file" />
        <span>
          Drop files here or <u>choose</u>
        </span>
        <span className="hint">CSV, JSON, text … up to 100 MB each</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Choose input files"
        onChange={(event) => {
          add(event.target.files);
          event.target.value = '';
        }}
      />
      <Faults id={`${id}-faults`} faults={faults} />
    </fieldset>
  );
}

function FileLine({
  picked,
  onName,
  onRemove,
}: {
  picked: Picked;
  onName: (name: string) => void;
  onRemove: () => void;
}) {
  return (
    <div className="file-line">
      <Icon name="file" />
      <label className="file-name">
        <span className="hidden">Name of {picked.file.name}</span>
        <input type="text" value={picked.name} spellCheck={false} onChange={(event) => onName(event.target.value)} />
      </label>
      <span className="muted clip grow">{picked.file.name}</span>
      <span className="muted num">{formatBytes(picked.file.size)}</span>
      <button type="button" className="ghost square" aria-label={`Remove ${picked.file.name}`} onClick={onRemove}>
        <Icon name="cross" size={14} />
      </button>
    </div>
  );
}

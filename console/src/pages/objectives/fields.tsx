// The plain fields of the submit form, and how a field says what is wrong with it.
import { type ReactNode, useId } from 'react';
import { type FieldError, textCharactersMax } from '../../lib/check-draft.ts';
import { Icon } from '../../parts/icon.tsx';

type FieldProps<T> = { value: T; faults: FieldError[]; onChange: (value: T) => void };

/** The faults of a field: path when it is deeper, what was expected, what was there. */
export function Faults({ id, faults, shownMost = 5 }: { id: string; faults: FieldError[]; shownMost?: number }) {
  return (
    <div id={id} className="faults" aria-live="polite">
      {faults.slice(0, shownMost).map((fault) => (
        <p key={`${fault.path} ${fault.expected}`} className="field-problem">
          <Icon name="alert" size={14} />
          <span>
            {/[.[]/.test(fault.path) && <code>{fault.path}</code>} Expected {fault.expected}
            {fault.got && fault.got !== 'nothing' && <span className="muted"> · got {fault.got}</span>}
          </span>
        </p>
      ))}
      {faults.length > shownMost && <p className="muted">and {faults.length - shownMost} more</p>}
    </div>
  );
}

export function TextField({ value, faults, onChange }: FieldProps<string>) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        Objective
      </label>
      <textarea
        id={id}
        rows={3}
        value={value}
        // biome-ignore lint/a11y/noAutofocus: the page exists for this field
        autoFocus
        aria-invalid={faults.length > 0}
        aria-describedby={`${id}-faults`}
        placeholder="Increase the net promoter score of our shop by 5 % this quarter"
        onChange={(event) => onChange(event.target.value)}
      />
      {value.length > textCharactersMax - 300 && (
        <p className="hint num">
          {value.length} of {textCharactersMax} characters
        </p>
      )}
      <Faults id={`${id}-faults`} faults={faults} />
    </div>
  );
}

export function ImpactField({ value, faults, onChange }: FieldProps<number>) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        Impact <span className="hint">1–10</span>
      </label>
      <div className="impact">
        <input
          id={id}
          type="range"
          min={1}
          max={10}
          step={1}
          value={value}
          aria-describedby={`${id}-faults`}
          onChange={(event) => onChange(event.target.valueAsNumber)}
        />
        <output className="num" htmlFor={id}>
          {value}
        </output>
      </div>
      <Faults id={`${id}-faults`} faults={faults} />
    </div>
  );
}

const URGENCIES = ['minutes', 'hours', 'days'];

export function UrgencyField({ value, faults, onChange }: FieldProps<string>) {
  const id = useId();
  return (
    <fieldset className="field">
      <legend className="label">Urgency</legend>
      <div className="segments">
        {URGENCIES.map((each) => (
          <label key={each}>
            <input type="radio" name={id} value={each} checked={value === each} onChange={() => onChange(each)} />
            <span>{each}</span>
          </label>
        ))}
      </div>
      <Faults id={`${id}-faults`} faults={faults} />
    </fieldset>
  );
}

export function BudgetField({ value, faults, onChange }: FieldProps<string>) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        Budget <span className="hint">US dollars, optional</span>
      </label>
      <Prefixed prefix="$">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          className="num"
          value={value}
          placeholder="0.00"
          aria-invalid={faults.length > 0}
          aria-describedby={`${id}-faults`}
          onChange={(event) => onChange(event.target.value)}
        />
      </Prefixed>
      <Faults id={`${id}-faults`} faults={faults} />
    </div>
  );
}

function Prefixed({ prefix, children }: { prefix: string; children: ReactNode }) {
  return (
    <div className="prefixed">
      <span aria-hidden="true">{prefix}</span>
      {children}
    </div>
  );
}

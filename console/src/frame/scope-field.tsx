// What a kill stops: everything, a room, an objective or an agent; the parts that are known are suggested.
import { useId } from 'react';
import { ROOMS, SCOPE_KINDS, type ScopeKind } from '../lib/kill-scope.ts';
import { useAgents, useFewObjectives, usePagedItems } from '../queries.ts';

type Props = {
  kind: ScopeKind;
  part: string;
  valid: boolean;
  onKind: (kind: ScopeKind) => void;
  onPart: (part: string) => void;
};
const WORDS: Record<ScopeKind, string> = {
  everything: 'Everything',
  room: 'Room',
  objective: 'Objective',
  agent: 'Agent',
};
const EXPECTED = {
  room: 'the name of a room, such as objectives',
  objective: 'the id of an objective, such as obj_01J…',
  agent: 'the id of an agent, such as agt_writer',
};

export function ScopeField({ kind, part, valid, onKind, onPart }: Props) {
  const id = useId();
  return (
    <>
      <fieldset className="field">
        <legend className="label">Scope</legend>
        <div className="segments">
          {SCOPE_KINDS.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name={id}
                checked={kind === each}
                onChange={() => {
                  onKind(each);
                  onPart('');
                }}
              />
              <span>{WORDS[each]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {kind !== 'everything' && (
        <div className="field">
          <label className="label" htmlFor={`${id}-part`}>
            {WORDS[kind]}
          </label>
          <input
            id={`${id}-part`}
            type="text"
            className="mono"
            value={part}
            list={`${id}-known`}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={part !== '' && !valid}
            aria-describedby={`${id}-expected`}
            onChange={(event) => onPart(event.target.value)}
          />
          <span id={`${id}-expected`} className={part !== '' && !valid ? 'field-problem' : 'hint'}>
            Expected {EXPECTED[kind]}
          </span>
          <datalist id={`${id}-known`}>
            {kind === 'room' && ROOMS.map((room) => <option key={room} value={room} />)}
            {kind === 'objective' && <Objectives />}
            {kind === 'agent' && <Agents />}
          </datalist>
        </div>
      )}
    </>
  );
}

const suggestedMost = 20;

function Objectives() {
  const { data = [] } = useFewObjectives('running', suggestedMost);
  return data.map(({ objectiveId, text }) => (
    <option key={objectiveId} value={objectiveId}>
      {text}
    </option>
  ));
}

function Agents() {
  const { items } = usePagedItems(useAgents());
  return items.map(({ agentId, title }) => (
    <option key={agentId} value={agentId}>
      {title}
    </option>
  ));
}

// What a program in the sandbox finds there. It runs inside, before the program, and holds no way out: plain data only.

/**
 * Evaluates to a function that takes the call as JSON text and returns three more: what describes an error, what puts
 * the end into JSON, and what gives the lines so far. They keep the built-ins that they need, so that a program that
 * changes those harms nobody but itself.
 */
export const PRELUDE = `(setup) => {
  'use strict';
  const { parse, stringify } = JSON;
  const { String, Object, Error, Map, Array } = globalThis;
  const { freeze, fromEntries, defineProperty } = Object;
  const { input, results, files, linesMax, lineCharactersMax } = parse(setup);
  const stored = new Map(Object.entries(files));
  const written = new Map();
  const lines = [];
  const textOf = (value) => {
    try {
      if (typeof value === 'string') return value;
      return String(stringify(value) ?? String(value));
    } catch { return '[unprintable]'; }
  };
  const say = (...values) => {
    if (lines.length >= linesMax) return;
    lines.push(values.map(textOf).join(' ').slice(0, lineCharactersMax));
  };
  const named = (name) => {
    if (typeof name !== 'string' || !/^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$/.test(name))
      throw new Error('A file has a plain name without folders');
    return name;
  };
  const give = (name, value) => defineProperty(globalThis, name, { value, writable: false, configurable: false });
  give('input', input);
  give('results', results);
  give('console', freeze({ log: say, info: say, debug: say, warn: say, error: say }));
  give('files', freeze({
    list: () => [...stored.keys()],
    has: (name) => stored.has(named(name)),
    read: (name) => {
      if (!stored.has(named(name))) throw new Error('There is no file ' + name);
      return stored.get(name);
    },
    write: (name, text) => {
      stored.set(named(name), String(text));
      written.set(name, stored.get(name));
    },
  }));
  const describe = (error) => {
    try {
      const { name, message } = error;
      return stringify([String(name), String(message)].map((text) => text.slice(0, 1000)));
    } catch { return '["Error","it threw something that cannot be read"]'; }
  };
  const finish = (result) =>
    stringify({ result: result === undefined ? null : result, files: fromEntries([...written]), lines });
  return [describe, finish, () => stringify(lines)];
}`;

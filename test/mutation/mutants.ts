// Every small mistake that somebody could make in a file, all of them in one text: `__mutant(n)` says which one is live.
// Pure; positions are those of the file as it is written, because types are blanked out, not removed.
import { stripTypeScriptTypes } from 'node:module';
import { parseAst } from 'vite';

export type Mutant = { id: number; line: number; was: string; becomes: string };
export type Mutated = { code: string; mutants: Mutant[] };

type Node = { type: string; start: number; end: number; [field: string]: unknown };
type Edit = { start: number; end: number; texts: { id: number; text: string }[] };

const COMPARED: Record<string, string[]> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
};
const LOGICAL: Record<string, string[]> = { '&&': ['||'], '||': ['&&'], '??': ['&&'] };
const METHODS: Record<string, string> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};
/** Taking these away leaves the value they were called on. */
const DROPPED = new Set(['filter', 'sort', 'toSorted', 'slice', 'reverse', 'toReversed', 'trim', 'toLowerCase']);
const KIND = /^[a-z][a-zA-Z_]*$/;

/** Reasons for people and zod schemas are left alone: what is told is not what is decided. */
export function mutate(source: string): Mutated {
  const code = stripTypeScriptTypes(source, { mode: 'strip' });
  const edits: Edit[] = [];
  const mutants: Mutant[] = [];
  const textOf = ({ start, end }: Node): string => code.slice(start, end);
  const add = (node: Node, texts: string[]): void => {
    const line = code.slice(0, node.start).split('\n').length;
    const made = texts.map((text) => {
      const id = mutants.length;
      mutants.push({ id, line, was: short(textOf(node)), becomes: short(text) });
      return { id, text };
    });
    if (made.length > 0) edits.push({ start: node.start, end: node.end, texts: made });
  };
  visit(parseAst(code) as unknown as Node, (node, place) => add(node, textsFor(node, place, textOf)));
  return { code: `${rendered(code, edits)}`, mutants };
}

type Place = { parent?: Node; field?: string };

function textsFor(node: Node, place: Place, textOf: (node: Node) => string): string[] {
  const own = (OWN_TEXTS[node.type] ?? (() => []))(node, place, textOf);
  return [...own, ...testTexts(place)];
}

/** What is decided by: always so, or never; a loop only never, or it would not end. */
function testTexts({ parent, field }: Place): string[] {
  if (field !== 'test' || parent === undefined || parent.type === 'SwitchCase') return [];
  return /^(While|DoWhile|For)Statement$/.test(parent.type) ? ['false'] : ['true', 'false'];
}

const OWN_TEXTS: Record<string, (node: Node, place: Place, textOf: (node: Node) => string) => string[]> = {
  BinaryExpression: (node, _, textOf) =>
    isText(node.left as Node) || isText(node.right as Node)
      ? comparedText(node, textOf)
      : otherwise(node, COMPARED, textOf),
  LogicalExpression: (node, _, textOf) => otherwise(node, LOGICAL, textOf),
  UnaryExpression: ({ operator, argument }, _, textOf) => {
    if (operator === '!') return [textOf(argument as Node)];
    return operator === '-' ? [`+${textOf(argument as Node)}`] : [];
  },
  Literal: literalTexts,
  CallExpression: (node, _, textOf) => callTexts(node, textOf),
  ArrayExpression: ({ elements }) => ((elements as unknown[]).length > 0 ? ['[]'] : []),
  ExpressionStatement: ({ directive }) => (directive === undefined ? [''] : []),
};

const otherwise = ({ operator, left, right }: Node, others: Record<string, string[]>, textOf: (node: Node) => string) =>
  (others[String(operator)] ?? []).map((other) => `(${textOf(left as Node)}) ${other} (${textOf(right as Node)})`);

/** A text is not added up with anything but a text. */
const comparedText = (node: Node, textOf: (node: Node) => string): string[] =>
  /^[!=]==$/.test(String(node.operator)) ? otherwise(node, COMPARED, textOf) : [];

function literalTexts({ value }: Node, { parent, field }: Place): string[] {
  if (typeof value === 'boolean') return [String(!value)];
  if (typeof value === 'number') return [`${value + 1}`];
  if (typeof value !== 'string' || !KIND.test(value)) return [];
  const isCompared = parent?.type === 'BinaryExpression';
  const isNamed = field === 'source' || parent?.type === 'ImportExpression';
  return isCompared || isNamed ? [] : ["''"];
}

function callTexts({ callee, arguments: given }: Node, textOf: (node: Node) => string): string[] {
  const { type, property, object } = callee as Node;
  const name = type === 'MemberExpression' ? String((property as Node).name) : '';
  const rest = () => `(${(given as Node[]).map(textOf).join(', ')})`;
  if (Object.hasOwn(METHODS, name)) return [`${textOf(object as Node)}.${METHODS[name]}${rest()}`];
  return DROPPED.has(name) ? [textOf(object as Node)] : [];
}

const isText = ({ type, value }: Node): boolean => type === 'TemplateLiteral' || typeof value === 'string';
const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 100);

/** Calls back with what can be changed: neither names, keys of objects and imports, nor schemata of zod. */
function visit(node: Node, call: (node: Node, place: Place) => void, place: Place = {}): void {
  if (isSchema(node) || /^(Import|Export(All|Specifier))/.test(node.type)) return;
  if (node.type !== 'Program') call(node, place);
  for (const [field, value] of Object.entries(node)) {
    if (field === 'key' && !node.computed) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof (child as Node | null)?.type !== 'string') continue;
      visit(child as Node, call, { parent: node, field });
    }
  }
}

const isSchema = ({ type, callee }: Node): boolean => {
  let inner = type === 'CallExpression' ? (callee as Node) : undefined;
  while (inner?.type === 'MemberExpression' || inner?.type === 'CallExpression')
    inner = (inner.type === 'MemberExpression' ? inner.object : inner.callee) as Node;
  return inner?.name === 'z';
};

/** The text with all mutants in it; those within a node are only in its original. */
function rendered(code: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  let next = 0;
  const part = (start: number, end: number): string => {
    let text = '';
    let at = start;
    while (next < inOrder.length && (inOrder[next] as Edit).start < end) {
      const edit = inOrder[next++] as Edit;
      text += code.slice(at, edit.start);
      const inner = part(edit.start, edit.end);
      const isStatement = edit.texts.some(({ text: one }) => one === '');
      const { id } = edit.texts[0] as { id: number };
      text += isStatement ? `{ if (!__mutant(${id})) { ${inner} } }` : choice(edit.texts, inner);
      at = edit.end;
    }
    return text + code.slice(at, end);
  };
  return part(0, code.length);
}

const choice = (texts: Edit['texts'], original: string): string =>
  `(${texts.map(({ id, text }) => `__mutant(${id}) ? (${text}) : `).join('')}(${original}))`;

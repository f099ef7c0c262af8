// The capability report.write: puts the findings of earlier tasks together. Every figure in it comes from a finding.
import * as z from 'zod';
import type { Work } from '../agent.ts';
import { PermanentTaskError } from '../errors.ts';
import { parametersOf } from '../parameters.ts';
import { bullets, markdownTable, plain } from './markdown.ts';
import { Section } from './section.ts';

const figuresPerSection = 3;
const dataCharactersMax = 2_000;
const reportCharactersMax = 200_000;

export type Report = { kind: 'report' | 'brief'; title: string; markdown: string };

/** Findings with a section become chapters in the order of the task's dependencies; other results are shown as data. */
export function writeReport({ parameters, dependencies, objective }: Work): Report {
  const { title = 'Report' } = parametersOf(z.object({ title: z.string().optional() }), parameters);
  const findings = Object.values(dependencies).map(({ title: name, result }) => ({
    name,
    result,
    section: sectionIn(result),
  }));
  if (findings.length === 0) throw new PermanentTaskError('A report needs findings: the task depends on no other task');
  const sections = findings.flatMap(({ section }) => section ?? []);
  const others = findings.filter(({ section }) => !section);
  const parts = [
    `# ${plain(title)}`,
    `Objective: ${plain(objective.text)}`,
    summary(sections),
    ...sections.map(chapter),
    ...others.map(({ name, result }) => `## ${plain(name)}\n\n${dataBlock(result)}`),
    lines(
      'How this was computed',
      sections.flatMap(({ method }) => method),
    ),
    lines(
      'Limits',
      sections.flatMap(({ title: name, limits }) => limits.map((limit) => `${name}: ${limit}`)),
    ),
  ];
  return {
    kind: 'report',
    title,
    markdown: `${parts.filter((part) => part !== '').join('\n\n')}\n`.slice(0, reportCharactersMax),
  };
}

function sectionIn(result: unknown): Section | undefined {
  return z.object({ section: Section }).safeParse(result).data?.section;
}

function summary(sections: Section[]): string {
  const figures = sections.flatMap((section) => section.figures.slice(0, figuresPerSection));
  if (figures.length === 0) return '';
  return `## In short\n\n${figures.map(({ label, value }) => `- ${plain(label)}: **${plain(value)}**`).join('\n')}`;
}

function chapter({ title, figures, tables, notes = [], limits }: Section): string {
  const rest = figures.slice(figuresPerSection).map(({ label, value }) => `${label}: ${value}`);
  const isEmpty = figures.length + tables.length + notes.length === 0;
  const parts = [
    `## ${plain(title)}`,
    bullets(rest),
    ...tables.map(({ title: name, columns, rows }) => `**${plain(name)}**\n\n${markdownTable(columns, rows)}`),
    bullets(notes),
    isEmpty ? bullets(limits) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function dataBlock(result: unknown): string {
  const text = JSON.stringify(result, null, 2) ?? 'null';
  const clipped = text.length > dataCharactersMax ? `${text.slice(0, dataCharactersMax)}\n… (clipped)` : text;
  return `\`\`\`\`json\n${clipped.replaceAll('````', "''''")}\n\`\`\`\``;
}

const lines = (title: string, items: string[]): string =>
  items.length === 0 ? '' : `## ${title}\n\n${bullets([...new Set(items)])}`;

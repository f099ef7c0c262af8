// Text that came from data, made safe for Markdown: it can neither format nor break the report.

/** One line, with everything that Markdown or HTML would act on escaped. */
export const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>|~&@]/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/^-(?=[- ]*$)|^(#+|[+-]|\d+(?=[.)]))(?=[.)]?(\s|$))/, (start) =>
      /^\d/.test(start) ? `${start}\\` : `\\${start}`,
    );

/** A table; columns of numbers are set to the right. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = (index: number) =>
    rows.length > 0 && rows.every((row) => /^(–|-?\d[\d.]*( %)?)$/.test(row[index] ?? ''));
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  const rule = `|${columns.map((_, index) => (isNumeric(index) ? ' ---: ' : ' --- ')).join('|')}|`;
  return [line(columns), rule, ...rows.map((row) => line(columns.map((_, index) => row[index] ?? '')))].join('\n');
}

export const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${plain(line)}`).join('\n');

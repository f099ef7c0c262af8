// One spelling for a thing wherever it appears: file names in kebab-case, construct ids and states in PascalCase.

/** `settle-task` → `SettleTask` */
export const pascal = (kebab: string): string =>
  kebab.replace(/(^|-)([a-z0-9])/g, (_whole, _dash, letter: string) => letter.toUpperCase());

/** `SettleTask` → `settle-task` */
export const kebab = (pascalName: string): string =>
  pascalName.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '-') + letter.toLowerCase());

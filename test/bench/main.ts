// npm run bench: prints each figure as a JSON line on stdout as it is known, and all of them as a table on stderr.
import { ensureAssembly } from '../../bin/build.ts';
import { tableLines } from '../../bin/cli/terminal.ts';
import {
  countMeasures,
  dagMeasures,
  type Figure,
  fullSizes,
  quickSizes,
  safetyMeasures,
  startMeasures,
} from './measures.ts';

const known = ['--quick', '--only=start', '--only=safety', '--only=dag', '--only=count'];
const args = process.argv.slice(2);
const unknown = args.find((arg) => !known.includes(arg));
if (unknown) {
  console.error(`Unknown argument ${unknown}; known: ${known.join(' ')}`);
  process.exit(2);
}

const sizes = args.includes('--quick') ? quickSizes : fullSizes;
const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
const assembly = only === 'safety' ? '' : await ensureAssembly();
const measures = {
  start: () => startMeasures(sizes),
  safety: () => safetyMeasures(sizes),
  dag: () => dagMeasures(assembly, sizes),
  count: () => countMeasures(assembly, sizes),
};

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(measures)) {
  if (only && only !== name) continue;
  console.error(`measuring: ${name} …`);
  for (const figure of await measure()) {
    figures.push(figure);
    console.log(JSON.stringify(figure));
  }
}

const rows = figures.map(({ measure, value, unit, target, repeats }) => [
  measure,
  `${value}`,
  unit,
  target ?? '',
  (repeats ?? []).join(' '),
]);
for (const line of tableLines(['measure', 'median', 'unit', 'target', 'repeats'], rows)) console.error(line);

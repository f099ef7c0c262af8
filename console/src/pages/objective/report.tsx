// The result of an objective: its report as clean Markdown, single figures as tiles, the rest as data.
import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useMemo } from 'react';
import type { Objective } from '../../api.ts';
import { labelOf, type Report as Parts, readReport } from '../../lib/report-text.ts';
import { isOpen } from '../../lib/states.ts';
import { copyText } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Json } from '../../parts/json.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { Empty } from '../../parts/tile.tsx';

// A report is text from agents: no pictures, forms or styles, so that reading it asks no other host for anything.
const ALLOWED_TAGS =
  'h1 h2 h3 h4 h5 h6 p br hr ul ol li strong em del code pre blockquote a table thead tbody tr th td sup sub'.split(
    ' ',
  );
const purify = DOMPurify(window);
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
});

export default function Report({ objective }: { objective: Objective }) {
  const report = useMemo(() => readReport(objective.result), [objective.result]);
  if (!report) return <NoReport open={isOpen(objective.status)} />;
  return (
    <>
      <Toolbar report={report} objective={objective} />
      {report.figures.length > 0 && (
        <dl className="report-figures">
          {report.figures.map(([name, value]) => (
            <div key={name}>
              <dt>{labelOf(name)}</dt>
              <dd className="num">
                {typeof value === 'number'
                  ? value.toLocaleString('en-US', { maximumFractionDigits: 4 })
                  : String(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {report.markdown && <Markdown text={report.markdown} />}
      {report.rest !== undefined && (
        <details className="report-data" open={!report.markdown}>
          <summary>Data of the result</summary>
          <Json value={report.rest} label="Data of the result" />
        </details>
      )}
    </>
  );
}

function Markdown({ text }: { text: string }) {
  const html = useMemo(
    () =>
      purify.sanitize(marked.parse(text, { gfm: true, async: false }), {
        ALLOWED_TAGS,
        ALLOWED_ATTR: ['href', 'title', 'align', 'start'],
        ALLOW_DATA_ATTR: false,
      }),
    [text],
  );
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised above to a short list of tags
  return <article className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}

function Toolbar({ report, objective }: { report: Parts; objective: Objective }) {
  const text = report.markdown ?? JSON.stringify(objective.result, null, 2);
  const ending = report.markdown ? 'md' : 'json';
  return (
    <div className="report-tools">
      <button type="button" onClick={() => saveFile(`${objective.objectiveId}.${ending}`, text)}>
        <Icon name="download" /> Download .{ending}
      </button>
      <button type="button" className="ghost" onClick={() => void copyText(text, 'the report')}>
        <Icon name="copy" /> Copy
      </button>
    </div>
  );
}

function NoReport({ open }: { open: boolean }) {
  return (
    <Empty icon="file" title={open ? 'No result yet' : 'There is no result'}>
      {open
        ? 'When the last task is done, its report can be read and downloaded here.'
        : 'The objective ended before its last task was done. What single tasks found is in the task graph.'}
    </Empty>
  );
}

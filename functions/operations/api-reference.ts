// A readable page of the OpenAPI document, without scripts and without any other host. Pure.
type Operation = {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: unknown;
  responses?: Record<string, { description?: string }>;
};
type Document = {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
};

const STYLE = `body{font:14px/20px system-ui,sans-serif;max-width:860px;margin:32px auto;padding:0 16px;color:#1c1f24;background:#fff}
code,pre{font-family:ui-monospace,monospace}h1{font-size:22px}h2{font-size:16px;margin-top:32px;border-top:1px solid #d9dce1;padding-top:16px}
.verb{display:inline-block;min-width:60px;font-weight:600}pre{background:#f4f5f7;padding:12px;border-radius:8px;overflow:auto;max-height:320px}
table{border-collapse:collapse}td{padding:2px 16px 2px 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#14161a}pre{background:#1e2127}h2{border-color:#33373e}}`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** HTML of every route: what it is for, what it takes and what it answers. */
export function referencePage({ info, paths }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => section(path, verb, operation)),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(info.title)} API</title><style>${STYLE}</style></head>
<body><h1>${escaped(info.title)} API ${escaped(info.version)}</h1><p>${escaped(info.description ?? '')}</p><p>The same as a machine reads it: <a href="openapi.json">openapi.json</a></p>${operations.join('')}</body></html>`;
}

function section(
  path: string,
  verb: string,
  { summary = '', parameters = [], requestBody, responses = {} }: Operation,
): string {
  const taken = parameters.map(
    ({ name, in: place, required }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${place}${required ? ', required' : ''}</td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description = '' }]) => `<tr><td>${status}</td><td>${escaped(description)}</td></tr>`,
  );
  const body = requestBody
    ? `<details><summary>Body</summary><pre>${escaped(JSON.stringify(requestBody, null, 2))}</pre></details>`
    : '';
  return `<h2><span class="verb">${verb.toUpperCase()}</span><code>${escaped(path)}</code></h2><p>${escaped(summary)}</p><table>${taken.join('')}</table>${body}<table>${answers.join('')}</table>`;
}

// The addresses of the console, and which page an id belongs to.

export type Route =
  | { page: 'overview' }
  | { page: 'objectives' }
  | { page: 'submit' }
  | { page: 'objective'; id: string; task?: string }
  | { page: 'agents' }
  | { page: 'decisions' }
  | { page: 'decision'; id: string }
  | { page: 'limits' }
  | { page: 'audit'; q?: string }
  | { page: 'stages' }
  | { page: 'settings' }
  | { page: 'kills' }
  | { page: 'kill'; id: string }
  | { page: 'missing' };

const LISTS = ['objectives', 'agents', 'decisions', 'limits', 'audit', 'stages', 'settings', 'kills'] as const;
const isList = (name: string | undefined): name is (typeof LISTS)[number] => LISTS.some((each) => each === name);

/** The page of a path; `missing` for one that there is not. */
export function parseRoute(path: string): Route {
  const parts = path.split('/').filter(Boolean).map(decode);
  const [first, second] = parts;
  if (parts.length === 0) return { page: 'overview' };
  if (parts.length === 1 && isList(first)) return { page: first };
  if (parts.length === 2 && second && first === 'decisions') return { page: 'decision', id: second };
  if (parts.length === 2 && second && first === 'kills') return { page: 'kill', id: second };
  if (parts.length === 2 && first === 'objectives' && second)
    return second === 'new' ? { page: 'submit' } : { page: 'objective', id: second };
  return { page: 'missing' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The path of a page. */
export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'objectives':
    case 'agents':
    case 'stages':
    case 'settings':
    case 'decisions':
    case 'limits':
    case 'kills':
      return `/${route.page}`;
    case 'audit':
      return route.q ? `/audit?q=${encodeURIComponent(route.q)}` : '/audit';
    case 'decision':
    case 'kill':
      return `/${route.page}s/${encodeURIComponent(route.id)}`;
    case 'submit':
      return '/objectives/new';
    case 'objective':
      return `/objectives/${encodeURIComponent(route.id)}${route.task ? `?task=${encodeURIComponent(route.task)}` : ''}`;
    default:
      return '/';
  }
}

/** Where an id leads: objectives, decisions and kills to their page, tasks to their objective, anything else to the audit. */
export function routeOfId(text: string): Route | undefined {
  const id = text.trim();
  if (/^obj_[0-9A-Z]{6,}$/i.test(id)) return { page: 'objective', id };
  const task = /^tsk_([0-9A-Z]{6,})_\d+$/i.exec(id);
  if (task) return { page: 'objective', id: `obj_${task[1]}`, task: id };
  if (/^agt_[\w-]+$/.test(id)) return { page: 'agents' };
  if (/^dec_[\w-]{6,}$/.test(id)) return { page: 'decision', id };
  if (/^kil_[\w-]{6,}$/.test(id)) return { page: 'kill', id };
  if (/^(aud|eff|art|ent)_[\w-]+$/.test(id)) return { page: 'audit', q: id };
  return undefined;
}

// Routing by path: the few pages there are, a link that does not reload, and query values that live in the URL.
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';
import { hrefOf, parseRoute, type Route } from './lib/routes.ts';

const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};
addEventListener('popstate', tell);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Goes to a page. `keepPlace` for changes inside a page (a filter, an opened drawer), which must not scroll. */
export function go(href: string, { replace = false, keepPlace = false } = {}): void {
  if (href === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  if (!keepPlace) scrollTo(0, 0);
  tell();
}

export const goTo = (route: Route): void => go(hrefOf(route));

export function useRoute(): Route {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  return parseRoute(path);
}

/** A value of the URL's query and a setter; an empty value leaves the URL. */
export function useQueryValue(name: string): [string, (value: string) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const value = new URLSearchParams(search).get(name) ?? '';
  const set = (next: string): void => {
    const values = new URLSearchParams(location.search);
    if (next) values.set(name, next);
    else values.delete(name);
    const text = values.toString();
    go(location.pathname + (text ? `?${text}` : ''), { replace: true, keepPlace: true });
  };
  return [value, set];
}

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { href: string };

/** An ordinary link; a plain click stays in the page, any other click is the browser's. */
export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}

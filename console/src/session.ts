// Who is signed in: the token lives in this tab's sessionStorage, never in a URL, and is gone when the tab closes.
import { useSyncExternalStore } from 'react';

const key = 'lazyark.token';
type Session = { token: string; notice?: string };

let session: Session = { token: sessionStorage.getItem(key) ?? '' };
const listeners = new Set<() => void>();

function change(next: Session): void {
  session = next;
  if (next.token) sessionStorage.setItem(key, next.token);
  else sessionStorage.removeItem(key);
  for (const listener of listeners) listener();
}

export const sessionToken = (): string => session.token;
export const signIn = (token: string): void => change({ token });

/** Forgets the token; `notice` is shown above the login form. Only the first reason counts. */
export function signOut(notice?: string): void {
  if (session.token) change({ token: '', notice });
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

// Signing in: a token is typed, tried once, and kept in this tab only.
import { type FormEvent, useState } from 'react';
import { ApiProblem, api } from '../api.ts';
import { copyText } from '../parts/copy.tsx';
import { Icon, Mark } from '../parts/icon.tsx';
import { signIn } from '../session.ts';

/** What may stand in a header. */
const writable = /^[\x21-\x7e]+$/;
const showToken = 'cat .lazyark/operator-token';

export function Login({ notice }: { notice?: string }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const [trying, setTrying] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!writable.test(token.trim()))
      return setProblem('This is not a token: it holds characters that a token cannot have.');
    setTrying(true);
    setProblem('');
    try {
      await api.status(undefined, token.trim());
      signIn(token.trim());
    } catch (error) {
      setProblem(explain(error));
      setTrying(false);
    }
  };
  return (
    <div className="login">
      <form className="login-card" onSubmit={submit}>
        <Mark size={40} />
        <h1>Sign in to LazyArk</h1>
        {notice && !problem && (
          <p className="inline-note tone-amber" role="status">
            <Icon name="alert" />
            {notice}
          </p>
        )}
        <label className="field">
          <span className="label">Operator token</span>
          <input
            type="password"
            value={token}
            // biome-ignore lint/a11y/noAutofocus: the only thing to do on this page
            autoFocus
            autoComplete="current-password"
            spellCheck={false}
            aria-invalid={problem !== ''}
            aria-describedby="login-problem"
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <p id="login-problem" className="field-problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="primary wide" disabled={!token.trim() || trying}>
          {trying ? 'Signing in…' : 'Sign in'}
        </button>
        <div className="login-help">
          <p>On this machine, the token is in the data folder:</p>
          <button type="button" className="command" onClick={() => void copyText(showToken, 'the command')}>
            <code>{showToken}</code>
            <Icon name="copy" size={14} />
          </button>
          <p>
            On AWS, it is the secret that the stack’s outputs name. It stays in this tab and is forgotten when the tab
            closes.
          </p>
        </div>
      </form>
    </div>
  );
}

function explain(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'The answer could not be read. Is this the address of LazyArk?';
  if (error.status === 401 || error.status === 403)
    return 'The server does not accept this token. Was it copied whole?';
  if (error.status === 0) return 'The server does not answer. Is it still running?';
  return `The server could not check it: ${error.message}`;
}

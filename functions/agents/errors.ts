// The two ways an agent's attempt fails on purpose. The name is what the caller sees and decides by.

/** Trying again may work: a service was busy, a download broke, the time ran out. */
export class TransientTaskError extends Error {
  override name = 'TransientTaskError';
}

/** Trying again cannot work: the data or the request is wrong. The message says what was expected. */
export class PermanentTaskError extends Error {
  override name = 'PermanentTaskError';
}

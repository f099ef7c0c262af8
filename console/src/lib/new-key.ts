// Idempotency keys: one per intention of a person, so that asking twice does it once.

/** A new idempotency key. randomUUID is missing where the page is not served from localhost or over https. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

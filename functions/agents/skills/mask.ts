// Takes out of a quotation what identifies a person: addresses, numbers, links. Better one mask too many.

const masks: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?:\/\/|www\.)\S+/giu, '[link]'],
  [/[\p{L}\p{N}._%+-]+\s?@\s?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, '[e-mail]'],
  [/(?<![\p{L}\p{N}])@[\p{L}\p{N}_]{2,}/gu, '[name]'],
  [/(?<![\p{L}\p{N}])\+?\(?\d(?:[\s()./-]{0,2}\d){5,}/gu, '[number]'],
];

/** The text with e-mail addresses, links, handles and numbers of six digits or more replaced by what they were. */
export const masked = (text: string): string =>
  masks.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), text);

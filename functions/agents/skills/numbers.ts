// Numbers in and out of tables: strict reading, and one way of rounding (half away from zero), stated where it is used.

/** The number that the text is, or undefined. `1234.5`, with `decimalComma` also `1234,5`; no thousands separators. */
export function numberIn(text: string, decimalComma = false): number | undefined {
  const plain = decimalComma ? text.trim().replace(',', '.') : text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain))
    ? Number(plain)
    : undefined;
}

/** `numerator / denominator`, both whole, to that many decimals in whole arithmetic: nothing is rounded twice. */
export function ratioText(numerator: number, denominator: number, decimals: number): string {
  const scaled = BigInt(numerator) * 10n ** BigInt(decimals);
  const below = BigInt(denominator);
  const sign = scaled < 0n ? -1n : 1n;
  const rounded = (sign * scaled * 2n + below) / (below * 2n);
  return decimalText(sign * rounded, decimals);
}

export const percentText = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${ratioText(part * 100, whole, 1)} %`;

/** A measured number to that many decimals. */
export function roundedText(value: number, decimals: number): string {
  const scale = 10 ** decimals;
  const rounded = Math.round(Number((Math.abs(value) * scale).toPrecision(15))) / scale; // 1.005 is stored as 1.00499…
  return `${value < 0 && rounded !== 0 ? '-' : ''}${rounded.toFixed(decimals)}`;
}

/** A number with no more decimals than it has, at most two. */
export const shortText = (value: number): string => (Number.isInteger(value) ? String(value) : roundedText(value, 2));

function decimalText(scaled: bigint, decimals: number): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(decimals + 1, '0');
  const whole = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return scaled < 0n ? `-${whole}` : whole;
}

// Which rows of a long table are in view.

/** First and one past the last row to hold, with a margin of rows on both sides. `topPx` is where the table begins on the screen. */
export function rowWindow(view: { topPx: number; viewPx: number; rowPx: number; count: number; margin?: number }): {
  first: number;
  last: number;
} {
  const { topPx, viewPx, rowPx, count, margin = 12 } = view;
  const first = Math.floor(-topPx / rowPx) - margin;
  const last = Math.ceil((viewPx - topPx) / rowPx) + margin;
  const from = Math.max(0, Math.min(first, count - 1));
  return { first: from, last: Math.max(from, Math.min(last, count)) };
}

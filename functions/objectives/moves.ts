// Allowed moves are a table; from the table follow the answer to a person and the condition in the database.

/** For each status, the statuses it may be left for. */
export type Moves<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

/** The statuses from which `to` may be reached: what a store puts into its condition. */
export function statusesBefore<Status extends string>(moves: Moves<Status>, to: Status): Status[] {
  return (Object.keys(moves) as Status[]).filter((from) => moves[from].includes(to));
}

export const mayMove = <Status extends string>(moves: Moves<Status>, from: Status, to: Status): boolean =>
  moves[from].includes(to);

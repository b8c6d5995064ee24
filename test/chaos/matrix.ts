/** How often each action hit a task in each state. */

/** The states in which a task is still to be driven. */
export const OPEN_STATES = ['QUEUED', 'INITIALIZING', 'RUNNING', 'CANCELING'] as const;

export type OpenState = (typeof OPEN_STATES)[number];

/** A row of the matrix: an action and what it is done to; the states in which it can be done at all. */
export interface MatrixRow {
  readonly action: string;
  readonly target: string;
  readonly states: readonly OpenState[];
}

/** The counts. */
export interface Matrix {
  readonly rows: readonly MatrixRow[];
  hit(row: MatrixRow, state: OpenState): void;
  /** Undefined for a state that does not apply. */
  hits(row: MatrixRow, state: OpenState): number | undefined;
  /** The hits of the cell of a row that was hit least, among these states. */
  least(row: MatrixRow, states?: readonly OpenState[]): number;
  /** Cells that were hit less often than that, as `action target state`. */
  missing(wanted: number): readonly string[];
}

/** A matrix of zeros. */
export function createMatrix(rows: readonly MatrixRow[]): Matrix {
  const counts = new Map<MatrixRow, Map<OpenState, number>>(
    rows.map((row) => [row, new Map(row.states.map((state) => [state, 0]))]),
  );
  const hits = (row: MatrixRow, state: OpenState): number | undefined =>
    counts.get(row)?.get(state);
  return {
    rows,
    hits,
    hit(row, state) {
      const before = hits(row, state);
      if (before !== undefined) counts.get(row)?.set(state, before + 1);
    },
    least: (row, states = row.states) =>
      Math.min(...states.map((state) => hits(row, state) ?? Infinity)),
    missing: (wanted) =>
      rows.flatMap((row) =>
        row.states
          .filter((state) => (hits(row, state) ?? wanted) < wanted)
          .map((state) => `${row.action} ${row.target} ${state}`),
      ),
  };
}

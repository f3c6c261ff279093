/** Columns for people: padded by what is seen, never wrapped. */

/** One row; the last cell is never padded. */
export type Row = readonly string[];

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Lays rows out in columns two spaces apart, indented. */
export function table(rows: readonly Row[], indent: string): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, seenWidth(cell));
    });
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - seenWidth(cell)),
    );
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

function seenWidth(text: string): number {
  return [...text.replace(ESCAPES, '')].length;
}

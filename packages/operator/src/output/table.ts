/** Text tables: columns as wide as their widest cell, numbers to the right, cut to the width of the terminal. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  /** Cut to what is left of the terminal's width; at most one column. */
  readonly flexible?: true;
}

const gap = '  ';
const narrowest = 12;

/** Terminal cells of a text; the Latvian letters take one each, also when they are written with marks. */
const widthOf = (text: string): number => [...text.normalize('NFC')].length;

const cut = (text: string, width: number): string =>
  widthOf(text) <= width ? text : `${[...text.normalize('NFC')].slice(0, width - 1).join('')}…`;

/** Lines of a table, header first. `width` is that of the terminal; without it nothing is cut. */
export function tableLines<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width?: number): string[] {
  const cells = rows.map((row) => columns.map((column) => textOf(column.value(row))));
  const numeric = columns.map((column) => rows.some((row) => typeof column.value(row) === 'number'));
  const widths = columns.map((column, at) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[at] ?? ''))),
  );
  const flexible = columns.findIndex((column) => column.flexible);
  const total = widths.reduce((sum, each) => sum + each, 0) + gap.length * (columns.length - 1);
  if (width !== undefined && flexible >= 0 && total > width) {
    widths[flexible] = Math.max(narrowest, (widths[flexible] ?? 0) - (total - width));
  }
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => padded(cut(text, widths[at] ?? 0), widths[at] ?? 0, numeric[at] ?? false))
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)];
}

const textOf = (value: string | number | null | undefined): string =>
  typeof value === 'number' ? value.toLocaleString('en-GB') : (value ?? '–');

const padded = (text: string, width: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
};

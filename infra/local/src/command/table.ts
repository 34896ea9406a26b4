/** Columns wide enough for their longest cell; columns of numbers are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title, index) => [title, ...rows.map((row) => row[index] ?? '')]);
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => [...cell].length)));
  const numeric = columns.map((cells) => cells.length > 1 && cells.slice(1).every((cell) => /^[\d.,–%]*$/.test(cell)));
  const line = (cells: readonly string[]): string =>
    head
      .map((_, index) => {
        const cell = cells[index] ?? '';
        const padding = ' '.repeat((widths[index] ?? 0) - [...cell].length);
        return numeric[index] ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  const rule = widths
    .map((width) => '─'.repeat(width))
    .join('  ')
    .trimEnd();
  return [line(head), rule, ...rows.map(line)].join('\n');
}

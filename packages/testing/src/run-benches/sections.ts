/** A Markdown page as what stands before its first `## ` and its sections, by heading. */
export interface Page {
  readonly opening: string;
  readonly sections: ReadonlyMap<string, string>;
}

const HEADING = /^## (.+)$/;

/** Cuts a page at its headings of the second level. */
export function cut(text: string): Page {
  const opening: string[] = [];
  const sections = new Map<string, string[]>();
  let current = opening;
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line)?.[1];
    if (heading) {
      current = [];
      sections.set(heading, current);
    }
    current.push(line);
  }
  const joined = [...sections].map(([heading, lines]) => [heading, lines.join('\n').trim()] as const);
  return { opening: opening.join('\n').trim(), sections: new Map(joined) };
}

/** Puts what was measured now in the place of what was measured before; the rest of the page stays. */
export function replaceSections(page: string, opening: string, measured: string): string {
  const sections = new Map([...cut(page).sections, ...cut(measured).sections]);
  return `${[opening.trim(), ...sections.values()].join('\n\n')}\n`;
}

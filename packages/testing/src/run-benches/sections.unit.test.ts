import { expect, test } from 'vitest';
import { cut, replaceSections } from './sections.ts';

const page = `# Benchmarks

old machine

## Append

| 1 |

### with 16 writers

text

## Relay

| 2 |
`;

test('a page is cut at its headings of the second level', () => {
  const { opening, sections } = cut(page);
  expect(opening).toBe('# Benchmarks\n\nold machine');
  expect([...sections.keys()]).toEqual(['Append', 'Relay']);
  expect(sections.get('Append')).toContain('### with 16 writers');
});

test('what was measured takes the place of what was measured before, what is new comes behind, the rest stays', () => {
  const next = replaceSections(page, '# Benchmarks\n\nnew machine\n', '## Append\n\n| 9 |\n\n## Feed\n\n| 3 |\n');
  expect(next).toBe('# Benchmarks\n\nnew machine\n\n## Append\n\n| 9 |\n\n## Relay\n\n| 2 |\n\n## Feed\n\n| 3 |\n');
});

test('an empty page takes what was measured', () => {
  expect(replaceSections('', '# B', '## A\n\nx')).toBe('# B\n\n## A\n\nx\n');
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withDiagram } from './diagram.ts';
import { stages } from './stages.ts';
import { allowedIn, transitionOf } from './transitions.ts';

const page = readFileSync(new URL('../../../../docs/case-state-machine.md', import.meta.url), 'utf8');

describe('the page of the state machine', () => {
  test('shows the table of transitions as it is: run services/intake/src/cases/write-diagram.ts', () => {
    expect(page).toBe(withDiagram(page));
  });

  test('draws every transition that changes the stage', () => {
    for (const stage of stages) {
      for (const command of allowedIn(stage)) {
        const next = transitionOf(command).next[stage];
        if (next === 'same' || next === 'before_the_end') continue;
        expect(page).toContain(`  ${stage} --> ${next}: ${command}\n`);
      }
    }
  });

  test('refuses a page without the marks', () => {
    expect(() => withDiagram('# A page')).toThrow('marks');
  });
});

import type { Command } from 'commander';
import { commandOf, withJson } from '../command.ts';
import { printRows, type Surroundings, withPlatform } from '../surroundings.ts';

interface Person {
  readonly name: string;
  readonly title: string;
  readonly grants: readonly { readonly role: string; readonly centreId?: string; readonly holderId?: string }[];
}

interface Page {
  readonly items: readonly Person[];
  readonly nextCursor: string | null;
}

export const peopleCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf('people', 'Sample people with whose tokens the routes can be called: the featured ones, or all.', [
      'people',
      'people --all --json',
      'people --text supervisor.cesis',
    ]),
  )
    .option('--all', 'everybody: clerks of all centres, specialists of all holders')
    .option('--text <text>', 'only those whose name or title has this text; looks among all')
    .action(async (options: { json?: boolean; all?: boolean; text?: string }) => {
      const people = await withPlatform(surroundings, async (platform) => {
        const found: Person[] = [];
        let cursor: string | null = null;
        do {
          const query = new URLSearchParams({ limit: '500' });
          if (options.all) query.set('all', 'true');
          if (options.text) query.set('text', options.text);
          if (cursor !== null) query.set('cursor', cursor);
          const page: Page = await platform.fetchOpen('identity', { method: 'GET', path: `/v1/people?${query}` });
          found.push(...page.items);
          cursor = page.nextCursor;
        } while (cursor !== null);
        return found;
      });
      printRows(surroundings, options, people, [
        { title: 'NAME', value: ({ name }) => name },
        { title: 'ROLE', value: ({ grants }) => grants.map(({ role }) => role).join(', ') },
        { title: 'WHO', value: ({ title }) => title, flexible: true },
      ]);
    });

import { acceptedBody, type HttpRequest, type Platform, tokenByName } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { liveLine } from '../output/console.ts';
import { printJson, printRows, type Surroundings, withPlatform } from '../surroundings.ts';

export const eraseCommand = (surroundings: Surroundings): Command =>
  commandOf('erase', 'Erases what is kept of a client: proposed by one person, confirmed by another.', [
    'erase propose 0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11 --as supervisor.cesis',
    'erase confirm 0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11 7c9f4a52-6f0e-4f6c-9a57-2f1a6f3f6f0e --as auditor',
    'erase list',
  ])
    .addCommand(proposeCommand(surroundings))
    .addCommand(confirmCommand(surroundings))
    .addCommand(listCommand(surroundings));

interface Erasure {
  readonly erasureId: string;
  readonly subjectId: string;
  readonly requestedAt: string;
  readonly proposedBy: string;
  readonly requestedBy: string;
  readonly services: readonly string[];
  readonly waitingFor: readonly string[];
  readonly provenAt: string | null;
}

/** Asks intake as somebody who has just signed in with two factors; here a sample person, for a name. */
async function askStrongly<Body>(platform: Platform, account: string, request: HttpRequest): Promise<Body> {
  const { accessToken } = await tokenByName(platform.client('identity'), account, {
    acr: 'urn:vienuviet:acr:two-factors',
  });
  return acceptedBody<Body>(await platform.askWith('intake', `Bearer ${accessToken}`, request));
}

const proposeCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('propose', 'Proposes to erase what is kept of a client; somebody else confirms it within a day.', [
        'erase propose 0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11 --as supervisor.cesis',
      ]),
    ),
    'supervisor.cesis',
  )
    .argument('<subject>', 'id of the client')
    .action(async (subject: string, options: Options) => {
      const path = `/v1/clients/${encodeURIComponent(subject)}/erasures`;
      const proposed = await withPlatform(surroundings, (platform) =>
        askStrongly<{ erasureId: string; expiresAt: string }>(platform, options.as, { method: 'POST', path }),
      );
      if (options.json) printJson(surroundings, proposed);
      else {
        const { erasureId, expiresAt } = proposed;
        surroundings.console.out(
          `Nothing is erased yet. Somebody else confirms it until ${expiresAt}:\n  vienuviet erase confirm ${subject} ${erasureId} --as auditor\n`,
        );
      }
    });

/** Milliseconds between two looks at who has confirmed. */
const lookEveryMs = 500;

const confirmCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf(
        'confirm',
        'Confirms an erasure that somebody else proposed, and waits until every service has erased.',
        ['erase confirm 0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11 7c9f4a52-6f0e-4f6c-9a57-2f1a6f3f6f0e --as auditor'],
      ),
    ),
    'auditor',
  )
    .argument('<subject>', 'id of the client')
    .argument('<erasure>', 'id of the erasure, as `erase propose` says it')
    .option('--no-wait', 'only confirm; erase list shows who is late')
    .action(async (subject: string, erasure: string, options: Options<{ wait: boolean }>) => {
      const path = `/v1/clients/${encodeURIComponent(subject)}/erasures/${encodeURIComponent(erasure)}/confirm`;
      const line = liveLine(surroundings.console, surroundings.clock);
      const erasures = await withPlatform(surroundings, async (platform) => {
        await askStrongly(platform, options.as, { method: 'POST', path });
        for (;;) {
          const found = await erasuresOf(platform, options.as, erasure);
          const late = [...new Set(found.flatMap(({ waitingFor }) => waitingFor))];
          if (!options.wait || late.length === 0) return found;
          line.say(`waiting for ${late.join(', ')}`);
          if (surroundings.signal.aborted) {
            throw new OperatorError('interrupted', 'not waiting any longer; the erasure goes on');
          }
          await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
        }
      }).finally(() => line.end());
      printErasures(surroundings, options, erasures);
    });

const listCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(commandOf('list', 'Erasures, the newest first, and which service is late.', ['erase list'])),
  ).action(async (options: Options) => {
    printErasures(
      surroundings,
      options,
      await withPlatform(surroundings, (platform) => erasuresOf(platform, options.as)),
    );
  });

const erasuresOf = (platform: Platform, account: string, erasureId?: string): Promise<Erasure[]> =>
  platform.fetch<Erasure[]>('intake', account, {
    ...{ method: 'GET', path: `/v1/erasures${erasureId === undefined ? '' : `?erasureId=${erasureId}`}` },
  });

const printErasures = (surroundings: Surroundings, options: Options, erasures: readonly Erasure[]): void =>
  printRows(surroundings, options, erasures, [
    { title: 'ERASURE', value: ({ erasureId }) => erasureId },
    { title: 'CLIENT', value: ({ subjectId }) => subjectId },
    { title: 'CONFIRMED', value: ({ requestedAt }) => requestedAt },
    { title: 'BY', value: ({ proposedBy, requestedBy }) => `${proposedBy}, ${requestedBy}` },
    { title: 'PROVEN', value: ({ provenAt }) => provenAt ?? 'not yet' },
    { title: 'WAITING FOR', value: ({ waitingFor }) => waitingFor.join(', '), flexible: true },
  ]);

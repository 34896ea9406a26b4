import { type App, callerOf, notFound } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import { refused } from '../../refused.ts';
import type { ChangeSettings } from '../change-directory.ts';
import type { Follower } from '../follow.ts';
import type { Directories } from '../load-directories.ts';
import { decideHold, type Word, waitingHolds } from './holds.ts';
import { directoryStates } from './states.ts';

const Instant = Type.String({ format: 'date-time' });

const State = Type.Object({
  name: Type.String(),
  title: Type.String(),
  kind: Type.Union([Type.Literal('scim'), Type.Literal('ldap')]),
  people: Type.Integer({ description: 'Those who are in.' }),
  following: Type.Integer({ description: 'Accounts that have something to follow yet.' }),
  readAt: Type.Union([Instant, Type.Null()], { description: 'When an LDAP directory was read last, and wholly.' }),
  trouble: Type.Union([Type.String(), Type.Null()], { description: 'Why it could not be read since then.' }),
});

const Held = Type.Object({
  holdId: Type.String({ format: 'uuid' }),
  directory: Type.String(),
  heldAt: Instant,
  people: Type.Integer({ description: 'Who would be shut out; to be said again when deciding.' }),
  of: Type.Integer({ description: 'How many of the directory are in yet, these people among them.' }),
  shutOutBefore: Type.Integer({
    description: 'Who was shut out one by one in the minutes before, and is counted with them; they stay out.',
  }),
  accounts: Type.Array(Type.String({ format: 'uuid' }), { description: 'Their accounts, a hundred at most.' }),
});

const Decision = Type.Object({
  people: Type.Integer({ minimum: 1, description: 'The number that you were shown.' }),
});

export interface HoldRoutesSettings extends ChangeSettings {
  readonly directories: Directories;
  readonly follower: Follower;
}

/** For operators: how the directories are, and what of them waits for a person's word. */
export function holdRoutes(app: App, settings: HoldRoutesSettings): void {
  const { pool, directories, follower } = settings;
  app.get(
    '/v1/directories',
    {
      config: { policy: policies.directoriesWatch },
      schema: {
        ...{ tags: ['directories'], summary: 'Directories of institutions, and how they are' },
        response: { 200: Type.Object({ items: Type.Array(State) }) },
      },
    },
    async () => ({ items: await directoryStates(pool, directories.all) }),
  );

  app.get(
    '/v1/directory-holds',
    {
      config: { policy: policies.directoriesWatch },
      schema: {
        ...{ tags: ['directories'], summary: 'Changes that would shut out many, and wait for a person' },
        response: { 200: Type.Object({ items: Type.Array(Held) }) },
      },
    },
    async () => ({
      items: (await waitingHolds(settings)).map((hold) => ({
        ...hold,
        ...{ heldAt: hold.heldAt.toISOString(), accounts: [...hold.accounts] },
      })),
    }),
  );

  const decides = (action: string, word: Word, summary: string): void => {
    app.post(
      `/v1/directory-holds/:holdId/${action}`,
      {
        config: { policy: policies.directoriesWatch, operates: true },
        schema: {
          ...{ tags: ['directories'], summary },
          params: Type.Object({ holdId: Type.String({ format: 'uuid' }) }),
          body: Decision,
          response: { 200: Type.Object({ people: Type.Integer() }) },
        },
      },
      async (request) => {
        const { holdId } = request.params;
        const hold = (await waitingHolds(settings)).find((one) => one.holdId === holdId);
        const directory = directories.all.find(({ name }) => name === hold?.directory);
        if (directory === undefined) throw notFound();
        const said = { word, people: request.body.people, actorId: callerOf(request).id };
        const decided = await decideHold(settings, directory, holdId, said);
        if (decided.outcome === 'not_found') throw notFound();
        if (decided.outcome === 'changed') {
          throw refused('hold_changed', `It is ${decided.people} people now: look again.`);
        }
        request.log.info(
          { event: 'directory_hold_decided', directory: directory.name, holdId, word, actorId: said.actorId },
          'a person decided on what a directory would shut out',
        );
        await follower.follow(decided.touched);
        return { people: decided.people };
      },
    );
  };
  decides('approve', 'approved', 'Does it as the directory says');
  decides('refuse', 'refused', 'Leaves these people in until the directory has let them in and out again');
}

import { given } from '@vienuviet/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Description, Statement } from './description.ts';
import { type ServiceCommand, type ServiceEvent, serviceDecider, serviceIdOf } from './service.ts';

const now = Date.UTC(2026, 2, 2, 8);
const serviceId = serviceIdOf('vsaa', 'Slimības pabalsts');
const act = { occurredAt: now, actorId: 'engineer' };

const named = { titleLv: 'Slimības pabalsts', holderId: 'vsaa', holderName: 'VSAA' };
const state = (source: string, said: Partial<Statement> = {}): ServiceCommand => ({
  type: 'state',
  serviceId,
  source,
  origin: 'report',
  statement: { ...named, ...said },
  actorId: 'engineer',
  now,
});
const drop = (source: string): ServiceCommand => ({ type: 'drop', serviceId, source, actorId: 'engineer', now });

/** All events of commands one after another. */
function history(...commands: ServiceCommand[]): ServiceEvent[] {
  const events: ServiceEvent[] = [];
  for (const command of commands) {
    const { decision } = given(serviceDecider, events).when(command);
    if (decision.accepted) events.push(...decision.events);
  }
  return events;
}
const after = (...commands: ServiceCommand[]) => given(serviceDecider, history(...commands));
const descriptionAfter = (...commands: ServiceCommand[]): Description | undefined => {
  const { state } = after(...commands);
  return state.status === 'unknown' ? undefined : state.description;
};

describe('the id of a service', () => {
  test('is the same however the title is spelt', () => {
    expect(serviceIdOf('vsaa', ' slimības   PABALSTS ')).toBe(serviceId);
  });

  test('differs by holder and by title', () => {
    expect(serviceIdOf('vid', 'Slimības pabalsts')).not.toBe(serviceId);
    expect(serviceIdOf('vsaa', 'Slimibas pabalsts')).not.toBe(serviceId);
  });
});

describe('an entry named by one source', () => {
  const channels: Description['channels'] = ['in_person', 'phone'];

  test('is listed with what the source says and nothing else', () => {
    given(serviceDecider)
      .when(state('t08.csv', { channels }))
      .then([
        {
          type: 'intake.ServiceListed',
          data: {
            serviceId,
            description: {
              titleEn: null,
              holderRegistrationNumber: null,
              electronicStages: [],
              processingTimes: [],
              supportLevel: null,
              authorisedEService: false,
              lifeEvents: [],
              template: null,
              ...named,
              channels,
            },
            source: 't08.csv',
            origin: 'report',
            ...act,
          },
        },
      ]);
  });

  test('makes no event when it is said again, in whatever order', () => {
    after(state('t08.csv', { channels }))
      .when(state('t08.csv', { channels: ['phone', 'in_person'] }))
      .then([]);
  });

  test('changes with one event that names what was and what is', () => {
    const changing = after(state('t08.csv', { channels, titleEn: 'Sickness benefit' })).when(
      state('t08.csv', { channels: ['in_person'], titleEn: null, supportLevel: 2 }),
    );
    expect(changing.decision).toMatchObject({
      events: [
        {
          type: 'intake.ServiceChanged',
          data: {
            source: 't08.csv',
            changes: [
              { field: 'titleEn', before: 'Sickness benefit', after: null },
              { field: 'supportLevel', before: null, after: '2' },
              { field: 'channels', before: 'in_person, phone', after: 'in_person' },
            ],
          },
        },
      ],
    });
    expect(changing.decision.accepted && changing.decision.events).toHaveLength(1);
  });

  test('retires when the source no longer names it, once, and is listed again later', () => {
    after(state('t08.csv'))
      .when(drop('t08.csv'))
      .then([{ type: 'intake.ServiceRetired', data: { serviceId, ...act } }]);
    after(state('t08.csv'), drop('t08.csv')).when(drop('t08.csv')).then([]);
    const again = after(state('t08.csv', { channels }), drop('t08.csv')).when(state('t10.csv', { supportLevel: 1 }));
    expect(again.decision).toMatchObject({ events: [{ type: 'intake.ServiceRelisted', data: { source: 't10.csv' } }] });
    expect(again.state).toMatchObject({
      status: 'listed',
      sources: ['t10.csv'],
      description: { supportLevel: 1, channels: [] },
    });
  });

  test('is not touched by a source that never named it', () => {
    after(state('t08.csv')).when(drop('t10.csv')).then([]);
    given(serviceDecider).when(drop('t10.csv')).then([]);
  });
});

describe('an entry named by several sources', () => {
  test('is one entry with both', () => {
    const adding = after(state('t08.csv')).when(state('t10.csv'));
    adding.then([{ type: 'intake.ServiceSourceAdded', data: { serviceId, source: 't10.csv', ...act } }]);
    expect(adding.state).toMatchObject({ sources: ['t08.csv', 't10.csv'] });
  });

  test('has the channels of both, and what only one knows', () => {
    expect(
      descriptionAfter(
        state('t08.csv', { channels: ['in_person'] }),
        state('t10.csv', { channels: ['phone'], titleEn: 'Sickness benefit' }),
      ),
    ).toMatchObject({ channels: ['in_person', 'phone'], titleEn: 'Sickness benefit' });
  });

  test('keeps what the first said where they differ', () => {
    const description = descriptionAfter(
      state('t08.csv', { supportLevel: 1 }),
      state('t10.csv', { supportLevel: 2 }),
      state('t08.csv', { supportLevel: 1 }),
    );
    expect(description).toMatchObject({ supportLevel: 1 });
  });

  test('lets each change what it said itself', () => {
    const both = [
      state('t08.csv', { channels: ['in_person'], supportLevel: 1 }),
      state('t10.csv', { channels: ['phone'], titleEn: 'Sickness benefit' }),
    ];
    expect(descriptionAfter(...both, state('t10.csv', { channels: ['email'], titleEn: 'Sick pay' }))).toMatchObject({
      channels: ['email', 'in_person'],
      titleEn: 'Sick pay',
    });
    expect(descriptionAfter(...both, state('t08.csv', { channels: [], supportLevel: 2 }))).toMatchObject({
      channels: ['phone'],
      supportLevel: 2,
    });
  });

  test('loses a source without retiring, and retires with the last', () => {
    const removing = after(state('t08.csv'), state('t10.csv')).when(drop('t08.csv'));
    removing.then([{ type: 'intake.ServiceSourceRemoved', data: { serviceId, source: 't08.csv', ...act } }]);
    expect(after(state('t08.csv'), state('t10.csv'), drop('t08.csv')).when(drop('t10.csv')).state).toMatchObject({
      status: 'retired',
    });
  });

  test('lets the others correct what a source said that is gone', () => {
    expect(
      descriptionAfter(
        state('t08.csv', { supportLevel: 1 }),
        state('t10.csv', { supportLevel: 2 }),
        drop('t08.csv'),
        state('t10.csv', { supportLevel: 2 }),
      ),
    ).toMatchObject({ supportLevel: 2 });
  });
});

describe('whatever the sources say', () => {
  const said = fc.record(
    {
      titleEn: fc.constantFrom(null, 'Sickness benefit', 'Sick pay'),
      channels: fc.uniqueArray(fc.constantFrom('in_person', 'phone', 'email' as const)),
      supportLevel: fc.constantFrom(null, 1, 2),
      authorisedEService: fc.boolean(),
      lifeEvents: fc.uniqueArray(fc.constantFrom('illness', 'death')),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Partial<Statement>>;
  const sources = fc.array(said, { minLength: 1, maxLength: 4 });

  test('importing the same files again, in any order, makes no event', () => {
    fc.assert(
      fc.property(sources, fc.array(fc.nat(3), { maxLength: 12 }), (statements, again) => {
        const files = statements.map((statement, index) => state(`file-${index}.csv`, statement));
        const first = history(...files, ...files);
        const settled = given(serviceDecider, first);
        for (const index of again) settled.when(files[index % files.length]!).then([]);
      }),
    );
  });

  test('a second import of what was just imported makes no event, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.option(said)), { minLength: 1, maxLength: 12 }), (steps) => {
        const commands = steps.map(([index, statement]) =>
          statement === null ? drop(`file-${index}.csv`) : state(`file-${index}.csv`, statement),
        );
        after(...commands)
          .when(commands.at(-1)!)
          .then([]);
      }),
    );
  });

  test('the sources are those that stated it last and did not drop it, and without one it is retired', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 1, maxLength: 12 }), (steps) => {
        const names = new Set<string>();
        for (const [index, states] of steps) states ? names.add(`f${index}`) : names.delete(`f${index}`);
        const { state: end } = after(
          ...steps.map(([index, states]) => (states ? state(`f${index}`) : drop(`f${index}`))),
        );
        if (end.status === 'unknown') expect(names.size).toBe(0);
        else {
          expect(new Set(end.sources)).toEqual(names);
          expect(end.status).toBe(names.size === 0 ? 'retired' : 'listed');
        }
      }),
    );
  });

  test('every value of the description has an owner among those who ever said it', () => {
    fc.assert(
      fc.property(sources, (statements) => {
        const { state: end } = after(...statements.map((statement, index) => state(`file-${index}.csv`, statement)));
        if (end.status === 'unknown') return;
        for (const channel of end.description.channels) {
          const owner = Number(/file-(\d)/.exec(end.owners[`channels:${channel}`] ?? '')?.[1]);
          expect(statements[owner]?.channels).toContain(channel);
        }
      }),
    );
  });
});

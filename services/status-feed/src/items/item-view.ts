import { nullable } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import type { ItemChange } from './projection.ts';
import { type Milestone, milestones, type Status, statuses } from './statuses.ts';
import { actionWords, type Language, milestoneWords, statusWords } from './words.ts';

const wordsSchema = Type.Object({ lv: Type.String(), en: Type.String() });
const instant = Type.String({ format: 'date-time' });

const milestoneSchema = Type.Object({
  code: Type.Enum([...milestones]),
  name: Type.String({ description: 'In the language of the answer; at most 15 characters.' }),
  names: wordsSchema,
  startedAt: instant,
  durationSeconds: nullable(
    Type.Integer({ minimum: 0, description: 'Until the next milestone; null for the one that is going on.' }),
  ),
  action: nullable(Type.String({ description: 'What the person is asked to do, while this milestone is going on.' })),
});

/** One item as the portal shows it to the person. */
export const itemSchema = Type.Object({
  caseId: Type.String({ format: 'uuid' }),
  status: Type.Object({
    code: Type.Enum([...statuses]),
    text: Type.String({ description: 'In the language of the answer.' }),
    words: wordsSchema,
  }),
  service: Type.Object({
    serviceId: Type.String({ format: 'uuid' }),
    title: nullable(Type.String({ description: 'Null until the catalogue entry has arrived.' })),
    titles: Type.Object({ lv: nullable(Type.String()), en: nullable(Type.String()) }),
  }),
  institution: Type.Object({
    holderId: Type.String({ description: 'Institution or municipality that handles the case.' }),
    name: nullable(Type.String()),
  }),
  centre: nullable(
    Type.Object(
      { centreId: Type.String({ format: 'uuid' }), name: nullable(Type.String()) },
      {
        description: 'Centre that looks after the case; null until it has arrived.',
      },
    ),
  ),
  milestones: Type.Array(milestoneSchema),
  openedAt: instant,
  changedAt: instant,
  caseVersion: Type.Integer({ description: 'Version of the stream `case-<caseId>` that made the last change.' }),
});
export type ItemView = Static<typeof itemSchema>;

/** An item with everything that is joined to it when reading. */
export interface ItemRecord {
  readonly caseId: string;
  readonly serviceId: string;
  readonly holderId: string;
  readonly status: Status;
  readonly openedAt: Date;
  readonly changedAt: Date;
  readonly caseVersion: number;
  readonly changes: readonly ItemChange[];
  readonly titleLv: string | null;
  readonly titleEn: string | null;
  readonly holderName: string | null;
  readonly centre: { readonly centreId: string; readonly name: string | null } | null;
}

/** The item in the words of the portal. Pure. */
export function viewItem(item: ItemRecord, language: Language): ItemView {
  const words = statusWords[item.status];
  const titles = { lv: item.titleLv, en: item.titleEn };
  return {
    caseId: item.caseId,
    status: { code: item.status, text: words[language], words },
    service: { serviceId: item.serviceId, title: titles[language] ?? item.titleLv, titles },
    institution: { holderId: item.holderId, name: item.holderName },
    centre: item.centre,
    milestones: viewMilestones(item.changes, language),
    openedAt: item.openedAt.toISOString(),
    changedAt: item.changedAt.toISOString(),
    caseVersion: item.caseVersion,
  };
}

function viewMilestones(changes: readonly ItemChange[], language: Language): ItemView['milestones'] {
  const steps = changes.flatMap(({ milestone, at }) => (milestone === null ? [] : [{ milestone, at }]));
  return steps.map(({ milestone, at }, index) => {
    const next = steps[index + 1];
    return {
      code: milestone,
      name: milestoneWords[milestone][language],
      names: milestoneWords[milestone],
      startedAt: new Date(at).toISOString(),
      durationSeconds: next === undefined ? null : secondsBetween(at, next.at),
      action: next === undefined ? actionOf(milestone, language) : null,
    };
  });
}

/** Clerks may enter an earlier time for a later step: such a step has no length, not a negative one. */
const secondsBetween = (from: number, to: number): number => Math.max(0, Math.floor((to - from) / 1000));

const actionOf = (milestone: Milestone, language: Language): string | null =>
  actionWords[milestone]?.[language] ?? null;

/** A case as lists show it. The person is not in it: whoever needs that reads the one case, and says why. */

import { instant, nullable, oneOf, uuid } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import { stages } from './stages.ts';

export const caseItemSchema = Type.Object({
  caseId: uuid('The case.'),
  stream: Type.String(),
  version: Type.Integer(),
  stage: oneOf(stages),
  stageSince: instant('When it came to this stage.'),
  serviceId: uuid('Entry of the catalogue.'),
  serviceTitle: nullable(Type.String({ description: 'In Latvian; null until the catalogue has arrived.' })),
  serviceTitleEn: nullable(Type.String()),
  holderId: Type.String(),
  holderName: nullable(Type.String()),
  proposedHolderId: nullable(Type.String({ description: 'Whom the holder that rejected it proposed.' })),
  centreId: uuid('The centre that works on it.'),
  municipalityId: Type.String(),
  channel: Type.String(),
  purpose: Type.String(),
  customerKind: Type.String(),
  crossBorder: Type.Boolean(),
  anonymous: Type.Boolean(),
  clerkMinutes: Type.Integer({ description: 'Of all clerks so far.' }),
  registeredAt: instant('When it was registered.'),
  changedAt: instant('When the last thing happened to it.'),
  claim: nullable(
    Type.Object({ heldBy: Type.String({ description: 'Account of the clerk.' }), until: instant('When it ends.') }),
  ),
  score: nullable(Type.Integer()),
  counted: Type.Boolean({ description: 'It counts as a service given at a desk.' }),
});
export type CaseItem = Static<typeof caseItemSchema>;

/** A row of `cases.service_case` with the words of the catalogue. */
export interface CaseRow {
  readonly case_id: string;
  readonly version: number;
  readonly stage: CaseItem['stage'];
  readonly stage_since: Date;
  readonly service_id: string;
  readonly title_lv: string | null;
  readonly title_en: string | null;
  readonly holder_id: string;
  readonly holder_name: string | null;
  readonly proposed_holder_id: string | null;
  readonly centre_id: string;
  readonly municipality_id: string;
  readonly channel: string;
  readonly purpose: string;
  readonly customer_kind: string;
  readonly cross_border: boolean;
  readonly anonymous: boolean;
  readonly clerk_minutes: number;
  readonly registered_at: Date;
  readonly changed_at: Date;
  readonly claimed_by: string | null;
  readonly claimed_until: Date | null;
  readonly score: number | null;
  readonly count_id: string | null;
}

/** The row as the caller sees it at an instant: a claim that has ended is none. */
export const viewCase = (row: CaseRow, now: Date): CaseItem => ({
  caseId: row.case_id,
  stream: `case-${row.case_id}`,
  version: Number(row.version),
  stage: row.stage,
  stageSince: row.stage_since.toISOString(),
  serviceId: row.service_id,
  serviceTitle: row.title_lv,
  serviceTitleEn: row.title_en,
  holderId: row.holder_id,
  holderName: row.holder_name,
  proposedHolderId: row.proposed_holder_id,
  centreId: row.centre_id,
  municipalityId: row.municipality_id,
  channel: row.channel,
  purpose: row.purpose,
  customerKind: row.customer_kind,
  crossBorder: row.cross_border,
  anonymous: row.anonymous,
  clerkMinutes: row.clerk_minutes,
  registeredAt: row.registered_at.toISOString(),
  changedAt: row.changed_at.toISOString(),
  claim:
    row.claimed_by === null || row.claimed_until === null || row.claimed_until <= now
      ? null
      : { heldBy: row.claimed_by, until: row.claimed_until.toISOString() },
  score: row.score,
  counted: row.count_id !== null,
});

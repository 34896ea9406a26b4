import { denyForeign, problem, scopeOf } from '@vienuviet/http';
import { uuid } from '@vienuviet/http/route-schemas';
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Report } from './definitions.ts';
import type { ReportFilter } from './report-sql.ts';

const day = (what: string) =>
  Type.Optional(
    Type.String({ pattern: '^[1-9]\\d{3}-\\d\\d-\\d\\d$', description: `${what}, YYYY-MM-DD, a day in Europe/Riga.` }),
  );

const mostRanks = 10_000;
const usualRanks = 15;

export const reportQuerySchema = Type.Object({
  from: day('First day of the period'),
  to: day('Last day of the period'),
  centreId: Type.Optional(uuid('One centre only.')),
  holderId: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,127}$', description: 'One holder only.' })),
  top: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostRanks,
      description: `Ranked reports: places in each group; ${usualRanks} when not given.`,
    }),
  ),
  format: Type.Optional(
    Type.Union([Type.Literal('json'), Type.Literal('csv')], { description: 'json when not given.' }),
  ),
});
export type ReportQuery = Static<typeof reportQuerySchema>;

/**
 * What a report is limited to: what was asked for, and what the caller may see. Asking for a foreign centre or holder
 * is answered as one that is not there. Throws 400 for a day that is none and for a period that ends before it starts.
 */
export function filterOf(request: FastifyRequest, query: ReportQuery): ReportFilter {
  const { from, to, centreId, holderId } = query;
  requireDay('from', from);
  requireDay('to', to);
  if (from !== undefined && to !== undefined && from > to) {
    throw problem('invalid_request', 'The period ends before it starts: from is after to.');
  }
  const { centreIds, holderIds } = scopeOf(request);
  const limited = centreIds !== undefined || holderIds !== undefined;
  // A supervisor may ask for any holder's cases at the own centre, a holder for any centre's of its own: only who has
  // no place of the kind that is asked for, and not the other kind either, reaches for something foreign.
  const foreignCentre = centreId !== undefined && !holderIds?.length && !centreIds?.includes(centreId);
  const foreignHolder = holderId !== undefined && !centreIds?.length && !holderIds?.includes(holderId);
  if (limited && (foreignCentre || foreignHolder)) throw denyForeign(request);
  return {
    from: from ?? null,
    to: to ?? null,
    centreId: centreId ?? null,
    holderId: holderId ?? null,
    ownCentres: limited ? (centreIds ?? []) : null,
    ownHolders: limited ? (holderIds ?? []) : null,
  };
}

function requireDay(name: string, text: string | undefined): void {
  if (text === undefined) return;
  const instant = new Date(`${text}T00:00:00Z`);
  const real = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
  if (!real) throw problem('invalid_request', `${name} is not a day of the calendar.`);
}

/** How many ranks of each group a ranked report shows; others have none. */
export function ranksOf(report: Report, { top }: ReportQuery): number | null {
  if (report.ranked) return top ?? usualRanks;
  if (top !== undefined) throw problem('invalid_request', `${report.name} ranks nothing: leave top out.`);
  return null;
}

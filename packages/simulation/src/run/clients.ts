/** The clients of a day at intake: registered when they first come, and looked at afterwards. */
import type { Difference } from '../compare/differences.ts';
import type { CaseHistory } from '../compare/fold-history.ts';
import { inventedClient } from '../plan/invented-client.ts';
import { idOf } from '../plan/make-script.ts';
import { acceptedBody } from '../platform/http-client.ts';
import type { Platform } from '../platform/platform.ts';

/** Where somebody comes: a clerk may work at several centres. */
export interface Desk {
  readonly account: string;
  readonly centreId: string;
}

export interface DayClients {
  /** The subject id that intake has for a person of the plan; registers who comes for the first time. */
  subjectOf(plannedId: string, desk: Desk): Promise<string>;
}

export function clientsAt(platform: Platform): DayClients {
  const known = new Map<string, Promise<string>>();

  async function registered(plannedId: string, { account, centreId }: Desk): Promise<string> {
    const { name, personalCode, phone, email, language } = inventedClient(plannedId);
    const answer = await platform.ask('intake', account, {
      method: 'POST',
      path: '/v1/clients',
      headers: { 'idempotency-key': idOf('client', plannedId) },
      body: {
        ...{ centreId, kind: 'natural', name, personalCode, language },
        ...(phone === null ? {} : { phone }),
        ...(email === null ? {} : { email }),
      },
    });
    const body = answer.body as { code?: string; subjectId?: string };
    // Somebody else at a desk was quicker, or it was an earlier run.
    if (answer.status === 409 && body.code === 'client_exists') return String(body.subjectId);
    return acceptedBody<{ subjectId: string }>(answer).subjectId;
  }

  return {
    subjectOf(plannedId, desk) {
      const earlier = known.get(plannedId);
      if (earlier !== undefined) return earlier;
      const subject = registered(plannedId, desk);
      known.set(plannedId, subject);
      subject.catch(() => known.delete(plannedId));
      return subject;
    },
  };
}

/** Whether the clerk who registered a case of the person sees them as they are. */
export async function compareClient(
  platform: Platform,
  subjectId: string,
  { client, clerk, name: of }: CaseHistory,
): Promise<Difference[]> {
  if (client === null) return [];
  const { name, personalCode, phone, email, language } = inventedClient(client);
  const expected: Readonly<Record<string, unknown>> = { name, personalCode, phone, email, language };
  const answer = await platform.ask('intake', clerk, {
    ...{ method: 'GET', path: `/v1/clients/${subjectId}`, headers: { purpose: 'service_provision' } },
  });
  const found = (answer.status === 200 ? answer.body : { status: answer.status }) as Readonly<Record<string, unknown>>;
  return Object.entries(expected)
    .filter(([field, value]) => found[field] !== value)
    .map(([field, value]) => {
      const shown = String(found[field] ?? `nothing (${answer.status})`);
      return { where: 'clients', what: 'client_differs', of: `${of} ${field}`, expected: String(value), found: shown };
    });
}

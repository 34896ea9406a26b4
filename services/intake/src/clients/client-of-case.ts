import { type FastifyRequest, type Purpose, scopeOf } from '@vienuviet/http';
import { nullable, oneOf } from '@vienuviet/http/route-schemas';
import { PrivacyError } from '@vienuviet/privacy';
import type { ServiceContext } from '@vienuviet/service';
import { clientView, viewClient } from './client-view.ts';
import { openClients, readCurrentClient } from './read-client.ts';

/** Why a case shows its client, or does not. */
const showings = [
  'shown',
  /** Nobody was registered, or the person stayed unknown. */
  'not_registered',
  /** Not to this role for this purpose. */
  'not_for_you',
  /** The keys cannot be had at the moment; the rest of the case is as it is. */
  'unavailable',
  'erased',
] as const;

export const clientOfCaseFields = {
  client: nullable(clientView),
  clientIs: oneOf(showings, 'Why the client is shown or is not.'),
};

/** Purposes for which who works on a case sees whose it is. */
const working: ReadonlySet<Purpose | undefined> = new Set([
  'service_provision',
  'consultation',
  'supervision',
  'complaint',
]);
const workers: ReadonlySet<string> = new Set(['clerk', 'supervisor', 'holder_specialist', 'holder_system']);

/** The client of a case that the caller may read. */
export async function clientOfCase(
  { store, privacy }: Pick<ServiceContext, 'store' | 'privacy'>,
  request: FastifyRequest,
  subjectId: string,
) {
  const hidden = (clientIs: (typeof showings)[number]) => ({ client: null, clientIs });
  if (!working.has(request.purpose) || !scopeOf(request).roles.some((role) => workers.has(role))) {
    return hidden('not_for_you');
  }
  const client = await readCurrentClient(store, subjectId);
  if (client.last === undefined) return hidden('not_registered');
  try {
    const [data] = await openClients(privacy, [client]);
    return data == null ? hidden('erased') : { client: viewClient(client.subjectId, data), clientIs: 'shown' as const };
  } catch (error) {
    if (error instanceof PrivacyError && error.code === 'keys_unavailable') return hidden('unavailable');
    throw error;
  }
}

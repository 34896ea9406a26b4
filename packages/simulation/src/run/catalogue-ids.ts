/** Ids that the running platform gave to the services that a plan names, read from the catalogue's own list. */
import type { DayPlan, ServiceName } from '../plan/case-script.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { normalisedTitle } from '../sample-data/catalogue-identity.ts';

interface CataloguePage {
  readonly items: readonly { readonly serviceId: string; readonly holderId: string; readonly titleLv: string }[];
  readonly nextCursor: string | null;
}

const nameOf = ({ holderId, titleLv }: ServiceName): string => `${holderId}\n${normalisedTitle(titleLv)}`;

/** Every service that the plan names. */
export const servicesOf = (plan: DayPlan): ServiceName[] => {
  const services = plan.cases.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'act' && step.body.service !== undefined ? [step.body.service] : [])),
  );
  return [...new Map(services.map((service) => [nameOf(service), service])).values()];
};

/** Reads the catalogue and returns a look-up. Throws when an entry of the plan is not in it. */
export async function readServiceIds(
  platform: Platform,
  account: string,
  wanted: readonly ServiceName[],
): Promise<(service: ServiceName) => string> {
  const missing = new Set(wanted.map(nameOf));
  const ids = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '200', ...(cursor === null ? {} : { cursor }) });
    const page: CataloguePage = await platform.fetch('intake', account, {
      method: 'GET',
      path: `/v1/services?${query}`,
    });
    for (const item of page.items) {
      const name = nameOf(item);
      ids.set(name, item.serviceId);
      missing.delete(name);
    }
    cursor = page.nextCursor;
  } while (cursor !== null && missing.size > 0);
  if (missing.size > 0) {
    const [first = ''] = missing;
    throw new PlatformError(
      'unexpected_answer',
      `${missing.size} services of the day are not in the catalogue, e.g. ${first.replace('\n', ': ')}: import the tables first`,
    );
  }
  return (service) => {
    const id = ids.get(nameOf(service));
    if (id === undefined) throw new PlatformError('unexpected_answer', `not in the catalogue: ${service.titleLv}`);
    return id;
  };
}

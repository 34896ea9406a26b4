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

/** How long the list may be behind an import that has just ended, ms. */
const patienceMs = 30_000;

/** Reads the catalogue and returns a look-up. Throws when an entry of the plan is not in it. */
export async function readServiceIds(
  platform: Platform,
  account: string,
  wanted: readonly ServiceName[],
): Promise<(service: ServiceName) => string> {
  for (const deadline = Date.now() + patienceMs; ; ) {
    const ids = await readAll(platform, account);
    const missing = wanted.filter((service) => !ids.has(nameOf(service)));
    if (missing.length === 0) return lookUp(ids);
    if (Date.now() > deadline) {
      const { holderId, titleLv } = missing[0] as ServiceName;
      throw new PlatformError(
        'unexpected_answer',
        `${missing.length} services of the day are not in the catalogue, e.g. ${titleLv} (${holderId}): import the tables first`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const lookUp =
  (ids: ReadonlyMap<string, string>) =>
  (service: ServiceName): string => {
    const id = ids.get(nameOf(service));
    if (id === undefined) throw new PlatformError('unexpected_answer', `not in the catalogue: ${service.titleLv}`);
    return id;
  };

async function readAll(platform: Platform, account: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '200', ...(cursor === null ? {} : { cursor }) });
    const page: CataloguePage = await platform.fetch('intake', account, {
      method: 'GET',
      path: `/v1/services?${query}`,
    });
    for (const item of page.items) ids.set(nameOf(item), item.serviceId);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

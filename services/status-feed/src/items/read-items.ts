import { asPrismaCaller, type CallerScope } from '@vienuviet/database';
import type { Item, Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import type { ItemRecord } from './item-view.ts';
import type { ItemChange } from './projection.ts';
import type { Status } from './statuses.ts';

/** Where a page of a person's items starts: behind the item that was changed then and has this id. */
export interface ItemPlace {
  readonly changedAt: string;
  readonly caseId: string;
}

/** Items of one subject, the last changed first; up to `take`. */
export function findItems(
  prisma: PrismaClient,
  scope: CallerScope,
  { subjectId, take, behind }: { subjectId: string; take: number; behind?: ItemPlace | undefined },
): Promise<ItemRecord[]> {
  return asPrismaCaller(prisma, scope, async (tx) => {
    const items = await tx.item.findMany({
      where: { subjectId, ...(behind === undefined ? {} : { OR: behindPlace(behind) }) },
      orderBy: [{ changedAt: 'desc' }, { caseId: 'asc' }],
      take,
    });
    return withNames(tx, items);
  });
}

/** One item of one subject; undefined when there is none, or it is somebody else's. */
export function findItem(
  prisma: PrismaClient,
  scope: CallerScope,
  { subjectId, caseId }: { subjectId: string; caseId: string },
): Promise<ItemRecord | undefined> {
  return asPrismaCaller(prisma, scope, async (tx) => {
    const items = await tx.item.findMany({ where: { caseId, subjectId } });
    const [record] = await withNames(tx, items);
    return record;
  });
}

const behindPlace = ({ changedAt, caseId }: ItemPlace): Prisma.ItemWhereInput[] => [
  { changedAt: { lt: new Date(changedAt) } },
  { changedAt: new Date(changedAt), caseId: { gt: caseId } },
];

/** Joins titles and names to items, as far as they have arrived. */
async function withNames(tx: Prisma.TransactionClient, items: readonly Item[]): Promise<ItemRecord[]> {
  if (items.length === 0) return [];
  const ids = <T>(values: readonly T[]): T[] => [...new Set(values)];
  const services = await tx.service.findMany({
    where: { serviceId: { in: ids(items.map((item) => item.serviceId)) } },
  });
  const holders = await tx.holder.findMany({ where: { holderId: { in: ids(items.map((item) => item.holderId)) } } });
  const places = await tx.caseCentre.findMany({ where: { caseId: { in: items.map((item) => item.caseId) } } });
  const centres = await tx.centre.findMany({ where: { centreId: { in: ids(places.map((place) => place.centreId)) } } });
  const serviceById = new Map(services.map((service) => [service.serviceId, service]));
  const holderById = new Map(holders.map((holder) => [holder.holderId, holder]));
  const centreIdByCase = new Map(places.map((place) => [place.caseId, place.centreId]));
  const centreById = new Map(centres.map((centre) => [centre.centreId, centre]));
  return items.map((item) => {
    const service = serviceById.get(item.serviceId);
    const centreId = centreIdByCase.get(item.caseId);
    return {
      caseId: item.caseId,
      serviceId: item.serviceId,
      holderId: item.holderId,
      status: item.status as Status,
      openedAt: item.openedAt,
      changedAt: item.changedAt,
      caseVersion: Number(item.caseVersion),
      changes: item.changes as unknown as readonly ItemChange[],
      titleLv: service?.titleLv ?? null,
      titleEn: service?.titleEn ?? null,
      holderName: holderById.get(item.holderId)?.holderName ?? null,
      centre: centreId === undefined ? null : { centreId, name: centreById.get(centreId)?.name ?? null },
    };
  });
}

import { instant, nullable, oneOf, uuid } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import type { Service } from '../../generated/prisma/client.ts';

export const serviceSchema = Type.Object({
  serviceId: uuid('The entry.'),
  stream: Type.String(),
  version: Type.Integer(),
  status: oneOf(['listed', 'retired'], '`retired`: no source names it any more.'),
  titleLv: Type.String(),
  titleEn: nullable(Type.String()),
  holderId: Type.String(),
  holderName: Type.String(),
  holderRegistrationNumber: nullable(Type.String()),
  channels: Type.Array(Type.String()),
  electronicStages: Type.Array(Type.String()),
  processingTimes: Type.Array(Type.Object({ channel: Type.String(), workingDays: Type.Integer() })),
  supportLevel: nullable(Type.Integer()),
  authorisedEService: Type.Boolean(),
  lifeEvents: Type.Array(Type.String()),
  template: nullable(Type.String()),
  origin: Type.String(),
  sources: Type.Array(Type.String(), { description: 'Files or tables that name it.' }),
  changedAt: instant('When it was last changed.'),
});
export type ServiceView = Static<typeof serviceSchema>;

export const viewService = (row: Service): ServiceView => ({
  serviceId: row.serviceId,
  stream: `service-${row.serviceId}`,
  version: Number(row.version),
  status: row.status === 'retired' ? 'retired' : 'listed',
  titleLv: row.titleLv,
  titleEn: row.titleEn,
  holderId: row.holderId,
  holderName: row.holderName,
  holderRegistrationNumber: row.holderRegistrationNumber,
  channels: row.channels,
  electronicStages: row.electronicStages,
  processingTimes: row.processingTimes as ServiceView['processingTimes'],
  supportLevel: row.supportLevel,
  authorisedEService: row.authorisedEService,
  lifeEvents: row.lifeEvents,
  template: row.template,
  origin: row.origin,
  sources: row.sources,
  changedAt: row.changedAt.toISOString(),
});

import type { FastifyReply, FastifyRequest } from '@vienuviet/http';
import { scimError } from './errors.ts';

export interface ResourceMeta {
  readonly resourceType: string;
  readonly created: string;
  readonly lastModified: string;
  readonly location: string;
  readonly version: string;
}

export const metaOf = (
  resourceType: string,
  location: string,
  { madeAt, changedAt, version }: { madeAt: Date; changedAt: Date; version: number },
): ResourceMeta => ({
  ...{ resourceType, created: madeAt.toISOString(), lastModified: changedAt.toISOString(), location },
  version: `W/"${version}"`,
});

/** Refuses a change of a version that is not there any more (`If-Match`). */
export function requireVersion(request: FastifyRequest, { version }: { version: number }): void {
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && !names(wanted, version))
    throw scimError('version', 'It has been changed since: read it again.');
}

/** Whether the sender has this version already (`If-None-Match`). */
export const isKnown = (request: FastifyRequest, { version }: { version: number }): boolean => {
  const known = request.headers['if-none-match'];
  return known !== undefined && names(known, version);
};

const names = (header: string, version: number): boolean =>
  header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === `"${version}"`);

/** Answers one resource with its version. */
export function sendResource(reply: FastifyReply, status: number, resource: { meta: ResourceMeta }): FastifyReply {
  reply.code(status).header('etag', resource.meta.version);
  if (status === 201) reply.header('location', resource.meta.location);
  return reply.send(resource);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const nobody = '00000000-0000-0000-0000-000000000000';

/** An id for a query: what is not of our form is looked for, too, and not found. */
export const idOf = (text: string): string => (uuid.test(text) ? text : nobody);

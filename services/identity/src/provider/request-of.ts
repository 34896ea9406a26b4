import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from '@vienuviet/http';

const requests = new WeakMap<IncomingMessage, FastifyRequest>();

/** Remembers which request of ours the provider is given, for what it says of it later. */
export const rememberRequest = (request: FastifyRequest): void => {
  requests.set(request.raw, request);
};

/** The request of ours that the provider speaks of. */
export const requestOf = (raw: IncomingMessage): FastifyRequest | undefined => requests.get(raw);

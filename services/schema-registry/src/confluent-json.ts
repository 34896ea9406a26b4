/**
 * The manners of Confluent's registry: its media type in both directions, and `{ error_code, message }` for everything
 * that goes wrong, also for what the HTTP layer refuses, since its clients read nothing else.
 */
import { type App, HttpProblem } from '@vienuviet/http';
import { RegistryError, registryErrors } from './errors.ts';

export const mediaType = 'application/vnd.schemaregistry.v1+json';

/** Media types that clients send; those of the first registries had no version. */
const acceptedTypes = [mediaType, 'application/vnd.schemaregistry+json', 'application/octet-stream'];

/** Lets the routes of a plugin speak as Confluent's registry does. */
export function speakConfluent(app: App): void {
  // At the very end: fastify adds a charset to JSON, and this media type has none.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-type', mediaType);
  });
  app.addContentTypeParser(acceptedTypes, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body as string));
    } catch (cause) {
      done(new RegistryError('malformed_body', 'The body is not JSON.', { cause }));
    }
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, errorCode, message } = answerTo(error);
    if (status >= 500) request.log.error({ err: error }, 'unexpected error');
    const headers = error instanceof HttpProblem ? error.headers : {};
    return reply.code(status).headers(headers).send({ error_code: errorCode, message });
  });
}

function answerTo(error: unknown): { status: number; errorCode: number; message: string } {
  if (error instanceof RegistryError) return { ...registryErrors[error.code], message: error.message };
  if (error instanceof HttpProblem) {
    const status = error.code === 'invalid_request' ? 422 : error.statusCode;
    return { status, errorCode: status, message: error.message };
  }
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { ...registryErrors.unsupported_media_type, message: `The body has to be ${mediaType}.` };
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, errorCode: statusCode, message: (error as Error).message };
  }
  return { status: 500, errorCode: 50001, message: 'Something went wrong on our side.' };
}

import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { problem } from './problems.ts';
import { mostFields } from './validation.ts';

/** Escapes that can make text which is no text: U+0000, which PostgreSQL does not store, and lone surrogates. */
const suspicious = /\\u(?:0000|d[89a-f])/i;
const deepest = 64;

/**
 * Takes bodies of `application/json` in UTF-8 and no other kind. Refused: bytes that are not UTF-8, a body that is not
 * JSON, `__proto__` and `constructor.prototype`, nesting deeper than 64, a thing with more than 5,000 fields, and text
 * that could not be stored.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  acceptJsonAs(app, 'application/json');
}

/** Takes bodies of one more media type that is JSON, e.g. `application/scim+json`, and reads them the same way. */
export function acceptJsonAs(
  app: Pick<FastifyInstance, 'getDefaultJsonParser' | 'addContentTypeParser'>,
  mediaType: string,
): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, bytes, done) => {
    const body = bytes as Buffer;
    if (body.length === 0) {
      // Commands without fields may come with the header and no body.
      done(null, undefined);
      return;
    }
    if (!isUtf8(body)) {
      done(problem('malformed_json', 'The body is not UTF-8.'));
      return;
    }
    const text = body.toString('utf8');
    const fault = structureFault(text);
    if (fault !== undefined) {
      done(fault === 'depth' ? tooDeep() : tooManyFields());
      return;
    }
    parse(request, text, (error, value) => {
      if (error !== null) done(problem('malformed_json', 'The body is not well-formed JSON.', { cause: error }));
      else if (suspicious.test(text) && !isStorable(value)) {
        done(problem('malformed_json', 'The body holds text with U+0000 or half a surrogate pair.'));
      } else done(null, value);
    });
  });
}

const tooDeep = () => problem('malformed_json', `The body nests deeper than ${deepest}.`);
const tooManyFields = () => problem('invalid_request', `A thing in the body has more than ${mostFields} fields.`);

/**
 * Counts brackets, and the colons of each thing, outside strings; cheap, and without the recursion that deep nesting is
 * meant to exhaust. Reading a million fields takes a second, so they are counted before.
 */
export function structureFault(text: string): 'depth' | 'fields' | undefined {
  const fields = new Uint16Array(deepest + 1);
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (inString) {
      if (char === 0x5c) index++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x3a) {
      const count = (fields[depth] ?? 0) + 1;
      if (count > mostFields) return 'fields';
      fields[depth] = count;
    } else if (char === 0x7b || char === 0x5b) {
      depth++;
      if (depth > deepest) return 'depth';
      fields[depth] = 0;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return undefined;
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, field]) => isStorable(name) && isStorable(field));
}

import { type FastifyReply, type FastifyRequest, HttpProblem } from '@vienuviet/http';

export const scimMediaType = 'application/scim+json';

/** Closed list of what SCIM calls by a name of its own (RFC 7644, 3.12), and what it tells by the status alone. */
export const scimStatuses = {
  invalidFilter: 400,
  invalidPath: 400,
  invalidSyntax: 400,
  invalidValue: 400,
  noTarget: 400,
  mutability: 400,
  uniqueness: 409,
  version: 412,
} as const;

/** An error in the words of SCIM; `detail` never repeats values that were sent. */
export function scimError(type: keyof typeof scimStatuses, detail: string): HttpProblem {
  const scimType = type === 'version' ? {} : { scimType: type };
  return new HttpProblem(`scim_${type}`, { status: scimStatuses[type], title: detail, detail, extensions: scimType });
}

/** Answers any error as RFC 7644, 3.12 asks; `code` is ours and the same as in a problem document. */
export function sendScimError(_request: FastifyRequest, reply: FastifyReply, answer: HttpProblem): FastifyReply {
  const scimType = answer.extensions['scimType'] ?? (answer.code === 'malformed_json' ? 'invalidSyntax' : undefined);
  return reply
    .code(answer.statusCode)
    .headers(answer.headers)
    .type(scimMediaType)
    .serializer(JSON.stringify)
    .send({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(answer.statusCode),
      ...(scimType === undefined ? {} : { scimType }),
      detail: answer.detail ?? answer.title,
      code: answer.code,
    });
}

import { problems } from './errors.ts';
import { purposes } from './policy.ts';

/**
 * The page `docs/problems.md`, made from the list in `errors.ts`; a test keeps the two the same.
 */
export function problemPage(): string {
  const rows = Object.entries(problems)
    .sort(([, one], [, other]) => one.status - other.status)
    .map(([code, { status, title }]) => `| ${status} | \`${code}\` | ${title} |`);
  return `# Problems

Every error of every route is answered as a problem document
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), media type \`application/problem+json\`:

\`\`\`json
{
  "type": "https://vienuviet.lv/problems/invalid_request",
  "title": "${problems.invalid_request.title}",
  "status": 400,
  "code": "invalid_request",
  "detail": "body /clerkMinutes must be integer.",
  "instance": "urn:uuid:9c3542e4-b20c-4da6-bbb2-8fb86b79d05a",
  "errors": [
    { "in": "body", "path": "/clerkMinutes", "rule": "type", "message": "must be integer" }
  ]
}
\`\`\`

- \`code\` is stable: decide by it, not by \`title\` or \`detail\`. \`type\` is the same as an address.
- \`instance\` is the id of the request, also in the header \`Request-Id\` of every answer and in the logs of the service.
- \`errors\` names fields (JSON Pointer), never the values that were sent.
- \`allowed\` beside a 409 names the commands that are possible now.
- A 404 says the same of what does not exist and of what is not yours.
- With a 503, 504 or 429 comes \`Retry-After\`, in seconds. A command is repeated with the same \`Idempotency-Key\`; an
  answer that was given before comes again, with \`Idempotency-Replayed: true\`.
- The header \`Purpose\`, where it is asked for, is one of ${purposes.map((code) => `\`${code}\``).join(', ')}.

## Codes of every service

Made from \`packages/http/src/errors.ts\`; \`./scripts/x node packages/http/src/write-problem-page.ts\` writes it again.

| status | code | title |
| --- | --- | --- |
${rows.join('\n')}

## Codes of one service

Refused commands have codes of their own: [intake](../services/intake/README.md#refusals),
[identity](../services/identity/README.md#refusals), [partner-gateway](../services/partner-gateway/README.md#refusals).
The feed's cursors have two, in [status-feed](../services/status-feed/README.md#reading).
`;
}

import Type from 'typebox';
import { problem } from './problems.ts';

/** Longest wait of a query for its projection, in milliseconds. */
export const longestWaitMs = 5_000;

const form = '^[a-z][a-z0-9-]{0,40}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[1-9][0-9]{0,9}$';

/** Query parameter `after` of a query: `<stream>@<version>`, as the answer of a command gives them. */
export const afterQuery = Type.Optional(
  Type.String({
    pattern: form,
    description: `Waits, up to ${longestWaitMs / 1000} s, until this version of this stream is shown: \`<stream>@<version>\`.`,
  }),
);

export interface StreamVersion {
  readonly streamId: string;
  readonly version: number;
}

/** Reads `<stream>@<version>`; the schema above has checked its form on a route. */
export function parseAfter(after: string): StreamVersion {
  if (!new RegExp(form).test(after)) throw problem('invalid_request', 'after is not of the form <stream>@<version>.');
  const at = after.lastIndexOf('@');
  return { streamId: after.slice(0, at), version: Number(after.slice(at + 1)) };
}

/** Whether a projection shows a version of a stream, waiting for it up to a time; the service's own. */
export type Seen = (streamId: string, version: number, timeoutMs: number) => Promise<boolean>;

/** Waits for what `after` names, when it is given. Throws 504 `not_yet_visible` when it does not come in time. */
export async function waitUntilSeen(after: string | undefined, seen: Seen, timeoutMs = longestWaitMs): Promise<void> {
  if (after === undefined) return;
  const { streamId, version } = parseAfter(after);
  if (await seen(streamId, version, timeoutMs)) return;
  throw problem('not_yet_visible', 'Ask again, or ask without after for what is there.', {
    headers: { 'retry-after': '1' },
  });
}

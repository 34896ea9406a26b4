import type { CallerScope } from '@vienuviet/database';
import type { EventStore } from '@vienuviet/event-store';
import {
  type App,
  type EventStream,
  HttpProblem,
  openEventStream,
  problem,
  problemMediaType,
  problemSchema,
  scopeOf,
} from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import Type, { type Static } from 'typebox';
import { feedProblems } from '../errors.ts';
import { type FeedEvent, feedEventSchema, toCloudEvent } from './cloud-event.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { HeldWatch } from './held.ts';
import type { FeedProgress } from './progress.ts';
import { type FeedPage, readFeed } from './read-feed.ts';

const mostPerPage = 1_000;
const usualPerPage = 100;
/** Changes written to a stream at once. */
const perWrite = 200;
/** A stream is ended after this long; the reader comes again with a fresh token and its `Last-Event-ID`. */
const longestStreamMs = 15 * 60_000;
const batchType = 'application/cloudevents-batch+json; charset=utf-8';

const feedQuery = Type.Object({
  after: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Cursor of the last event that was read; left out: from the beginning.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostPerPage,
      description: `Events in an answer; ${usualPerPage} when not given.`,
    }),
  ),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30,
      description: 'Seconds to wait for something new, when there is nothing yet.',
    }),
  ),
});

export interface FeedParts {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly progress: FeedProgress;
  readonly held: HeldWatch;
}

/** The change feed for the portal: pages, long polls and streams of server-sent events, all by the same cursors. */
export function addFeedRoutes(app: App, parts: FeedParts): void {
  app.get(
    '/v1/feed',
    {
      config: { policy: policies.feedRead },
      schema: {
        tags: ['feed'],
        summary: 'Changes of items in a stable order, without gaps',
        description: [
          'Every change of every item once, in the order in which they were recorded, as CloudEvents 1.0 in JSON batches.',
          'The next page is behind the header `Feed-Cursor`, which is there also when nothing was new; each event carries its own `cursor` too.',
          'A change is shown only when its item can be read. No answer has personal data.',
          'With `Accept: text/event-stream` the same comes as server-sent events with the cursor as id; a reader that comes again sends it as `Last-Event-ID`.',
          'A cursor of another history of the store is answered 410 `feed_epoch_changed`: read from the beginning.',
        ].join(' '),
        headers: Type.Object({
          accept: Type.Optional(
            Type.String({ description: '`application/cloudevents-batch+json` or `text/event-stream`.' }),
          ),
          'last-event-id': Type.Optional(
            Type.String({ description: 'For streams: the id of the last event received.' }),
          ),
        }),
        querystring: feedQuery,
        response: {
          200: {
            description: 'Events in the order of the feed; an empty list when there is nothing new.',
            headers: {
              'Feed-Cursor': Type.String({ description: 'Pass it as `after`.' }),
              Link: Type.String({ description: 'The address of the next page, `rel="next"`.' }),
            },
            content: {
              'application/cloudevents-batch+json': { schema: Type.Array(feedEventSchema) },
              'text/event-stream': { schema: Type.String() },
            },
          },
          410: {
            description: feedProblems.feed_epoch_changed.title,
            content: { [problemMediaType]: { schema: problemSchema } },
          },
        },
      },
    },
    async (request, reply) =>
      wantsStream(request) ? answerStream(request, reply, parts) : answerPage(request, reply, request.query, parts),
  );
}

const wantsStream = ({ headers }: FastifyRequest): boolean =>
  (headers.accept ?? '').split(',').some((range) => range.trim().toLowerCase().startsWith('text/event-stream'));

async function answerPage(
  request: FastifyRequest,
  reply: FastifyReply,
  query: Static<typeof feedQuery>,
  parts: FeedParts,
): Promise<FeedEvent[]> {
  const { limit = usualPerPage, wait = 0 } = query;
  const after = await positionOf(query.after, parts);
  const gone = abortedWhenGone(reply);
  const page = await readOrWait(parts, scopeOf(request), { after, limit, waitMs: wait * 1000, signal: gone });
  const cursor = writeCursor(parts.store.epoch, page.position);
  reply.header('feed-cursor', cursor);
  reply.header('link', `</v1/feed?after=${cursor}&limit=${limit}>; rel="next"`);
  reply.type(batchType);
  return page.changes.map((change) => toCloudEvent(change, writeCursor(parts.store.epoch, change.position)));
}

interface Wanted {
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** A page with at least one change, or an empty one when nothing came within the time. */
async function readOrWait(parts: FeedParts, scope: CallerScope, wanted: Wanted): Promise<FeedPage> {
  const deadline = performance.now() + wanted.waitMs;
  for (;;) {
    const page = await readFeed(parts.pool, scope, wanted.after, wanted.limit);
    parts.held(page);
    const left = deadline - performance.now();
    if (page.changes.length > 0 || left <= 0 || wanted.signal.aborted) return page;
    if (!(await parts.progress.waitBeyond(page.readable, left, wanted.signal))) return page;
  }
}

async function answerStream(request: FastifyRequest, reply: FastifyReply, parts: FeedParts): Promise<void> {
  const { after } = request.query as Static<typeof feedQuery>;
  const lastEventId = request.headers['last-event-id'];
  const start = await positionOf(typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : after, parts);
  const scope = scopeOf(request);
  const stream = openEventStream(reply);
  const ended = AbortSignal.any([stream.closed, AbortSignal.timeout(longestStreamMs)]);
  sendChanges(stream, start, scope, parts, ended)
    .catch((error: unknown) => request.log.error({ err: error }, 'a stream of the feed ended by an error'))
    .finally(() => stream.close());
}

async function sendChanges(
  stream: EventStream,
  start: number,
  scope: CallerScope,
  parts: FeedParts,
  ended: AbortSignal,
): Promise<void> {
  let after = start;
  while (!ended.aborted) {
    const page = await readOrWait(parts, scope, { after, limit: perWrite, waitMs: longestStreamMs, signal: ended });
    const events = page.changes.map((change) => {
      const cursor = writeCursor(parts.store.epoch, change.position);
      return { id: cursor, event: 'item-status-changed', data: JSON.stringify(toCloudEvent(change, cursor)) };
    });
    await stream.send(...events);
    after = page.position;
  }
}

/** The position that a cursor names. Throws for one that is malformed, of another history, or ahead of the feed. */
async function positionOf(cursor: string | undefined, { store }: FeedParts): Promise<number> {
  if (cursor === undefined) return 0;
  const read = readCursor(store.epoch, cursor);
  if (read.outcome === 'malformed') throw problem('invalid_cursor', 'Use a cursor that the feed gave out, or none.');
  if (read.outcome === 'other_epoch') throw new HttpProblem('feed_epoch_changed', feedProblems.feed_epoch_changed);
  if (read.position > (await store.lastPosition())) throw new HttpProblem('cursor_ahead', feedProblems.cursor_ahead);
  return read.position;
}

/** Aborted when the client hangs up before it has its answer. */
function abortedWhenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

import { once } from 'node:events';
import type { FastifyReply } from 'fastify';

/** One message of a stream of server-sent events (WHATWG HTML, 9.2). */
export interface ServerSentEvent {
  /** What the client sends back as `Last-Event-ID` when it comes again. */
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

export interface EventStream {
  /** The header `Last-Event-ID`, when the client comes back. */
  readonly lastEventId: string | undefined;
  /** Resolves when the client has taken enough for more to be sent; a no-op on a closed stream. */
  send(...events: readonly ServerSentEvent[]): Promise<void>;
  /** Aborted when the client goes, or the app closes: stop reading for it. */
  readonly closed: AbortSignal;
  close(): void;
}

export interface StreamSettings {
  /** Milliseconds between comments that keep proxies from closing an idle stream, and between looks at the token. */
  readonly keepAliveMs?: number;
  /** Milliseconds after which a client comes again when the stream breaks. */
  readonly retryMs?: number;
  /** Milliseconds that a client may leave what was sent unread, until it is cut off. */
  readonly stalledMs?: number;
}

/**
 * Turns a reply into a stream of server-sent events. The handler sends until `closed` is aborted: the client went, the
 * app closes, or the token that opened it counts no more.
 */
export function openEventStream(reply: FastifyReply, settings: StreamSettings = {}): EventStream {
  const { keepAliveMs = 15_000, retryMs = 2_000, stalledMs = 30_000 } = settings;
  const { raw, request, server } = reply;
  const ended = new AbortController();
  reply.hijack();
  const headers = Object.fromEntries(
    Object.entries(reply.getHeaders()).filter(
      (entry): entry is [string, string | number | string[]] => entry[1] !== undefined,
    ),
  );
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // The stream ends when the connection does: there is nothing to keep it for.
    connection: 'close',
    'x-accel-buffering': 'no',
  });
  raw.write(`retry: ${retryMs}\n\n`);
  reply.answeredAfter = reply.elapsedTime;

  const keepAlive = setInterval(() => {
    // Behind a client that does not read, comments would only pile up.
    if (!raw.writableNeedDrain) raw.write(': still here\n\n');
    // A token that runs out or is revoked ends what it opened.
    void server.vienuviet.stillAdmits(request).then((admits) => admits || stream.close());
  }, keepAliveMs);
  const stream: EventStream = {
    lastEventId: lastEventIdOf(request.headers['last-event-id']),
    closed: ended.signal,
    send: async (...events) => {
      if (ended.signal.aborted) return;
      if (raw.write(events.map(formatted).join(''))) return;
      const stalled = AbortSignal.timeout(stalledMs);
      await once(raw, 'drain', { signal: AbortSignal.any([ended.signal, stalled]) }).catch(() => {
        if (stalled.aborted) raw.destroy();
      });
    },
    close: () => {
      if (ended.signal.aborted) return;
      finish();
      raw.end();
    },
  };
  const finish = (): void => {
    clearInterval(keepAlive);
    server.vienuviet.openStreams.delete(stream);
    ended.abort();
  };
  raw.once('close', finish);
  raw.once('error', finish);
  server.vienuviet.openStreams.add(stream);
  return stream;
}

const lastEventIdOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' && header.length <= 256 ? header : undefined;

/** A line break inside a field would start another field: data goes line by line, ids and names keep none. */
function formatted({ id, event, data }: ServerSentEvent): string {
  const oneLine = (text: string): string => text.replace(/[\r\n\0]/g, '');
  const head = `${id === undefined ? '' : `id: ${oneLine(id)}\n`}${event === undefined ? '' : `event: ${oneLine(event)}\n`}`;
  const body = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${head}${body.join('')}\n`;
}

import type { FeedEvent } from '../feed/cloud-event.ts';

export interface StreamReading {
  /** Events that came, in order. */
  readonly events: FeedEvent[];
  /** Id of the last one, as a browser would send it back. */
  readonly lastEventId: string | undefined;
}

/**
 * Reads a stream of server-sent events until `enough` says so, then hangs up in the middle of whatever comes: as a
 * browser does, an event counts once its closing empty line has come.
 */
export async function readStream(
  url: string,
  headers: Record<string, string>,
  enough: (events: readonly FeedEvent[]) => boolean,
): Promise<StreamReading> {
  const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } });
  if (response.status !== 200) throw new Error(`the stream was answered ${response.status}: ${await response.text()}`);
  const events: FeedEvent[] = [];
  let lastEventId: string | undefined;
  let buffer = '';
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { events, lastEventId };
    buffer += decoder.decode(value, { stream: true });
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const { id, data } = parsed(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (data === undefined) continue;
      events.push(JSON.parse(data));
      lastEventId = id;
      if (enough(events)) {
        // Closes the connection; what is still in the buffer is lost, as when a reader dies.
        await reader.cancel();
        return { events, lastEventId };
      }
    }
  }
}

function parsed(message: string): { id?: string; data?: string } {
  const fields = message.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  return Object.fromEntries(fields.flatMap((field) => (field === null ? [] : [[field[1], field[2]]])));
}

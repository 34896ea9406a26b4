import { createPool } from '@vienuviet/database';
import { createEventStore } from '../event-store.ts';
import { jsonCodec } from './json-codec.ts';
import { append, command } from './store.ts';

/**
 * A process that appends without a pause to the streams it is given, until it hears `stop`; then it says how many of
 * its appends were accepted. Some repeat a command whose stored answer is large.
 */
const [url = '', ...streamIds] = process.argv.slice(2);
const pool = createPool({ url, name: 'test-writer-process' });
const store = await createEventStore({ pool, codec: jsonCodec });
const repeated = command({ answer: JSON.stringify('x'.repeat(500_000)) });
let stopped = false;
let appended = 0;

process.on('message', () => {
  stopped = true;
});

async function write(streamId: string): Promise<void> {
  while (!stopped) {
    const result = await store.append(append(streamId, 'any'));
    if (result.outcome === 'appended') appended++;
    await store.append({ streams: [], command: repeated });
  }
}

process.send?.('ready');
await Promise.all(streamIds.map(write));
process.send?.({ appended });
await store.close();
await pool.end();
process.disconnect?.();

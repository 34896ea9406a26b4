/** What sealing costs: `./scripts/bench sealing`. */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { open, type Place, seal } from '../src/envelope/envelope.ts';
import { testSubjectKey } from '../src/testing.ts';

const VALUES = 20_000;
const ROUNDS = 9;
const name = 'Bērziņa-Kalniņa';

const key = testSubjectKey();
const raw = key.key.export();
const place: Place = { within: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), field: 'person.name' };

/** The plainest code that does the same: a raw key, a nonce asked for each time, nothing padded. */
function plainly(text: string): string {
  const nonce = randomBytes(12);
  const bound = Buffer.concat([place.within, Buffer.from(place.field)]);
  const cipher = createCipheriv('aes-256-gcm', raw, nonce).setAAD(bound);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const decipher = createDecipheriv('aes-256-gcm', raw, nonce).setAAD(bound).setAuthTag(cipher.getAuthTag());
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString();
}
const ours = (text: string): string => open(key, place, seal(key, place, text));

/** Microseconds a value, sealed and opened. */
function costOf(work: (text: string) => string): number {
  const started = performance.now();
  for (let n = 0; n < VALUES; n++) if (work(name) !== name) throw new Error('a value did not come back');
  return ((performance.now() - started) * 1_000) / VALUES;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

costOf(plainly);
costOf(ours);
const costs = { plain: [] as number[], ours: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  costs.plain.push(costOf(plainly));
  costs.ours.push(costOf(ours));
}
const [plain, own] = [median(costs.plain), median(costs.ours)];

process.stdout.write(`## Sealing

One field of a person sealed and opened again, AES-256-GCM, beside the plainest code with a raw key and a nonce asked for
each time. Medians of ${ROUNDS} rounds of ${VALUES} values in turns. Goal: below 15 µs. \`./scripts/bench sealing\`

| | µs a value | ratio |
| --- | --- | --- |
| plainest code | ${plain.toFixed(1)} | 1.00 |
| \`packages/privacy\` | ${own.toFixed(1)} | ${(own / plain).toFixed(2)} |
`);

import { interleaved } from '/work/main/packages/event-store/bench/contender.ts';
import { bare, emmett, ours } from '/work/main/packages/event-store/bench/contenders.ts';
import { benchDatabase, durability } from '/work/main/packages/event-store/bench/database.ts';

const url = 'postgres://postgres@127.0.0.1:5432/postgres';
const events = Number(process.env.EVENTS ?? 1);
const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = Number(process.env.SECONDS ?? 2);
const writers = (process.env.WRITERS ?? '1,16,64').split(',').map(Number);
const db = await benchDatabase(url);
try {
  for (const w of writers) {
    const cs = [await bare(db, w, events), await ours(db, events)];
    if (process.env.EMMETT) cs.push(await emmett(db, w, events));
    const res = await interleaved(cs, { writers: w, seconds }, rounds, (l) => process.env.V && console.error(l));
    for (const r of res)
      console.log(
        w,
        r.name.padEnd(24),
        r.median.perSecond.toFixed(0).padStart(7),
        'ratio',
        r.ratio.toFixed(2),
        '[' + r.ratios.map((x) => x.toFixed(2)).join(' ') + ']',
        'p50',
        r.median.p50.toFixed(2),
        'p99',
        r.median.p99.toFixed(2),
        'cpu',
        r.median.cpu.toFixed(0),
      );
    for (const c of cs) await c.close();
  }
} finally {
  await db.drop();
}

/** What the codec costs beside avsc alone and beside JSON, in microseconds of one core: `./scripts/bench codec`. */
import { codec, contracts, type EventMap, type EventType, newestOf } from '../index.ts';
import { avroTypeOf } from './avro-type.ts';

const ROUNDS = 9;
const CALLS = 40_000;

const id = '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11';
const stamp = { occurredAt: Date.UTC(2026, 2, 2, 8), actorId: 'clerk.cesis.1' };
const samples: { readonly [Type in EventType]?: EventMap[Type] } = {
  'intake.CaseReleased': { caseId: id, ...stamp },
  'intake.CaseRegistered': {
    caseId: id,
    subjectId: id,
    anonymous: false,
    serviceId: id,
    holderId: 'vsaa',
    centreId: id,
    municipalityId: 'cesu-novads',
    channel: 'in_person',
    purpose: 'application',
    customerKind: 'citizen',
    crossBorder: false,
    clerkMinutes: 10,
    claimedUntil: stamp.occurredAt,
    ...stamp,
  },
  'intake.ServiceListed': {
    serviceId: id,
    description: {
      titleLv: 'Slimības pabalsta piešķiršana vai pārrēķināšana',
      titleEn: null,
      holderId: 'vsaa',
      holderName: 'Valsts sociālās apdrošināšanas aģentūra',
      holderRegistrationNumber: '90001669496',
      channels: ['in_person', 'e_service'],
      electronicStages: ['request'],
      processingTimes: [{ channel: 'in_person', workingDays: 10 }],
      supportLevel: 2,
      authorisedEService: true,
      lifeEvents: ['job_loss'],
      template: null,
    },
    source: 't08_top15_in_person.csv',
    origin: 'report',
    ...stamp,
  },
};

/** Medians of several rounds in turns, µs a call. */
function measure(works: readonly (() => unknown)[]): number[] {
  const taken = works.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) {
      const started = performance.now();
      for (let call = 0; call < CALLS; call++) work();
      taken[index]!.push(((performance.now() - started) * 1000) / CALLS);
    }
  }
  return taken.map((times) => times.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)]!);
}

const rows = Object.entries(samples).map(([type, data]) => {
  const { json } = newestOf(contracts.byType.get(type)!);
  const avsc = avroTypeOf(json);
  const { payload } = codec.encode(type, data);
  const body = payload.subarray(5);
  const text = Buffer.from(JSON.stringify(data));
  const [encode, bareEncode, jsonEncode, decode, bareDecode, jsonDecode] = measure([
    () => codec.encode(type, data),
    () => avsc.toBuffer(data),
    () => Buffer.from(JSON.stringify(data)),
    () => codec.decode(payload),
    () => avsc.fromBuffer(body),
    () => JSON.parse(text.toString()),
  ]).map((microseconds) => microseconds.toFixed(2));
  const sizes = `${payload.length} / ${text.length}`;
  return `| ${type} | ${sizes} | ${encode} / ${bareEncode} / ${jsonEncode} | ${decode} / ${bareDecode} / ${jsonDecode} |`;
});

process.stdout.write(`## Codec

Microseconds of one core a call, median of ${ROUNDS} rounds in turns: ours with frame, check of the data or the bytes, and
id / avsc alone, which checks neither / JSON without a check.

| event | bytes, ours / JSON | encode | decode |
| --- | --- | --- | --- |
${rows.join('\n')}
`);

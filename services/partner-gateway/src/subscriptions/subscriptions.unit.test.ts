import { expect, test } from 'vitest';
import { type SubscriptionCommand, type SubscriptionEvent, subscriptionsDecider } from './subscriptions.ts';

const [vsaa, nva] = ['90001669496', '90001634668'] as const;
const act = { actorId: 'engineer', now: 1_000 };
const open = (registrationNumber: string, holderId: string, certificateName?: string): SubscriptionCommand => ({
  ...{ type: 'open', registrationNumber, holderId, ...act },
  ...(certificateName === undefined ? {} : { certificateName }),
});
const end = (registrationNumber: string): SubscriptionCommand => ({ type: 'end', registrationNumber, ...act });

/** What the last command makes, after those before it. */
function outcome(...commands: readonly SubscriptionCommand[]): string | SubscriptionEvent['data'] {
  let state = subscriptionsDecider.initialState;
  let last: string | SubscriptionEvent['data'] = '';
  for (const command of commands) {
    const decision = subscriptionsDecider.decide(command, state);
    if (!decision.accepted) {
      last = decision.refusal.code;
      continue;
    }
    for (const event of decision.events) state = subscriptionsDecider.evolve(state, event);
    last = decision.events[0]!.data;
  }
  return last;
}

test('a partner is subscribed under its certificate, by somebody', () => {
  expect(outcome(open(vsaa, 'vsaa'))).toEqual({
    ...{ registrationNumber: vsaa, holderId: 'vsaa', certificateName: `partner.${vsaa}` },
    ...{ occurredAt: 1_000, actorId: 'engineer' },
  });
  expect(outcome(open(vsaa, 'vsaa', `partner.${vsaa}.2`))).toMatchObject({ certificateName: `partner.${vsaa}.2` });
});

test('a number whose digits do not fit, and the certificate of another, are refused', () => {
  expect(outcome(open('90001669497', 'vsaa'))).toBe('registration_number_wrong');
  expect(outcome(open(vsaa, 'vsaa', `partner.${nva}`))).toBe('certificate_of_another');
});

test('the number of another than the holder is refused, where the catalogue has a number', () => {
  const opening = (holderNumbers: readonly string[]) => outcome({ ...open(vsaa, 'vsaa'), holderNumbers } as never);
  expect(opening([nva])).toBe('holder_of_another');
  expect(opening([nva, vsaa])).toMatchObject({ registrationNumber: vsaa });
  expect(opening([])).toMatchObject({ registrationNumber: vsaa });
});

test('a partner has one holder and a holder one partner, until the subscription ends', () => {
  expect(outcome(open(vsaa, 'vsaa'), open(vsaa, 'nva'))).toBe('already_subscribed');
  expect(outcome(open(vsaa, 'vsaa'), open(nva, 'vsaa'))).toBe('holder_has_partner');
  expect(outcome(open(vsaa, 'vsaa'), end(vsaa), open(nva, 'vsaa'))).toMatchObject({ registrationNumber: nva });
});

test('what is not open cannot be ended', () => {
  expect(outcome(end(vsaa))).toBe('not_subscribed');
  expect(outcome(open(vsaa, 'vsaa'), end(vsaa))).toMatchObject({ registrationNumber: vsaa, holderId: 'vsaa' });
  expect(outcome(open(vsaa, 'vsaa'), end(vsaa), end(vsaa))).toBe('not_subscribed');
});

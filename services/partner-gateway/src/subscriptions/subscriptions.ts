/**
 * Who is told of whose cases: one aggregate for all partners, since a holder has one partner and a partner one holder,
 * and there are dozens of them at most. Pure.
 */
import { accept, type Decider, refuse } from '@vienuviet/event-store';
import { isRegistrationNumber } from '@vienuviet/identifiers';
import type { EventOf } from '@vienuviet/schemas';

export const subscriptionsStream = 'subscriptions-00000000-0000-8000-8000-000000000001';
export const subscriptionsType = 'subscriptions';

export type SubscriptionEvent = EventOf<'partnergateway.SubscriptionOpened' | 'partnergateway.SubscriptionEnded'>;

interface Act {
  readonly registrationNumber: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

export type SubscriptionCommand =
  | (Act & {
      readonly type: 'open';
      readonly holderId: string;
      readonly certificateName?: string;
      /** What the catalogue says whose number the holder has; none where it says nothing. */
      readonly holderNumbers?: readonly string[];
    })
  | (Act & { readonly type: 'end' });

/** The holder of each open subscription, by registration number. */
export type OpenSubscriptions = ReadonlyMap<string, string>;

/** The certificate that a partner has when none is named. */
export const usualCertificate = (registrationNumber: string): string => `partner.${registrationNumber}`;

export const subscriptionsDecider: Decider<SubscriptionCommand, OpenSubscriptions, SubscriptionEvent> = {
  initialState: new Map(),

  decide(command, open) {
    const { registrationNumber, actorId, now } = command;
    const act = { occurredAt: now, actorId };
    const present = open.get(registrationNumber);
    if (command.type === 'end') {
      if (present === undefined) return refuse('not_subscribed', `${registrationNumber} has no open subscription.`);
      const data = { registrationNumber, holderId: present, ...act };
      return accept({ type: 'partnergateway.SubscriptionEnded', data });
    }
    const usual = usualCertificate(registrationNumber);
    const { holderId, certificateName = usual, holderNumbers = [] } = command;
    if (!isRegistrationNumber(registrationNumber)) {
      return refuse('registration_number_wrong', 'The digits do not fit together: is one mistyped?');
    }
    if (holderNumbers.length > 0 && !holderNumbers.includes(registrationNumber)) {
      return refuse('holder_of_another', `The catalogue has ${holderNumbers.join(', ')} as the number of ${holderId}.`);
    }
    if (certificateName !== usual && !certificateName.startsWith(`${usual}.`)) {
      return refuse('certificate_of_another', `The certificate of ${registrationNumber} is called ${usual}.`);
    }
    if (present !== undefined) {
      return refuse('already_subscribed', `${registrationNumber} is told of the cases of ${present}: end that first.`);
    }
    if ([...open.values()].includes(holderId)) {
      return refuse('holder_has_partner', `Another partner is told of the cases of ${holderId}: end that first.`);
    }
    const data = { registrationNumber, holderId, certificateName, ...act };
    return accept({ type: 'partnergateway.SubscriptionOpened', data });
  },

  evolve(open, { type, data }) {
    const next = new Map(open);
    if (type === 'partnergateway.SubscriptionOpened') next.set(data.registrationNumber, data.holderId);
    else next.delete(data.registrationNumber);
    return next;
  },
};

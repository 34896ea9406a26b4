/**
 * Names of what a partner has. Its stream is called by its registration number, in the shape of a UUID (version 8, for
 * values of one's own), so that the relay knows the topic of a stream without asking anybody.
 */
export const partnerEvent = 'partner.CaseEvent';
export const partnerType = 'partner';

const STREAM = /^partner-00000000-0000-8000-8000-0(\d{11})$/;

export const partnerStream = (registrationNumber: string): string =>
  `partner-00000000-0000-8000-8000-0${registrationNumber}`;

/** The topic that a partner, and nobody else, reads. */
export const partnerTopic = (registrationNumber: string): string => `${partnerPrefix(registrationNumber)}case-events`;

/** The beginning of the names of the groups in which a partner reads. */
export const partnerPrefix = (registrationNumber: string): string => `partner.${registrationNumber}.`;

/** The topic of an event on a partner's stream; undefined for everything else, which stays in the store. */
export function topicOfStream(type: string, streamId: string): string | undefined {
  const number = type === partnerEvent ? STREAM.exec(streamId)?.[1] : undefined;
  return number === undefined ? undefined : partnerTopic(number);
}

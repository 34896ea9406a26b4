import { inspect } from 'node:util';
import { type Place, type SubjectKey, seal } from './envelope/envelope.ts';

const shown = '[personal]';

/**
 * A text about a person on its way into an event, in clear. It can be sealed and nothing else: whoever prints it, logs
 * it or writes it as JSON gets `[personal]`.
 */
export class Personal {
  readonly #text: string;
  readonly #key: SubjectKey;

  constructor(key: SubjectKey, text: string) {
    this.#key = key;
    this.#text = text;
  }

  get subjectId(): string {
    return this.#key.subjectId;
  }

  /** The text, sealed for its place. */
  sealedFor(place: Place): Buffer {
    return seal(this.#key, place, this.#text);
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

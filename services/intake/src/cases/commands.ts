import type { ServiceState } from '../catalogue/service.ts';
import type { CentreState } from '../centres/centre.ts';
import type {
  Channel,
  ClosingReason,
  CustomerKind,
  DecisionReason,
  HandOverReason,
  InformationReason,
  LinkKind,
  OpeningPurpose,
  Outcome,
  ReopeningReason,
  ResultForm,
  WithdrawalReason,
} from './codes.ts';

/** Who acts, and the centres and holders for which they may. */
export interface Actor {
  /** Account id; never a personal code. */
  readonly id: string;
  readonly centreIds: readonly string[];
  readonly holderIds: readonly string[];
}

interface Common {
  readonly caseId: string;
  readonly actor: Actor;
  /** The service's clock when the command came in, ms. Claims are compared with it. */
  readonly now: number;
  /** When it happened in the world, ms; not given: `now`. */
  readonly occurredAt?: number;
}

interface Timed {
  /** Minutes that the clerk spent, 0–600. */
  readonly clerkMinutes: number;
}

export type CaseCommand = Common &
  (
    | ({
        readonly type: 'register';
        readonly subjectId: string;
        readonly anonymous: boolean;
        /** The entry of the catalogue and the centre, as their streams have them now. */
        readonly service: ServiceState;
        readonly centre: CentreState;
        readonly channel: Channel;
        readonly purpose: OpeningPurpose;
        readonly customerKind: CustomerKind;
        readonly crossBorder: boolean;
      } & Timed)
    | { readonly type: 'claim' }
    | { readonly type: 'release' }
    | ({ readonly type: 'recordConsultation'; readonly channel: Channel } & Timed)
    | ({
        readonly type: 'request';
        readonly channel: Channel;
        /** Given when a returned case is addressed anew. */
        readonly service?: ServiceState;
        /** Given when only the holder changes; one that the catalogue knows. */
        readonly holderId?: string;
      } & Timed)
    | { readonly type: 'accept' }
    | { readonly type: 'rejectAsWrongAuthority'; readonly proposedHolderId?: string }
    | { readonly type: 'askForInformation'; readonly reason: InformationReason }
    | ({ readonly type: 'provideInformation'; readonly channel: Channel } & Timed)
    | { readonly type: 'decide'; readonly outcome: Outcome; readonly reason: DecisionReason }
    | ({ readonly type: 'deliverResult'; readonly channel: Channel; readonly resultForm: ResultForm } & Timed)
    | { readonly type: 'evaluate'; readonly score: number; readonly channel: Channel }
    | { readonly type: 'withdraw'; readonly reason: WithdrawalReason }
    | { readonly type: 'reopen'; readonly reason: ReopeningReason }
    | { readonly type: 'close'; readonly reason: ClosingReason }
    | { readonly type: 'handOver'; readonly toCentre: CentreState; readonly reason: HandOverReason }
    | { readonly type: 'link'; readonly linkKind: LinkKind; readonly linkedId: string }
  );

export type CommandOf<Name extends CaseCommand['type']> = Extract<CaseCommand, { type: Name }>;

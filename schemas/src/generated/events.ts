// Generated from the contracts by schemas/src/generate.ts; do not edit.

/** A clerk took the case: until then nobody else acts for the centre. */
export interface IntakeCaseClaimed {
  /** The service case. */
  readonly caseId: string;
  /** The centre. */
  readonly centreId: string;
  /** When the claim ends by itself. */
  readonly claimedUntil: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The case ended. */
export interface IntakeCaseClosed {
  /** The service case. */
  readonly caseId: string;
  /** Why. */
  readonly reason: 'unknown' | 'completed' | 'informed_only' | 'no_answer' | 'registered_in_error' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The client gave a score. */
export interface IntakeCaseEvaluated {
  /** The service case. */
  readonly caseId: string;
  /** 1 (bad) to 5 (good). */
  readonly score: number;
  /** Channel of this stage. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Another centre goes on with the case. */
export interface IntakeCaseHandedOver {
  /** The service case. */
  readonly caseId: string;
  /** The centre so far. */
  readonly fromCentreId: string;
  /** The centre from now on. */
  readonly toCentreId: string;
  /** Its municipality. */
  readonly toMunicipalityId: string;
  /** Why. */
  readonly reason: 'unknown' | 'client_moved' | 'centre_closing' | 'capacity' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The case belongs together with something of another service. */
export interface IntakeCaseLinked {
  /** The service case. */
  readonly caseId: string;
  /** What it is linked to. */
  readonly linkKind: 'unknown' | 'contact' | 'mandate' | 'waiting_list';
  /** Id of that. */
  readonly linkedId: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A clerk opened a service case. */
export interface IntakeCaseRegistered {
  /** The service case. */
  readonly caseId: string;
  /** The client: a random id; an anonymous case has a fresh one. */
  readonly subjectId: string;
  /** Whether nobody knows who the client is. */
  readonly anonymous: boolean;
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** The centre. */
  readonly centreId: string;
  /** The centre's municipality. */
  readonly municipalityId: string;
  /** Channel in which the case was opened. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** What the case was opened for. */
  readonly purpose: 'unknown' | 'information' | 'application' | 'authorised_e_service' | 'result_delivery' | 'complaint' | 'other';
  /** Kind of the client. */
  readonly customerKind: 'unknown' | 'citizen' | 'business' | 'other';
  /** Whether the client comes from another country of the EU. */
  readonly crossBorder: boolean;
  /** The clerk's time, in whole minutes. */
  readonly clerkMinutes: number;
  /** Until when the registering clerk holds the claim. */
  readonly claimedUntil: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The clerk gave the claim back. */
export interface IntakeCaseReleased {
  /** The service case. */
  readonly caseId: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A case that had ended goes on. */
export interface IntakeCaseReopened {
  /** The service case. */
  readonly caseId: string;
  /** The stage that it is in again. */
  readonly toStage: 'unknown' | 'registered' | 'consulted' | 'requested' | 'in_execution' | 'awaiting_information' | 'returned' | 'decided' | 'delivered' | 'closed' | 'withdrawn';
  /** Why. */
  readonly reason: 'unknown' | 'result_faulty' | 'new_circumstances' | 'closed_by_mistake' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The client does not want it any more. */
export interface IntakeCaseWithdrawn {
  /** The service case. */
  readonly caseId: string;
  /** Why. */
  readonly reason: 'unknown' | 'client_request' | 'no_longer_needed' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Facts of a centre changed. */
export interface IntakeCentreChanged {
  /** The centre. */
  readonly centreId: string;
  /** Name of the centre. */
  readonly name: string;
  /** Kind of the centre. */
  readonly kind: 'unknown' | 'administrative_centre' | 'parish' | 'library' | 'local' | 'county' | 'regional' | 'national';
  /** The municipality: ASCII slug of its name. */
  readonly municipalityId: string;
  /** The municipality's name. */
  readonly municipalityName: string;
  /** Postal address of the centre. */
  readonly address: string;
  /** Weekdays on which it opens. */
  readonly openingHours: readonly ({
    /** 1 Monday to 7 Sunday. */
    readonly weekday: number;
    /** In order, without overlaps. */
    readonly periods: readonly ({
      /** HH:MM. */
      readonly opens: string;
      /** HH:MM, 24:00 at most. */
      readonly closes: string;
    })[];
  })[];
  /** Report, invented for the sample, or entered by an operator. */
  readonly origin: 'unknown' | 'report' | 'invented' | 'operator';
  /** Names of the fields that changed. */
  readonly changed: readonly (string)[];
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A centre closed; its history stays. */
export interface IntakeCentreClosed {
  /** The centre. */
  readonly centreId: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A centre opened. */
export interface IntakeCentreOpened {
  /** The centre. */
  readonly centreId: string;
  /** Name of the centre. */
  readonly name: string;
  /** Kind of the centre. */
  readonly kind: 'unknown' | 'administrative_centre' | 'parish' | 'library' | 'local' | 'county' | 'regional' | 'national';
  /** The municipality: ASCII slug of its name. */
  readonly municipalityId: string;
  /** The municipality's name. */
  readonly municipalityName: string;
  /** Postal address of the centre. */
  readonly address: string;
  /** Weekdays on which it opens. */
  readonly openingHours: readonly ({
    /** 1 Monday to 7 Sunday. */
    readonly weekday: number;
    /** In order, without overlaps. */
    readonly periods: readonly ({
      /** HH:MM. */
      readonly opens: string;
      /** HH:MM, 24:00 at most. */
      readonly closes: string;
    })[];
  })[];
  /** Report, invented for the sample, or entered by an operator. */
  readonly origin: 'unknown' | 'report' | 'invented' | 'operator';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A client was advised. */
export interface IntakeConsultationRecorded {
  /** The service case. */
  readonly caseId: string;
  /** Channel of this stage. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** The clerk's time, in whole minutes. */
  readonly clerkMinutes: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The holder decided. */
export interface IntakeDecisionMade {
  /** The service case. */
  readonly caseId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** The decision. */
  readonly outcome: 'unknown' | 'granted' | 'refused' | 'partly';
  /** Why. */
  readonly reason: 'unknown' | 'requirements_met' | 'requirements_not_met' | 'partly_met' | 'no_jurisdiction' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What the holder asked for was handed in. */
export interface IntakeInformationProvided {
  /** The service case. */
  readonly caseId: string;
  /** Channel of this stage. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** The clerk's time, in whole minutes. */
  readonly clerkMinutes: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The holder needs something from the client. */
export interface IntakeInformationRequested {
  /** The service case. */
  readonly caseId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** What is needed. */
  readonly reason: 'unknown' | 'missing_document' | 'unclear_request' | 'identity_check' | 'payment' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The holder took the request. */
export interface IntakeRequestAccepted {
  /** The service case. */
  readonly caseId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The institution asked is not competent. */
export interface IntakeRequestRejectedAsWrongAuthority {
  /** The service case. */
  readonly caseId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** Whom to address instead. */
  readonly proposedHolderId: string | null;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The client has the result. */
export interface IntakeResultDelivered {
  /** The service case. */
  readonly caseId: string;
  /** Channel of this stage. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** How it was handed over. */
  readonly resultForm: 'unknown' | 'e_address' | 'at_centre' | 'post' | 'electronic';
  /** The clerk's time, in whole minutes. */
  readonly clerkMinutes: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What the catalogue says of a service changed. */
export interface IntakeServiceChanged {
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** What it says now. */
  readonly description: {
    /** Title in Latvian. */
    readonly titleLv: string;
    /** Title in English. */
    readonly titleEn: string | null;
    /** The holder: ASCII slug of its name. */
    readonly holderId: string;
    /** The holder's name as printed. */
    readonly holderName: string;
    /** Eleven digits, where known. */
    readonly holderRegistrationNumber: string | null;
    /** Channels in which the service can be had. */
    readonly channels: readonly ('unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post')[];
    /** Stages that are available electronically. */
    readonly electronicStages: readonly ('unknown' | 'information' | 'request' | 'execution' | 'result' | 'evaluation')[];
    /** Processing time, where stated, by channel. */
    readonly processingTimes: readonly ({
      /** The channel of the request. */
      readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
      /** Working days of the holder. */
      readonly workingDays: number;
    })[];
    /** Support level that a centre gives, 0 to 3. */
    readonly supportLevel: number | null;
    /** Whether a clerk can file it as an authorised e-service. */
    readonly authorisedEService: boolean;
    /** Life events that it belongs to. */
    readonly lifeEvents: readonly (string)[];
    /** Shared template that it was made from. */
    readonly template: string | null;
  };
  /** What changed. */
  readonly changes: readonly ({
    /** Name of the field. */
    readonly field: string;
    /** Value before, as JSON text; null when there was none. */
    readonly before: string | null;
    /** Value after, as JSON text. */
    readonly after: string | null;
  })[];
  /** Name of the file or table that named it. */
  readonly source: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A count no longer stands. */
export interface IntakeServiceCountCorrected {
  /** The service case. */
  readonly caseId: string;
  /** The count that falls. */
  readonly countId: string;
  /** Why. */
  readonly reason: 'unknown' | 'withdrawn' | 'annulled' | 'other';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The case counts as one service given at a desk. */
export interface IntakeServiceCounted {
  /** The service case. */
  readonly caseId: string;
  /** This count; a correction names it. */
  readonly countId: string;
  /** Version of the rule that counted it. */
  readonly ruleVersion: string;
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** The centre. */
  readonly centreId: string;
  /** The centre's municipality. */
  readonly municipalityId: string;
  /** Channel of the help that counts. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** Kind of the client. */
  readonly customerKind: 'unknown' | 'citizen' | 'business' | 'other';
  /** Whether the client comes from another country of the EU. */
  readonly crossBorder: boolean;
  /** The clerk's time, in whole minutes. */
  readonly clerkMinutes: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A service entered the catalogue. */
export interface IntakeServiceListed {
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** What the catalogue says. */
  readonly description: {
    /** Title in Latvian. */
    readonly titleLv: string;
    /** Title in English. */
    readonly titleEn: string | null;
    /** The holder: ASCII slug of its name. */
    readonly holderId: string;
    /** The holder's name as printed. */
    readonly holderName: string;
    /** Eleven digits, where known. */
    readonly holderRegistrationNumber: string | null;
    /** Channels in which the service can be had. */
    readonly channels: readonly ('unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post')[];
    /** Stages that are available electronically. */
    readonly electronicStages: readonly ('unknown' | 'information' | 'request' | 'execution' | 'result' | 'evaluation')[];
    /** Processing time, where stated, by channel. */
    readonly processingTimes: readonly ({
      /** The channel of the request. */
      readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
      /** Working days of the holder. */
      readonly workingDays: number;
    })[];
    /** Support level that a centre gives, 0 to 3. */
    readonly supportLevel: number | null;
    /** Whether a clerk can file it as an authorised e-service. */
    readonly authorisedEService: boolean;
    /** Life events that it belongs to. */
    readonly lifeEvents: readonly (string)[];
    /** Shared template that it was made from. */
    readonly template: string | null;
  };
  /** Name of the file or table that named it. */
  readonly source: string;
  /** Report, invented for the sample, or entered by an operator. */
  readonly origin: 'unknown' | 'report' | 'invented' | 'operator';
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A retired service is named again. */
export interface IntakeServiceRelisted {
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** What the catalogue says. */
  readonly description: {
    /** Title in Latvian. */
    readonly titleLv: string;
    /** Title in English. */
    readonly titleEn: string | null;
    /** The holder: ASCII slug of its name. */
    readonly holderId: string;
    /** The holder's name as printed. */
    readonly holderName: string;
    /** Eleven digits, where known. */
    readonly holderRegistrationNumber: string | null;
    /** Channels in which the service can be had. */
    readonly channels: readonly ('unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post')[];
    /** Stages that are available electronically. */
    readonly electronicStages: readonly ('unknown' | 'information' | 'request' | 'execution' | 'result' | 'evaluation')[];
    /** Processing time, where stated, by channel. */
    readonly processingTimes: readonly ({
      /** The channel of the request. */
      readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
      /** Working days of the holder. */
      readonly workingDays: number;
    })[];
    /** Support level that a centre gives, 0 to 3. */
    readonly supportLevel: number | null;
    /** Whether a clerk can file it as an authorised e-service. */
    readonly authorisedEService: boolean;
    /** Life events that it belongs to. */
    readonly lifeEvents: readonly (string)[];
    /** Shared template that it was made from. */
    readonly template: string | null;
  };
  /** Name of the file or table that named it. */
  readonly source: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The service was requested from its holder. */
export interface IntakeServiceRequested {
  /** The service case. */
  readonly caseId: string;
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** The holder of the service. */
  readonly holderId: string;
  /** Channel of this stage. */
  readonly channel: 'unknown' | 'in_person' | 'phone' | 'sms' | 'email' | 'form' | 'chat' | 'social' | 'e_service' | 'post';
  /** The clerk's time, in whole minutes. */
  readonly clerkMinutes: number;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** No source names the service any more; it stays readable. */
export interface IntakeServiceRetired {
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Another source names the service too. */
export interface IntakeServiceSourceAdded {
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** Name of the file or table that named it. */
  readonly source: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A source names the service no longer. */
export interface IntakeServiceSourceRemoved {
  /** The entry of the catalogue: UUIDv5 of holder and title. */
  readonly serviceId: string;
  /** Name of the file or table that named it. */
  readonly source: string;
  /** When it happened, as the one who records it says; UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What the portal shows of a case changed. Local to the status feed's store: no topic. */
export interface StatusfeedItemStatusChanged {
  /** The service case. */
  readonly caseId: string;
  /** Whose case it is. Null: as before. */
  readonly subjectId: string | null;
  /** The service. Null: as before. */
  readonly serviceId: string | null;
  /** Who handles it. Null: as before. */
  readonly holderId: string | null;
  /** Status in the portal's words. Null: as before. */
  readonly status: 'unknown' | 'not_started' | 'in_progress' | 'waiting_for_you' | 'needs_attention' | 'decided' | 'result_ready' | 'closed' | null;
  /** The step that was reached; null for none. */
  readonly milestone: 'unknown' | 'registered' | 'consulted' | 'requested' | 'accepted' | 'wrong_authority' | 'information_requested' | 'information_provided' | 'decided' | 'delivered' | 'withdrawn' | 'reopened' | 'closed' | null;
  /** The event of intake that made the change. */
  readonly sourceEventId: string;
  /** Version of the case's stream. */
  readonly sourceVersion: number;
  /** When it happened, as the source says. */
  readonly sourceOccurredAt: number;
}

/** Data of every event, by type. */
export interface EventMap {
  'intake.CaseClaimed': IntakeCaseClaimed;
  'intake.CaseClosed': IntakeCaseClosed;
  'intake.CaseEvaluated': IntakeCaseEvaluated;
  'intake.CaseHandedOver': IntakeCaseHandedOver;
  'intake.CaseLinked': IntakeCaseLinked;
  'intake.CaseRegistered': IntakeCaseRegistered;
  'intake.CaseReleased': IntakeCaseReleased;
  'intake.CaseReopened': IntakeCaseReopened;
  'intake.CaseWithdrawn': IntakeCaseWithdrawn;
  'intake.CentreChanged': IntakeCentreChanged;
  'intake.CentreClosed': IntakeCentreClosed;
  'intake.CentreOpened': IntakeCentreOpened;
  'intake.ConsultationRecorded': IntakeConsultationRecorded;
  'intake.DecisionMade': IntakeDecisionMade;
  'intake.InformationProvided': IntakeInformationProvided;
  'intake.InformationRequested': IntakeInformationRequested;
  'intake.RequestAccepted': IntakeRequestAccepted;
  'intake.RequestRejectedAsWrongAuthority': IntakeRequestRejectedAsWrongAuthority;
  'intake.ResultDelivered': IntakeResultDelivered;
  'intake.ServiceChanged': IntakeServiceChanged;
  'intake.ServiceCountCorrected': IntakeServiceCountCorrected;
  'intake.ServiceCounted': IntakeServiceCounted;
  'intake.ServiceListed': IntakeServiceListed;
  'intake.ServiceRelisted': IntakeServiceRelisted;
  'intake.ServiceRequested': IntakeServiceRequested;
  'intake.ServiceRetired': IntakeServiceRetired;
  'intake.ServiceSourceAdded': IntakeServiceSourceAdded;
  'intake.ServiceSourceRemoved': IntakeServiceSourceRemoved;
  'statusfeed.ItemStatusChanged': StatusfeedItemStatusChanged;
}

/** Every event type that has a contract. */
export const eventTypes = [
  'intake.CaseClaimed',
  'intake.CaseClosed',
  'intake.CaseEvaluated',
  'intake.CaseHandedOver',
  'intake.CaseLinked',
  'intake.CaseRegistered',
  'intake.CaseReleased',
  'intake.CaseReopened',
  'intake.CaseWithdrawn',
  'intake.CentreChanged',
  'intake.CentreClosed',
  'intake.CentreOpened',
  'intake.ConsultationRecorded',
  'intake.DecisionMade',
  'intake.InformationProvided',
  'intake.InformationRequested',
  'intake.RequestAccepted',
  'intake.RequestRejectedAsWrongAuthority',
  'intake.ResultDelivered',
  'intake.ServiceChanged',
  'intake.ServiceCountCorrected',
  'intake.ServiceCounted',
  'intake.ServiceListed',
  'intake.ServiceRelisted',
  'intake.ServiceRequested',
  'intake.ServiceRetired',
  'intake.ServiceSourceAdded',
  'intake.ServiceSourceRemoved',
  'statusfeed.ItemStatusChanged',
] as const;

import type { Milestone, Status } from './statuses.ts';

/** The portal's languages. */
export const languages = ['lv', 'en'] as const;
export type Language = (typeof languages)[number];

/** One thing said in every language of the portal. */
export type Words = Readonly<Record<Language, string>>;

export const statusWords: Readonly<Record<Status, Words>> = {
  not_started: { lv: 'Nav uzsākts', en: 'Not started' },
  in_progress: { lv: 'Tiek izpildīts', en: 'In progress' },
  waiting_for_you: { lv: 'Gaida jūsu rīcību', en: 'Waiting for you' },
  needs_attention: { lv: 'Jāpievērš uzmanība', en: 'Needs attention' },
  decided: { lv: 'Pieņemts lēmums', en: 'Decided' },
  result_ready: { lv: 'Rezultāts gatavs', en: 'Result ready' },
  closed: { lv: 'Slēgts', en: 'Closed' },
};

/** Longest name of a milestone that Latvija.lv shows, in characters (architecture guidelines for e-services, 5.3.1). */
export const longestMilestoneName = 15;

export const milestoneWords: Readonly<Record<Milestone, Words>> = {
  registered: { lv: 'Reģistrēts', en: 'Registered' },
  consulted: { lv: 'Konsultācija', en: 'Consultation' },
  requested: { lv: 'Pieprasīts', en: 'Requested' },
  accepted: { lv: 'Pieņemts', en: 'Accepted' },
  wrong_authority: { lv: 'Cita iestāde', en: 'Other authority' },
  information_requested: { lv: 'Jāpapildina', en: 'Info needed' },
  information_provided: { lv: 'Papildināts', en: 'Info received' },
  decided: { lv: 'Lēmums', en: 'Decision' },
  delivered: { lv: 'Rezultāts', en: 'Result' },
  withdrawn: { lv: 'Atsaukts', en: 'Withdrawn' },
  reopened: { lv: 'Atsākts', en: 'Reopened' },
  closed: { lv: 'Slēgts', en: 'Closed' },
};

/** What the person is asked to do while a milestone is the last one; most ask nothing. */
export const actionWords: Readonly<Partial<Record<Milestone, Words>>> = {
  wrong_authority: {
    lv: 'Sazinieties ar centru: jautājums ir citas iestādes kompetencē',
    en: 'Contact the centre: another authority is competent',
  },
  information_requested: { lv: 'Iesniedziet pieprasītās ziņas', en: 'Provide the information asked for' },
};

import { type Policy, type Role, twoFactors } from '@vienuviet/http';

/**
 * Who may do what, in one table: every route takes its policy from here, by what it does, and `docs/access.md` is
 * written from it. What lies elsewhere than the scope says answers as if it were not there.
 */
const desk = ['clerk', 'supervisor'] as const satisfies readonly Role[];
const holder = ['holder_specialist', 'holder_system'] as const satisfies readonly Role[];
const everybodyAtWork = [
  ...desk,
  ...holder,
  'auditor',
  'portal_client',
  'integration_engineer',
] as const satisfies readonly Role[];

export interface Rule extends Extract<Policy, { roles: unknown }> {
  /** What it lets somebody do, for the page. */
  readonly says: string;
}

export const policies = {
  catalogueRead: { says: 'Read the catalogue of services', roles: everybodyAtWork, scope: 'all' },
  catalogueImport: { says: 'Import the catalogue', roles: ['integration_engineer'], scope: 'all' },
  centresRead: { says: 'Read centres and their opening hours', roles: everybodyAtWork, scope: 'all' },
  centresKeep: { says: 'Open, change and close centres', roles: ['integration_engineer'], scope: 'all' },

  casesAtDesk: {
    says: 'Register a case, claim, consult, request, give information, evaluate, withdraw, reopen, close, hand over, link',
    roles: desk,
    scope: 'own_centre',
  },
  casesAtHolder: {
    says: 'Accept or reject a request, ask for information, decide',
    roles: holder,
    scope: 'own_holder',
  },
  casesAtEither: {
    says: 'Deliver the result of a case',
    roles: [...desk, ...holder],
    scope: 'own_centre_or_holder',
  },
  workQueue: { says: 'See the work queue', roles: desk, scope: 'own_centre' },
  casesSearch: { says: 'Search cases', roles: [...desk, ...holder, 'auditor'], scope: 'own_centre_or_holder' },
  caseRead: {
    says: 'Read a case with its history',
    roles: [...desk, ...holder, 'auditor'],
    scope: 'own_centre_or_holder',
    purpose: true,
  },

  clientsAtDesk: {
    says: 'Register and change clients, merge two records of one person, name representatives',
    roles: desk,
    scope: 'own_centre',
  },
  clientSearch: {
    says: 'Find a client by what is theirs alone, e.g. the personal code',
    roles: desk,
    scope: 'all',
    purpose: true,
  },
  clientRead: {
    says: 'Read what is known of a client whom one has a case of',
    roles: [...desk, ...holder],
    scope: 'own_centre_or_holder',
    purpose: true,
  },

  looksRead: {
    says: 'See who looked at a client’s cases and data: the portal shows it to the person',
    roles: ['portal_client', 'auditor'],
    scope: 'all',
    purpose: true,
  },
  erase: {
    says: 'Propose to erase what is kept of a client, and confirm what somebody else proposed',
    roles: ['supervisor', 'auditor'],
    scope: 'own_centre_or_holder',
    stepUp: { acr: twoFactors, maxAgeSeconds: 900 },
  },
  erasuresWatch: {
    says: 'See erasures, and which service is late',
    roles: ['supervisor', 'auditor', 'integration_engineer'],
    scope: 'all',
  },
  eraseHolds: {
    says: 'Keep what is known of a client because the law wants it kept, and end that',
    roles: ['auditor'],
    scope: 'all',
  },

  feedRead: { says: 'Follow the change feed of the portal', roles: ['portal_client'], scope: 'all' },
  subjectTokens: { says: 'Exchange a resident’s sign-in for a subject token', roles: ['portal_client'], scope: 'all' },
  itemsRead: { says: 'See the own items in the portal', roles: ['resident'], scope: 'own_subject' },

  reportsRead: {
    says: 'Read reports',
    roles: ['supervisor', 'holder_specialist', 'auditor', 'integration_engineer'],
    scope: 'own_centre_or_holder',
  },

  accountsRead: {
    says: 'List accounts and who has which role where',
    roles: ['supervisor', 'holder_specialist', 'auditor', 'integration_engineer'],
    scope: 'own_centre_or_holder',
  },
  accountRead: {
    says: 'See an account, the own too; name a substitute and end that',
    roles: ['clerk', 'supervisor', 'holder_specialist', 'auditor', 'integration_engineer'],
    scope: 'own_centre_or_holder',
  },
  accountsKeep: {
    says: 'Give and take roles that one may give on, open accounts, switch them off and on',
    roles: ['supervisor', 'holder_specialist', 'auditor', 'integration_engineer'],
    scope: 'own_centre_or_holder',
  },

  keysRotate: { says: 'Rotate the keys that tokens are signed with', roles: ['integration_engineer'], scope: 'all' },
  secondFactorReset: {
    says: 'Take a second factor off an account whose device is lost',
    roles: ['integration_engineer'],
    scope: 'all',
  },
  directoryPeople: {
    says: 'Say who works at an institution, in its own users and groups (SCIM)',
    roles: ['directory'],
    scope: 'all',
  },
  directoriesWatch: {
    says: 'See directories, and decide on what would shut out many people at once',
    roles: ['integration_engineer'],
    scope: 'all',
  },
  partnerSubscriptions: {
    says: 'Subscribe partner agencies, list and end their subscriptions',
    roles: ['integration_engineer'],
    scope: 'all',
  },

  auditRead: {
    says: 'Read the audit: who came in, was refused, looked at whose data and why, and what operators did',
    roles: ['auditor'],
    scope: 'all',
    purpose: true,
  },
  operate: {
    says: 'See projections and parked keys, rebuild, redrive, discard',
    roles: ['integration_engineer'],
    scope: 'all',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type PolicyName = keyof typeof policies;

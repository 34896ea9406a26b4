import type { Role } from '@vienuviet/http';
import type { Language } from '../pages/language.ts';

/** What roles are called on pages. */
export const roleNames: Readonly<Record<Role, Readonly<Record<Language, string>>>> = {
  clerk: { lv: 'Klientu apkalpošanas speciālists', en: 'Clerk' },
  supervisor: { lv: 'Centra vadītājs', en: 'Supervisor' },
  holder_specialist: { lv: 'Pakalpojuma turētāja speciālists', en: 'Specialist of a service holder' },
  holder_system: { lv: 'Pakalpojuma turētāja sistēma', en: 'System of a service holder' },
  auditor: { lv: 'Auditors', en: 'Auditor' },
  portal_client: { lv: 'Portāls', en: 'Portal' },
  integration_engineer: { lv: 'Integrācijas inženieris', en: 'Integration engineer' },
  directory: { lv: 'Iestādes lietotāju katalogs', en: 'Directory of an institution' },
  resident: { lv: 'Iedzīvotājs', en: 'Resident' },
};

export const words = {
  lv: {
    title: 'Kurā lomā?',
    text: 'Jums ir vairākas lomas. Izvēlieties, kurā strādāsiet tagad; to var mainīt, piesakoties no jauna.',
    cancel: 'Atcelt',
    none: 'Jums šeit nav piekļuves',
    noneText: 'Neviens jums nav devis lomu, vai tās laiks ir beidzies. Jautājiet savam vadītājam.',
  },
  en: {
    title: 'In which role?',
    text: 'You have several roles. Choose the one that you work in now; sign in anew to change it.',
    cancel: 'Cancel',
    none: 'You have no access here',
    noneText: 'Nobody gave you a role, or its time is over. Ask your supervisor.',
  },
} as const;

/** The people of a simulated day: invented, and the same for the same id of the plan. */
import { inventedPersonalCode } from '@vienuviet/identifiers/invented';
import { randomFor } from '../chance/seeded-random.ts';

export interface InventedClient {
  readonly name: string;
  /** Eleven digits. No real person has it. */
  readonly personalCode: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly language: 'lv' | 'ru' | 'en';
}

const firstNames = [
  ...[
    'Anna',
    'Baiba',
    'Dzintra',
    'Elīna',
    'Evija',
    'Ilze',
    'Inga',
    'Kristīne',
    'Laima',
    'Līga',
    'Marta',
    'Ņina',
    'Santa',
  ],
  ...['Vija', 'Zane', 'Žanete', 'Aigars', 'Andris', 'Artūrs', 'Dainis', 'Edgars', 'Gatis', 'Ivars', 'Jānis', 'Kārlis'],
  ...['Māris', 'Pēteris', 'Raivis', 'Uldis', 'Valdis', 'Viesturs', 'Žanis', 'Olga', 'Svetlana', 'Sergejs', 'Vladimirs'],
];
/** As both sexes write them, so that a name fits whoever has it. */
const surnames = [
  ...[
    'Ābele',
    'Balode',
    'Bērze',
    'Celmiņa',
    'Dreimane',
    'Egle',
    'Grīnvalde',
    'Irbe',
    'Kalve',
    'Krūze',
    'Lapsa',
    'Liepa',
  ],
  ...['Mežale', 'Niedre', 'Osis', 'Priede', 'Roze', 'Sīle', 'Skuja', 'Strode', 'Šube', 'Ūdre', 'Vītola-Zāle', 'Žagata'],
];

/** The person whom the plan calls so. */
export function inventedClient(plannedId: string): InventedClient {
  const random = randomFor('client', plannedId);
  return {
    name: `${random.pick(firstNames)} ${random.pick(surnames)}`,
    personalCode: inventedPersonalCode(plannedId, 0, random.chance(0.2) ? 'new' : 'old').reveal(),
    // Numbers that are given to nobody.
    phone: random.chance(0.8) ? `+3712000${String(random.integer(0, 9_999)).padStart(4, '0')}` : null,
    email: random.chance(0.4) ? `persona.${random.integer(1, 999_999)}@example.lv` : null,
    language: random.chance(0.75) ? 'lv' : random.chance(0.9) ? 'ru' : 'en',
  };
}

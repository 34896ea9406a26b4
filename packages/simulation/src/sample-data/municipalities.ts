/**
 * The 43 municipalities of Latvia since the reform of 2021: 36 counties (novadi) and 7 state cities. The names are
 * public facts. The towns are real too; that each has a centre of the network is invented.
 */
export interface Municipality {
  /** Slug, the id used in events: `aizkraukles-novads`. */
  readonly id: string;
  readonly name: string;
  /** Name as the holder of municipal services. */
  readonly holderName: string;
  readonly isCity: boolean;
  /** Towns with an administrative centre, the seat first. */
  readonly towns: readonly string[];
  /** Centres of the second tier (in parishes and libraries) in the plan of 587; the split is invented. */
  readonly secondTier: number;
}

/** Genitive of the county's name, centres of the second tier, towns with one of the first. */
const counties: readonly (readonly [string, number, string])[] = [
  ['Aizkraukles', 14, 'Aizkraukle, Jaunjelgava, Koknese, Pļaviņas, Skrīveri, Nereta'],
  ['Alūksnes', 11, 'Alūksne'],
  ['Augšdaugavas', 16, 'Ilūkste'],
  ['Ādažu', 4, 'Ādaži, Carnikava'],
  ['Balvu', 13, 'Balvi, Viļaka, Rugāji, Baltinava'],
  ['Bauskas', 16, 'Bauska, Iecava, Vecumnieki, Pilsrundāle'],
  ['Cēsu', 17, 'Cēsis, Līgatne, Priekuļi, Vecpiebalga, Jaunpiebalga, Stalbe'],
  ['Dienvidkurzemes', 20, 'Grobiņa, Aizpute, Priekule, Durbe, Pāvilosta, Nīca, Rucava, Vaiņode'],
  ['Dobeles', 13, 'Dobele, Auce, Kroņauce'],
  ['Gulbenes', 11, 'Gulbene'],
  [
    'Jelgavas',
    2,
    'Ozolnieki, Eleja, Glūda, Jaunsvirlauka, Kalnciems, Lielplatone, Līvbērze, Platone, Sesava, Svēte, Valgunde, Vilce, Vircava, Zaļenieki',
  ],
  ['Jēkabpils', 16, 'Jēkabpils, Aknīste, Viesīte, Sala'],
  ['Krāslavas', 16, 'Krāslava, Dagda'],
  ['Kuldīgas', 16, 'Kuldīga, Skrunda, Alsunga'],
  ['Ķekavas', 4, 'Ķekava, Baldone'],
  ['Limbažu', 14, 'Limbaži, Salacgrīva, Aloja'],
  ['Līvānu', 5, 'Līvāni'],
  ['Ludzas', 16, 'Ludza, Kārsava, Zilupe, Cibla'],
  ['Madonas', 15, 'Madona, Lubāna, Cesvaine, Ērgļi'],
  ['Mārupes', 4, 'Mārupe, Piņķi'],
  ['Ogres', 13, 'Ogre, Ikšķile, Ķegums, Lielvārde'],
  ['Olaines', 2, 'Olaine'],
  ['Preiļu', 13, 'Preiļi, Aglona, Riebiņi'],
  ['Rēzeknes', 21, 'Viļāni, Malta, Kaunata'],
  ['Ropažu', 5, 'Ropaži, Ulbroka, Vangaži'],
  ['Salaspils', 2, 'Salaspils'],
  ['Saldus', 15, 'Saldus, Brocēni'],
  ['Saulkrastu', 2, 'Saulkrasti, Sēja'],
  ['Siguldas', 8, 'Sigulda, Inčukalns, Ragana, Mālpils'],
  ['Smiltenes', 13, 'Smiltene, Ape, Rauna'],
  ['Talsu', 18, 'Talsi, Dundaga, Roja, Mērsrags, Sabile, Valdemārpils'],
  ['Tukuma', 19, 'Tukums, Kandava, Engure, Jaunpils'],
  ['Valkas', 6, 'Valka'],
  ['Valmieras', 21, 'Valmiera, Rūjiena, Mazsalaca, Strenči, Kocēni, Matīši, Naukšēni, Mūrmuiža'],
  ['Varakļānu', 3, 'Varakļāni'],
  ['Ventspils', 12, 'Piltene'],
];

/** The state cities, likewise. Table 5 knows no centre in them; one each is planned. */
const cities: readonly (readonly [string, number, string])[] = [
  ['Daugavpils', 4, 'Daugavpils'],
  ['Jelgavas', 3, 'Jelgava'],
  ['Jūrmalas', 3, 'Jūrmala'],
  ['Liepājas', 4, 'Liepāja'],
  ['Rēzeknes', 2, 'Rēzekne'],
  ['Rīgas', 24, 'Rīga'],
  ['Ventspils', 2, 'Ventspils'],
];

/** Holders that the report's tables already name for these municipalities, in today's spelling. */
const holdersOfTheReport: ReadonlySet<string> = new Set([
  'Ādažu novada dome',
  'Alūksnes novada pašvaldība',
  'Gulbenes novada pašvaldība',
  'Jelgavas novada pašvaldība',
  'Jēkabpils novada pašvaldība',
  'Limbažu novada pašvaldība',
  'Līvānu novada dome',
  'Ludzas novada pašvaldība',
  'Madonas novada pašvaldība',
  'Mārupes novada dome',
  'Olaines novada pašvaldība',
  'Preiļu novada dome',
  'Rēzeknes novada pašvaldība',
  'Saldus novada pašvaldība',
  'Talsu novada pašvaldība',
  'Tukuma novada dome',
  'Valkas novada dome',
  'Varakļānu novada pašvaldība',
  'Daugavpils pilsētas dome',
  'Jelgavas pilsētas dome',
  'Jūrmalas pilsētas dome',
  'Rīgas pilsētas pašvaldība',
]);

/** The name under which the report lists the holder, or today's official one. */
const holderOf = (genitive: string, isCity: boolean): string => {
  const kind = isCity ? 'pilsētas' : 'novada';
  for (const form of ['dome', 'pašvaldība']) {
    const name = `${genitive} ${kind} ${form}`;
    if (holdersOfTheReport.has(name)) return name;
  }
  return `${genitive} ${isCity ? 'valstspilsētas' : 'novada'} pašvaldība`;
};

export const municipalities: readonly Municipality[] = [
  ...counties.map(([genitive, secondTier, towns]) => municipality(genitive, secondTier, towns, false)),
  ...cities.map(([genitive, secondTier, towns]) => municipality(genitive, secondTier, towns, true)),
];

function municipality(genitive: string, secondTier: number, towns: string, isCity: boolean): Municipality {
  const name = `${genitive} ${isCity ? 'valstspilsēta' : 'novads'}`;
  return {
    id: slugOf(name),
    name,
    holderName: holderOf(genitive, isCity),
    isCity,
    secondTier,
    towns: towns.split(', '),
  };
}

/** ASCII slug of a Latvian name: `Ķekavas novads` → `kekavas-novads`. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

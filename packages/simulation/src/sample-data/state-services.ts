/**
 * Invented services of state institutions: an object of the institution's field and what can be done with it.
 * Latvian objects stand in the genitive and the accusative, so that the titles are grammatical.
 */
export interface StateHolder {
  /** As the report's tables name it, so that both lists speak of the same holder. */
  readonly institution: string;
  /** Only where the source documents print it. */
  readonly registrationNumber?: string;
  /** Genitive, accusative, English. */
  readonly objects: readonly (readonly [string, string, string])[];
}

/** What can be done with an object: Latvian title, English title. */
export const actions: readonly ((object: readonly [string, string, string]) => readonly [string, string])[] = [
  ([genitive, , en]) => [`${genitive} reģistrācija`, `Registration: ${en}`],
  ([genitive, , en]) => [`${genitive} datu labošana`, `Correction of data: ${en}`],
  ([genitive, , en]) => [`${genitive} anulēšana pēc iesnieguma`, `Cancellation on request: ${en}`],
  ([genitive, , en]) => [`${genitive} dublikāta izsniegšana`, `Duplicate: ${en}`],
  ([genitive, , en]) => [`${genitive} termiņa pagarināšana`, `Extension: ${en}`],
  ([, accusative, en]) => [`Izziņa par ${accusative}`, `Statement: ${en}`],
  ([, accusative, en]) => [`Konsultācija par ${accusative}`, `Consultation: ${en}`],
  ([, accusative, en]) => [`Lēmuma par ${accusative} apstrīdēšana`, `Appeal of a decision: ${en}`],
];

export const stateHolders: readonly StateHolder[] = [
  {
    institution: 'VSAA',
    registrationNumber: '90001669496',
    objects: [
      ['Apdrošināšanas perioda', 'apdrošināšanas periodu', 'insurance period'],
      ['Apgādnieka zaudējuma pensijas', 'apgādnieka zaudējuma pensiju', 'survivor’s pension'],
      ['Izdienas pensijas', 'izdienas pensiju', 'service pension'],
      ['Bērna kopšanas pabalsta', 'bērna kopšanas pabalstu', 'child care benefit'],
      ['Ārvalstīs nostrādātā laika', 'ārvalstīs nostrādāto laiku', 'time worked abroad'],
    ],
  },
  {
    institution: 'VID',
    objects: [
      ['Nodokļu maksātāja statusa', 'nodokļu maksātāja statusu', 'taxpayer status'],
      ['Saimnieciskās darbības veicēja', 'saimnieciskās darbības veicēju', 'self-employed person'],
      ['Kases aparāta', 'kases aparātu', 'cash register'],
      ['Muitas deklarācijas', 'muitas deklarāciju', 'customs declaration'],
      ['Nodokļu atbalsta pasākuma', 'nodokļu atbalsta pasākumu', 'tax support measure'],
    ],
  },
  {
    institution: 'PMLP',
    registrationNumber: '90000054163',
    objects: [
      ['Pases', 'pasi', 'passport'],
      ['Personas apliecības', 'personas apliecību', 'identity card'],
      ['Uzturēšanās atļaujas', 'uzturēšanās atļauju', 'residence permit'],
      ['Ielūguma ārzemniekam', 'ielūgumu ārzemniekam', 'invitation of a foreigner'],
      ['Pilsonības piederības', 'pilsonības piederību', 'citizenship'],
      ['Ziņu aizlieguma', 'ziņu aizliegumu', 'ban on giving data'],
    ],
  },
  {
    institution: 'NVA',
    registrationNumber: '90001634668',
    objects: [
      ['Subsidētās darbavietas', 'subsidēto darbavietu', 'subsidised job'],
      ['Vakances', 'vakanci', 'vacancy'],
      ['Mobilitātes atbalsta', 'mobilitātes atbalstu', 'mobility support'],
      ['Apmācību kupona', 'apmācību kuponu', 'training voucher'],
      ['Komercdarbības uzsākšanas atbalsta', 'komercdarbības uzsākšanas atbalstu', 'support to start a business'],
    ],
  },
  {
    institution: 'VZD',
    registrationNumber: '90000030432',
    objects: [
      ['Kadastra objekta', 'kadastra objektu', 'cadastral object'],
      ['Adreses klasifikatora ieraksta', 'adreses klasifikatora ierakstu', 'address record'],
      ['Zemes robežu plāna', 'zemes robežu plānu', 'land boundary plan'],
      ['Kadastrālās vērtības', 'kadastrālo vērtību', 'cadastral value'],
      ['Apgrūtinātās teritorijas', 'apgrūtināto teritoriju', 'encumbered territory'],
    ],
  },
  {
    institution: 'LAD',
    objects: [
      ['Lauku bloka', 'lauku bloku', 'field block'],
      ['Klienta numura', 'klienta numuru', 'client number'],
      ['Dīzeļdegvielas atvieglojuma', 'dīzeļdegvielas atvieglojumu', 'diesel relief'],
      ['Jaunā lauksaimnieka atbalsta', 'jaunā lauksaimnieka atbalstu', 'young farmer support'],
    ],
  },
  {
    institution: 'VMD',
    objects: [
      ['Medību tiesību līguma', 'medību tiesību līgumu', 'hunting rights agreement'],
      ['Meža inventarizācijas', 'meža inventarizāciju', 'forest inventory'],
      ['Mednieka apliecības', 'mednieka apliecību', 'hunter’s certificate'],
      ['Meža reproduktīvā materiāla', 'meža reproduktīvo materiālu', 'forest reproductive material'],
    ],
  },
  {
    institution: 'VDI',
    registrationNumber: '90000032077',
    objects: [
      ['Nelaimes gadījuma darbā', 'nelaimes gadījumu darbā', 'accident at work'],
      ['Bīstamās iekārtas', 'bīstamo iekārtu', 'dangerous equipment'],
      ['Darba strīda iesnieguma', 'darba strīda iesniegumu', 'labour dispute'],
    ],
  },
  {
    institution: 'UR',
    objects: [
      ['Komersanta', 'komersantu', 'merchant'],
      ['Biedrības', 'biedrību', 'association'],
      ['Komercķīlas', 'komercķīlu', 'commercial pledge'],
      ['Patiesā labuma guvēja', 'patiesā labuma guvēju', 'beneficial owner'],
      ['Prokūras', 'prokūru', 'procuration'],
    ],
  },
  {
    institution: 'NVD',
    objects: [
      ['Ģimenes ārsta izvēles', 'ģimenes ārsta izvēli', 'choice of family doctor'],
      ['Ārvalstīs saņemtas ārstēšanas', 'ārvalstīs saņemtu ārstēšanu', 'treatment abroad'],
      ['E-veselības profila', 'e-veselības profilu', 'e-health profile'],
      ['Kompensējamo zāļu receptes', 'kompensējamo zāļu recepti', 'reimbursed prescription'],
    ],
  },
  {
    institution: 'IeM IC',
    objects: [
      ['Sodu reģistra ieraksta', 'sodu reģistra ierakstu', 'penal register record'],
      ['Administratīvā soda', 'administratīvo sodu', 'administrative penalty'],
    ],
  },
  {
    institution: 'VRAA',
    registrationNumber: '90001733697',
    objects: [
      ['Oficiālās elektroniskās adreses', 'oficiālo elektronisko adresi', 'official e-address'],
      ['Portāla lietotāja konta', 'portāla lietotāja kontu', 'portal account'],
    ],
  },
  {
    institution: 'Sociālās integrācijas valsts aģentūra',
    registrationNumber: '90001790030',
    objects: [
      ['Profesionālās rehabilitācijas', 'profesionālo rehabilitāciju', 'vocational rehabilitation'],
      ['Profesionālās piemērotības noteikšanas', 'profesionālās piemērotības noteikšanu', 'vocational suitability'],
      ['Transportlīdzekļa pielāgošanas', 'transportlīdzekļa pielāgošanu', 'adaptation of a vehicle'],
      ['Surdotulka pakalpojuma', 'surdotulka pakalpojumu', 'sign language interpreting'],
    ],
  },
  {
    institution: 'Valsts akciju sabiedrība "Ceļu satiksmes drošības direkcija"',
    objects: [
      ['Transportlīdzekļa', 'transportlīdzekli', 'vehicle'],
      ['Vadītāja apliecības', 'vadītāja apliecību', 'driving licence'],
      ['Tehniskās apskates', 'tehnisko apskati', 'technical inspection'],
      ['Velosipēda', 'velosipēdu', 'bicycle'],
      ['Tahogrāfa kartes', 'tahogrāfa karti', 'tachograph card'],
    ],
  },
  {
    institution: 'Pārtikas un veterinārais dienests',
    objects: [
      ['Pārtikas uzņēmuma', 'pārtikas uzņēmumu', 'food enterprise'],
      ['Dzīvnieku pārvadātāja atļaujas', 'dzīvnieku pārvadātāja atļauju', 'animal transport permit'],
      ['Veterinārā sertifikāta', 'veterināro sertifikātu', 'veterinary certificate'],
      ['Zvērkopības uzņēmuma', 'zvērkopības uzņēmumu', 'fur farm'],
    ],
  },
  {
    institution: 'Lauksaimniecības datu centrs',
    objects: [
      ['Ganāmpulka', 'ganāmpulku', 'herd'],
      ['Mājas dzīvnieka', 'mājas dzīvnieku', 'pet'],
      ['Dzīvnieku krotālijas', 'dzīvnieku krotāliju', 'animal ear tag'],
      ['Bišu dravas', 'bišu dravu', 'apiary'],
    ],
  },
  {
    institution: 'Valsts vides dienests',
    objects: [
      ['Piesārņojošās darbības atļaujas', 'piesārņojošās darbības atļauju', 'pollution permit'],
      ['Makšķerēšanas licences', 'makšķerēšanas licenci', 'angling licence'],
      ['Atkritumu pārvadājuma', 'atkritumu pārvadājumu', 'waste transport'],
      ['Ūdens resursu lietošanas atļaujas', 'ūdens resursu lietošanas atļauju', 'water use permit'],
    ],
  },
  {
    institution: 'Dabas aizsardzības pārvalde',
    objects: [
      ['Mikrolieguma', 'mikroliegumu', 'micro-reserve'],
      ['Dižkoka', 'dižkoku', 'great tree'],
      [
        'Kompensācijas par aizsargājamo sugu postījumiem',
        'kompensāciju par aizsargājamo sugu postījumiem',
        'compensation for damage by protected species',
      ],
    ],
  },
  {
    institution: 'Valsts policija',
    objects: [
      ['Ieroča atļaujas', 'ieroča atļauju', 'weapon permit'],
      ['Apsardzes sertifikāta', 'apsardzes sertifikātu', 'security guard certificate'],
      ['Pirotehnikas atļaujas', 'pirotehnikas atļauju', 'pyrotechnics permit'],
    ],
  },
  {
    institution: 'Valsts ugunsdzēsības un glābšanas dienests',
    objects: [
      ['Ugunsdrošības instruktāžas', 'ugunsdrošības instruktāžu', 'fire safety training'],
      ['Tūristu mītnes atzinuma', 'tūristu mītnes atzinumu', 'opinion on tourist lodging'],
    ],
  },
  {
    institution: 'Veselības inspekcija',
    objects: [
      ['Ārstniecības personas', 'ārstniecības personu', 'medical practitioner'],
      ['Ārstniecības iestādes', 'ārstniecības iestādi', 'medical institution'],
      ['Dzeramā ūdens īpašās normas', 'dzeramā ūdens īpašo normu', 'special norm of drinking water'],
    ],
  },
  {
    institution: 'Zāļu valsts aģentūra',
    objects: [
      ['Zāļu blakusparādības', 'zāļu blakusparādību', 'side effect of a medicine'],
      ['Medicīniskās ierīces', 'medicīnisko ierīci', 'medical device'],
      ['Aptiekas licences', 'aptiekas licenci', 'pharmacy licence'],
    ],
  },
  {
    institution: 'Juridiskās palīdzības administrācija',
    objects: [
      ['Juridiskās palīdzības', 'juridisko palīdzību', 'legal aid'],
      ['Uzturlīdzekļu', 'uzturlīdzekļus', 'child maintenance'],
      ['Valsts kompensācijas cietušajam', 'valsts kompensāciju cietušajam', 'state compensation of a victim'],
    ],
  },
  {
    institution: 'Valsts izglītības satura centrs',
    objects: [
      ['Centralizētā eksāmena', 'centralizēto eksāmenu', 'centralised examination'],
      ['Valsts valodas prasmes apliecības', 'valsts valodas prasmes apliecību', 'state language certificate'],
    ],
  },
  {
    institution: 'Latvijas Nacionālais arhīvs',
    objects: [
      ['Arhīva uzziņas', 'arhīva uzziņu', 'archive reference'],
      ['Lasītavas apmeklējuma', 'lasītavas apmeklējumu', 'visit of the reading room'],
    ],
  },
  {
    institution: 'Būvniecības valsts kontroles birojs',
    objects: [
      ['Būvspeciālista sertifikāta', 'būvspeciālista sertifikātu', 'construction specialist certificate'],
      ['Būvkomersanta', 'būvkomersantu', 'construction merchant'],
      ['Energosertifikāta', 'energosertifikātu', 'energy certificate'],
    ],
  },
  {
    institution: 'Valsts augu aizsardzības dienests',
    objects: [
      ['Augu pases', 'augu pasi', 'plant passport'],
      ['Augu aizsardzības līdzekļa', 'augu aizsardzības līdzekli', 'plant protection product'],
      ['Sēklaudzētāja', 'sēklaudzētāju', 'seed grower'],
      ['Fitosanitārā sertifikāta', 'fitosanitāro sertifikātu', 'phytosanitary certificate'],
    ],
  },
];

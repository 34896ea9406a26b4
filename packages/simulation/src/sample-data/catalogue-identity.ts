/**
 * What makes two rows of the catalogue tables the same entry: the holder and the title, however they are spelt. The
 * same rule as the import of the catalogue follows; the sample is made so that the totals come out under it.
 */
import { slugOf } from './municipalities.ts';

/** Names under which the tables list one institution → the short name used in most of them. */
const shortNames: Readonly<Record<string, string>> = {
  'vsaa-e': 'vsaa',
  'valsts-socialas-apdrosinasanas-agentura': 'vsaa',
  'valsts-ienemumu-dienests': 'vid',
  'nodarbinatibas-valsts-agentura': 'nva',
  'pilsonibas-un-migracijas-lietu-parvalde': 'pmlp',
  'valsts-zemes-dienests': 'vzd',
  'valsts-meza-dienests': 'vmd',
  'valsts-darba-inspekcija': 'vdi',
  'lauku-atbalsta-dienests': 'lad',
  'uznemumu-registrs': 'ur',
  'nacionalais-veselibas-dienests': 'nvd',
  'iekslietu-ministrijas-informacijas-centrs': 'iem-ic',
  'valsts-regionalas-attistibas-agentura': 'vraa',
};

/** Id of a holder from its name in a table: `VSAA-E` → `vsaa`, `ĀDAŽU NOVADA DOME` → `adazu-novada-dome`. */
export const holderIdOf = (institution: string): string => shortNames[slugOf(institution)] ?? slugOf(institution);

/** The title as it is compared: case and runs of white space do not matter. */
export const normalisedTitle = (title: string): string =>
  title.normalize('NFC').replace(/\s+/g, ' ').trim().toLocaleLowerCase('lv');

/** Rows that gather what nobody identified; they are no services. */
export const isCollectiveRow = (institution: string, title: string): boolean =>
  institution.trim() === '' || ['cits', 'neidentificēts pakalpojums'].includes(normalisedTitle(title));

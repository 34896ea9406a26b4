/**
 * Service cases a year in the whole network, by kind of centre. The total is the 242,000 services that the network gave
 * in 2021 (the target is 350,000; `scale` of a plan reaches it). The split is an assumption of the simulation: the 129
 * centres of the first tier carry three quarters, since the 458 of the second tier are desks of a parish or a library
 * that serve a few people a day.
 */
import type { CentreKind } from '../sample-data/make-centres.ts';

export const yearlyCases: Readonly<Record<CentreKind, number>> = {
  administrative_centre: 181_500,
  parish: 42_350,
  library: 18_150,
};

export const yearlyTotal = Object.values(yearlyCases).reduce((sum, cases) => sum + cases, 0);

/** Weights of the eleven digits, the check digit among them. */
const weights = [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1] as const;

/** Whether a text is a registration number: eleven digits whose weighted sum leaves 3 when divided by 11. */
export function isRegistrationNumber(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false;
  return weights.reduce((sum, weight, place) => sum + weight * Number(text[place]), 0) % 11 === 3;
}

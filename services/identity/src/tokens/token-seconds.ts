/** Seconds that a token holds: a morning's work is a few of them, a stolen one is short. */
export const tokenSeconds = 3_600;

/** Something that a contract must not do. */
export interface Problem {
  /** Path of the file below the folder of contracts. */
  readonly file: string;
  readonly problem: string;
}

/** How the command ends. Scripts rest on these numbers. */
export const exitCodes = {
  /** Done; what was asked about is well. */
  ok: 0,
  /** Something differs, is not ready, or failed on the way. */
  failed: 1,
  /** The command was called wrongly; nothing was done. */
  usage: 2,
  /** The platform, or a part of it, cannot be reached. */
  unreachable: 3,
  /** A service refused: not found, not allowed, or not in this state. */
  refused: 4,
  /** Ended by Ctrl-C or SIGTERM before it was done; what only ends in this way, `events follow`, ends well with it. */
  interrupted: 130,
} as const;

export const exitCodesHelp = `Exit codes: 0 done and well, 1 something differs, is not ready or failed, 2 called wrongly, 3 a part of the
platform cannot be reached, 4 a service refused, 130 ended by Ctrl-C before it was done (events follow, which ends
in no other way, ends with 0).`;

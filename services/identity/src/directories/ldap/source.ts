/** A person as a directory that is read has it. */
export interface SourceUser {
  /** Never changes and is never given to another. */
  readonly externalId: string;
  readonly userName: string;
  readonly displayName: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  readonly active: boolean;
  /** How groups call the person: a distinguished name. */
  readonly memberName: string;
  /** `groupName`s, where people say it. */
  readonly memberOf: readonly string[];
}

export interface SourceGroup {
  readonly externalId: string;
  readonly displayName: string;
  readonly groupName: string;
  /** `memberName`s or user names, also of what is no person of the directory. */
  readonly members: readonly string[];
}

/** One reading: everybody, then the groups. What breaks off, or comes in part, throws; what came before counts for nothing. */
export interface DirectoryReading {
  users(): AsyncIterable<readonly SourceUser[]>;
  /** Those that the reader wants; a group of everything else is not read out. */
  groups(
    isWanted: (group: Pick<SourceGroup, 'externalId' | 'displayName'>) => boolean,
  ): AsyncIterable<readonly SourceGroup[]>;
  close(): Promise<void>;
}

/** A directory that is read page by page: the port that LDAP is one adapter of. */
export interface DirectorySource {
  open(): Promise<DirectoryReading>;
}

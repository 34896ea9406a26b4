import type { FastifyRequest } from '@vienuviet/http';
import Type from 'typebox';
import type { ChangeSettings } from '../change-directory.ts';
import type { InstitutionDirectory } from '../directory.ts';
import type { Follower } from '../follow.ts';
import type { Directories } from '../load-directories.ts';

export interface ScimSettings extends ChangeSettings {
  readonly directories: Directories;
  readonly follower: Follower;
  /** Where these routes are reached from outside, e.g. `https://identity.example/scim/v2`. */
  readonly base: string;
}

/** What the routes of users and groups share. */
export interface ScimScope extends ScimSettings {
  directoryOf(request: FastifyRequest): InstitutionDirectory;
}

export const scimPath = '/scim/v2';

/** Any object: what is in it is read by the rules of SCIM, which leave aside what they do not know. */
export const Resource = Type.Record(Type.String(), Type.Unknown());

/** Bytes of a body with the members of a whole group. */
export const groupBytes = 8 * 1024 * 1024;

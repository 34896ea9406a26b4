-- Who works where, as the directories of the institutions say it (SCIM or LDAP). Names and e-mail addresses of staff are
-- personal data: they stand here and nowhere else, in no event and in no log.

-- One row a directory of the settings; its lock orders all changes of the directory.
create table identity.directory (
  name text primary key,
  -- Digest of how groups give roles; another one than in the settings: everybody is looked at again.
  roles_digest text not null default '',
  -- LDAP: whose turn it is to read (one instance at a time), until when, when the next turn is, and what came of the last.
  claim uuid,
  claimed_until timestamptz,
  next_read_at timestamptz not null default now(),
  read_at timestamptz,
  trouble text
);

-- A change that would shut out many, waiting for a person's word.
create table identity.directory_hold (
  hold_id uuid primary key,
  directory text not null references identity.directory,
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'refused')),
  held_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text,
  check ((state = 'waiting') = (decided_at is null) and (decided_at is null) = (decided_by is null))
);
create unique index directory_hold_waiting on identity.directory_hold (directory) where state = 'waiting';

create table identity.directory_user (
  user_id uuid primary key,
  directory text not null references identity.directory,
  -- Account of the person, random, given at first sight.
  account_id uuid not null unique,
  external_id text,
  user_name text not null,
  display_name text,
  name jsonb,
  emails jsonb not null default '[]',
  active boolean not null,
  -- The directory knows the person no more. The row stays until the account has followed, and for whoever asks later.
  deleted_at timestamptz,
  version bigint not null default 1,
  position bigint generated always as identity,
  made_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  -- What the account has to follow: it has followed the change that it has seen.
  change bigint not null default 1,
  followed_change bigint not null default 0,
  follow_after timestamptz not null default now(),
  -- 0: out; 1: in, without a role; 2: in, with a role. As it was when somebody last looked.
  stands smallint not null default 0 check (stands between 0 and 2),
  -- When the person last stood lower than before; counted where many are shut out one by one.
  shut_out_at timestamptz,
  -- Set: the account does not follow, since many would be shut out.
  held uuid references identity.directory_hold
);
create unique index directory_user_by_name on identity.directory_user (directory, lower(user_name))
  where deleted_at is null;
create unique index directory_user_by_external_id on identity.directory_user (directory, external_id)
  where deleted_at is null;
create index directory_user_to_follow on identity.directory_user (active, position)
  where followed_change < change and held is null;
create index directory_user_held on identity.directory_user (held) where held is not null;

create table identity.directory_group (
  group_id uuid primary key,
  directory text not null references identity.directory,
  external_id text,
  display_name text not null,
  version bigint not null default 1,
  position bigint generated always as identity,
  made_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index directory_group_by_name on identity.directory_group (directory, lower(display_name));
create unique index directory_group_by_external_id on identity.directory_group (directory, external_id);

-- `value` is what the directory said; `user_id` is whom it means, once that person is known.
create table identity.directory_member (
  group_id uuid not null references identity.directory_group on delete cascade,
  value text not null,
  user_id uuid references identity.directory_user,
  primary key (group_id, value)
);
create index directory_member_by_user on identity.directory_member (user_id);
create index directory_member_unknown on identity.directory_member (lower(value)) where user_id is null;

grant select, insert, update on identity.directory, identity.directory_hold, identity.directory_user to :"writer";
grant select, insert, update, delete on identity.directory_group, identity.directory_member to :"writer";

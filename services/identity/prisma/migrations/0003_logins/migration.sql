-- By what name somebody is known who signs in elsewhere, and the name that people see. Personal data of staff: it stands
-- here and in no event. `source` is the issuer that the person signs in at.
create table identity.login (
  source text not null,
  login text not null,
  account_id text not null,
  title text not null,
  primary key (source, login)
);
create index login_by_account on identity.login (account_id);

grant select, insert, update, delete on identity.login to :"writer";

-- When a person is erased their tokens go, and with them whoever reads as them. Who asked for them is in the audit.
grant delete on status_feed.subject_token to :"writer";

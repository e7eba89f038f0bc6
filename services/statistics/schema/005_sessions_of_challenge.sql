-- A query is about the sessions of one challenge, of which there are more and more.
CREATE INDEX local_sessions_of_challenge ON local_sessions (generation, challenge, name);

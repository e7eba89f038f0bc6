-- Whether it was told that the session takes no more feedback: of every session, as who could tell those without any
-- answer from those with a few would know something of the few.
ALTER TABLE sessions ADD COLUMN feedback_told INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET feedback_told = 1 WHERE number IN (SELECT session FROM feedback_windows WHERE told = 1);
CREATE INDEX sessions_feedback_to_tell ON sessions (date) WHERE feedback_told = 0 AND cancelled = 0;
DROP TABLE feedback_windows;

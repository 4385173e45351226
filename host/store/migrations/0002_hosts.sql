-- What hosts share of a check: who evaluates its commit and who publishes it, each for as long as it says so again.
ALTER TABLE check_run ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE check_run ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
ALTER TABLE check_run ADD COLUMN publishing_until BIGINT NOT NULL DEFAULT 0;

-- What the newest delivery said of a pull request: a provider may answer with an older state for a while.
ALTER TABLE pull ADD COLUMN reported_sha TEXT NOT NULL DEFAULT '';
ALTER TABLE pull ADD COLUMN reported_ref TEXT NOT NULL DEFAULT '';
ALTER TABLE pull ADD COLUMN reported_at BIGINT NOT NULL DEFAULT 0;

-- The provider's id of a source's repository, by which a new name is found.
ALTER TABLE source ADD COLUMN repository_id TEXT NOT NULL DEFAULT '';

-- Only findings in such files, a pattern.
ALTER TABLE acceptance ADD COLUMN path TEXT

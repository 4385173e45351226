-- Webhooks of repositories at the provider, with what could not be repaired, JSON.
CREATE TABLE hook (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    repository TEXT NOT NULL, problems TEXT NOT NULL, ensured_at BIGINT NOT NULL,
    UNIQUE (integration_id, repository)
);

-- What others changed in a published check at the provider, JSON, and when that was found.
ALTER TABLE check_run ADD COLUMN overwritten TEXT NOT NULL DEFAULT '[]';
ALTER TABLE check_run ADD COLUMN overwritten_at BIGINT NOT NULL DEFAULT 0

-- The first schema. Portable between SQLite and PostgreSQL; {blob} is BLOB or BYTEA.
-- Times are Unix milliseconds; lists and maps are JSON text. A released migration is never edited.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE connection (
    id TEXT PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);

CREATE TABLE secret (
    owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL,
    sealed {blob} NOT NULL, key_id TEXT NOT NULL, updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, name)
);

CREATE TABLE integration (
    id TEXT PRIMARY KEY, connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    name TEXT NOT NULL, account TEXT NOT NULL, account_name TEXT NOT NULL, status TEXT NOT NULL,
    status_detail TEXT NOT NULL, checked_at BIGINT, last_scanned_at BIGINT, wait_until BIGINT,
    warnings TEXT NOT NULL, created_at BIGINT NOT NULL,
    UNIQUE (connection_id, account)
);

CREATE TABLE source (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    name TEXT NOT NULL, repository TEXT NOT NULL, folders TEXT NOT NULL, branch_pattern TEXT NOT NULL,
    fail_on TEXT NOT NULL, strict BOOLEAN NOT NULL, allow_new_suppressions BOOLEAN NOT NULL,
    every_hours BIGINT NOT NULL, paused BOOLEAN NOT NULL, repository_state TEXT NOT NULL,
    required_check TEXT NOT NULL, last_scanned_at BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    UNIQUE (integration_id, name)
);
CREATE INDEX source_repository ON source (integration_id, repository);

CREATE TABLE delivery (
    id TEXT PRIMARY KEY, connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL, kind TEXT NOT NULL, received_at BIGINT NOT NULL, headers TEXT NOT NULL,
    body {blob} NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, finished_at BIGINT, attempts BIGINT NOT NULL,
    job_id BIGINT,
    UNIQUE (connection_id, event_id)
);

CREATE TABLE pull (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    repository TEXT NOT NULL, number BIGINT NOT NULL, head_sha TEXT NOT NULL, base_ref TEXT NOT NULL,
    title TEXT NOT NULL, author TEXT NOT NULL, open BOOLEAN NOT NULL, seen_at BIGINT NOT NULL,
    dirty_seq BIGINT NOT NULL, done_seq BIGINT NOT NULL, job_id BIGINT,
    UNIQUE (integration_id, repository, number)
);

CREATE TABLE check_run (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    repository TEXT NOT NULL, head_sha TEXT NOT NULL, name TEXT NOT NULL, pulls TEXT NOT NULL,
    state TEXT NOT NULL, conclusion TEXT, title TEXT NOT NULL, summary TEXT NOT NULL, annotations TEXT NOT NULL,
    seq BIGINT NOT NULL, published_seq BIGINT NOT NULL, handle TEXT, accepted BIGINT NOT NULL,
    deadline_at BIGINT, fence BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    job_id BIGINT,
    UNIQUE (integration_id, repository, head_sha, name)
);
CREATE INDEX check_run_deadline ON check_run (state, deadline_at);

CREATE TABLE scan (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    kind TEXT NOT NULL, cause TEXT NOT NULL, slot BIGINT, pull_number BIGINT, head_sha TEXT NOT NULL,
    base_sha TEXT NOT NULL, state TEXT NOT NULL, error TEXT, started_at BIGINT, finished_at BIGINT,
    verdict TEXT, counts TEXT NOT NULL, report {blob}, created_at BIGINT NOT NULL,
    UNIQUE (source_id, slot)
);

CREATE TABLE result (
    id TEXT PRIMARY KEY, scan_id TEXT NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL, control TEXT NOT NULL, severity TEXT NOT NULL, resource TEXT NOT NULL,
    path TEXT NOT NULL, line BIGINT NOT NULL, message TEXT NOT NULL, outcome TEXT NOT NULL, new BOOLEAN NOT NULL
);
CREATE INDEX result_scan ON result (scan_id, id);

CREATE TABLE resource (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    scan_id TEXT NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    origin TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, line BIGINT NOT NULL,
    passed BIGINT NOT NULL, failed BIGINT NOT NULL, unknown BIGINT NOT NULL
);
CREATE INDEX resource_source ON resource (source_id, id);
CREATE INDEX resource_scan ON resource (scan_id);

CREATE TABLE acceptance (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    source_id TEXT REFERENCES source (id) ON DELETE CASCADE,
    fingerprint TEXT, control TEXT, resource TEXT, reason TEXT NOT NULL, until_at BIGINT,
    created_by TEXT NOT NULL, created_at BIGINT NOT NULL
);

CREATE TABLE alert (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    detector TEXT NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL, event TEXT NOT NULL,
    occurred_at BIGINT NOT NULL, created_at BIGINT NOT NULL, state TEXT NOT NULL
);

CREATE TABLE "user" (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE token (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE, name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, expires_at BIGINT, last_used_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE audit (
    id BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    object_kind TEXT NOT NULL, object_id TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE guest_memory (
    plugin TEXT NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL, value {blob} NOT NULL, expires_at BIGINT,
    PRIMARY KEY (plugin, tenant, key)
)

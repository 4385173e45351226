BEGIN TRANSACTION;
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
CREATE TABLE audit (
    id BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    object_kind TEXT NOT NULL, object_id TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL,
    hash TEXT NOT NULL
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
INSERT INTO "check_run" VALUES('01a229f2-12eb-7074-9bdb-c239eebc852c','01a229f2-12b7-77ee-b5e9-06bad396cc71','acme/infra','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Palisade Pull Request Policy Evaluation','[1]','completed','success','t','s','[]',1,0,NULL,0,1800000000000,5,1796000060139,1796000060139,4);
INSERT INTO "check_run" VALUES('01a229f2-12f7-7144-8f98-5a92647c4561','01a229f2-12b7-77ee-b5e9-06bad396cc71','acme/infra','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','Palisade Pull Request Policy Evaluation','[1]','running',NULL,'t','s','[]',1,0,NULL,0,1800000000000,7,1796000060151,1796000060151,5);
CREATE TABLE connection (
    id TEXT PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
INSERT INTO "connection" VALUES('01a229f2-12b3-7127-8cf1-3606837b83c2','github','hub','{"app_id":7}',1796000060083,1796000060083);
CREATE TABLE delivery (
    id TEXT PRIMARY KEY, connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL, kind TEXT NOT NULL, received_at BIGINT NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, finished_at BIGINT, attempts BIGINT NOT NULL,
    job_id BIGINT,
    UNIQUE (connection_id, event_id)
);
INSERT INTO "delivery" VALUES('01a229f2-130b-7340-b844-2a1844b6bc4d','01a229f2-12b3-7127-8cf1-3606837b83c2','d-1','pull_request',1796000060171,'[]',X'7B7D','waiting','',NULL,1,6);
CREATE TABLE guest_memory (
    plugin TEXT NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, expires_at BIGINT,
    PRIMARY KEY (plugin, tenant, key)
);
CREATE TABLE integration (
    id TEXT PRIMARY KEY, connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    name TEXT NOT NULL, account TEXT NOT NULL, account_name TEXT NOT NULL, status TEXT NOT NULL,
    status_detail TEXT NOT NULL, checked_at BIGINT, last_scanned_at BIGINT, wait_until BIGINT,
    warnings TEXT NOT NULL, created_at BIGINT NOT NULL,
    UNIQUE (connection_id, account)
);
INSERT INTO "integration" VALUES('01a229f2-12b7-77ee-b5e9-06bad396cc71','01a229f2-12b3-7127-8cf1-3606837b83c2','acme','42','acme','active','',NULL,NULL,NULL,'[]',1796000060087);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('instance','01a229f2-12a5-76e9-a494-90b4d14c0274');
CREATE TABLE pull (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    repository TEXT NOT NULL, number BIGINT NOT NULL, head_sha TEXT NOT NULL, base_ref TEXT NOT NULL,
    title TEXT NOT NULL, author TEXT NOT NULL, open BOOLEAN NOT NULL, seen_at BIGINT NOT NULL,
    dirty_seq BIGINT NOT NULL, done_seq BIGINT NOT NULL, job_id BIGINT,
    UNIQUE (integration_id, repository, number)
);
INSERT INTO "pull" VALUES('01a229f2-12c4-7462-8cde-a475abb762a7','01a229f2-12b7-77ee-b5e9-06bad396cc71','acme/infra',1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','main','t','mona',1,1796000060100,1,1,1);
INSERT INTO "pull" VALUES('01a229f2-12cb-722a-bb00-faafc4209b58','01a229f2-12b7-77ee-b5e9-06bad396cc71','acme/infra',2,'','','','',1,1796000060107,1,0,2);
INSERT INTO "pull" VALUES('01a229f2-12cf-7049-896a-99ea54f54e1d','01a229f2-12b7-77ee-b5e9-06bad396cc71','acme/infra',3,'','','','',1,1796000060111,1,0,3);
CREATE TABLE resource (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    scan_id TEXT NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    origin TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, line BIGINT NOT NULL,
    passed BIGINT NOT NULL, failed BIGINT NOT NULL, unknown BIGINT NOT NULL
);
CREATE TABLE result (
    id TEXT PRIMARY KEY, scan_id TEXT NOT NULL REFERENCES scan (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL, control TEXT NOT NULL, severity TEXT NOT NULL, resource TEXT NOT NULL,
    path TEXT NOT NULL, line BIGINT NOT NULL, message TEXT NOT NULL, outcome TEXT NOT NULL, new BOOLEAN NOT NULL
);
CREATE TABLE river_job (
    id integer PRIMARY KEY AUTOINCREMENT,
    args blob NOT NULL DEFAULT (jsonb('{}')),
    attempt integer NOT NULL DEFAULT 0,
    attempted_at timestamp,
    attempted_by blob, -- json
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    errors blob, -- json
    finalized_at timestamp,
    kind text NOT NULL,
    max_attempts integer NOT NULL DEFAULT 25,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    priority integer NOT NULL DEFAULT 1,
    queue text NOT NULL DEFAULT 'default',
    state text NOT NULL DEFAULT 'available',
    scheduled_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tags blob NOT NULL DEFAULT (jsonb('[]')),
    unique_key blob,
    unique_states integer,
    CONSTRAINT finalized_or_finalized_at_null CHECK (
        (finalized_at IS NULL AND state NOT IN ('cancelled', 'completed', 'discarded')) OR
        (finalized_at IS NOT NULL AND state IN ('cancelled', 'completed', 'discarded'))
    ),
    CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
    CONSTRAINT queue_length CHECK (length(queue) > 0 AND length(queue) < 128),
    CONSTRAINT kind_length CHECK (length(kind) > 0 AND length(kind) < 128),
    CONSTRAINT state_valid CHECK (state IN ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled'))
);
INSERT INTO "river_job" VALUES(1,X'CC51B7696E746567726174696F6EC72430316132323966322D313262372D373765652D623565392D303662616433393663633731A77265706F7369746F7279A761636D652F696E667261676E756D6265721331',0,NULL,NULL,'2026-11-30 00:54:20.102',NULL,NULL,'evaluate',25,X'CC26C71272697665723A756E697175655F6E6F6E6365C71032333764316539333630383031663161',1,'work','available','2026-11-30 00:54:20.102',X'0B',NULL,NULL);
INSERT INTO "river_job" VALUES(2,X'CC51B7696E746567726174696F6EC72430316132323966322D313262372D373765652D623565392D303662616433393663633731A77265706F7369746F7279A761636D652F696E667261676E756D6265721332',1,NULL,NULL,'2026-11-30 00:54:20.108',NULL,NULL,'evaluate',25,X'CC26C71272697665723A756E697175655F6E6F6E6365C71030316436666339346232316565356466',1,'work','running','2026-11-30 00:54:20.108',X'0B',NULL,NULL);
INSERT INTO "river_job" VALUES(3,X'CC51B7696E746567726174696F6EC72430316132323966322D313262372D373765652D623565392D303662616433393663633731A77265706F7369746F7279A761636D652F696E667261676E756D6265721333',0,NULL,NULL,'2026-11-30 00:54:20.112',NULL,NULL,'evaluate',25,X'CC26C71272697665723A756E697175655F6E6F6E6365C71065333962323430633865386635666535',3,'work','available','2026-11-30 00:54:20.112',X'0B',NULL,NULL);
INSERT INTO "river_job" VALUES(4,X'CC2C57636865636BC72430316132323966322D313265622D373037342D396264622D633233396565626338353263',0,NULL,NULL,'2026-11-30 00:54:20.140',NULL,NULL,'publish',25,X'CC26C71272697665723A756E697175655F6E6F6E6365C71035393432383332356638353137373336',1,'default','available','2026-11-30 00:54:20.140',X'0B',NULL,NULL);
INSERT INTO "river_job" VALUES(5,X'CC2C57636865636BC72430316132323966322D313266372D373134342D386639382D356139323634376334353631',0,NULL,NULL,'2026-11-30 00:54:20.152',NULL,NULL,'publish',25,X'CC26C71272697665723A756E697175655F6E6F6E6365C71063353735336365643134636330643162',1,'default','available','2026-11-30 00:54:20.152',X'0B',NULL,NULL);
INSERT INTO "river_job" VALUES(6,X'CC2F8764656C6976657279C72430316132323966322D313330622D373334302D623834342D326131383434623662633464',0,NULL,NULL,'2026-11-30 00:54:20.172',NULL,NULL,'deliver',25,X'CC26C71272697665723A756E697175655F6E6F6E6365C71061356365346633353333303434333730',1,'default','available','2026-11-30 00:54:20.172',X'0B',NULL,NULL);
CREATE TABLE river_leader (
    elected_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    leader_id text NOT NULL,
    name text PRIMARY KEY NOT NULL DEFAULT 'default' CHECK (name = 'default'),
    CONSTRAINT name_length CHECK (length(name) > 0 AND length(name) < 128),
    CONSTRAINT leader_id_length CHECK (length(leader_id) > 0 AND length(leader_id) < 128)
);
CREATE TABLE river_migration (
    line text NOT NULL,
    version integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT line_length CHECK (length(line) > 0 AND length(line) < 128),
    CONSTRAINT version_gte_1 CHECK (version >= 1),
    PRIMARY KEY (line, version)
);
INSERT INTO "river_migration" VALUES('main',1,'2026-11-30 00:54:19');
INSERT INTO "river_migration" VALUES('main',2,'2026-11-30 00:54:19');
INSERT INTO "river_migration" VALUES('main',3,'2026-11-30 00:54:19');
INSERT INTO "river_migration" VALUES('main',4,'2026-11-30 00:54:19');
INSERT INTO "river_migration" VALUES('main',5,'2026-11-30 00:54:19');
INSERT INTO "river_migration" VALUES('main',6,'2026-11-30 00:54:19');
INSERT INTO "river_migration" VALUES('main',7,'2026-11-30 00:54:20');
INSERT INTO "river_migration" VALUES('main',8,'2026-11-30 00:54:20');
CREATE TABLE river_notification (
    id integer PRIMARY KEY AUTOINCREMENT,
    created_at timestamp NOT NULL DEFAULT (datetime('now', 'subsec')),
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);
INSERT INTO "river_notification" VALUES(1,'2026-11-30 00:54:20.104','{"queue":"work"}','river_insert');
INSERT INTO "river_notification" VALUES(2,'2026-11-30 00:54:20.140','{"queue":"default"}','river_insert');
CREATE TABLE river_queue (
    name text PRIMARY KEY NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    paused_at timestamp,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE scan (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    kind TEXT NOT NULL, cause TEXT NOT NULL, slot BIGINT, pull_number BIGINT, head_sha TEXT NOT NULL,
    base_sha TEXT NOT NULL, state TEXT NOT NULL, error TEXT, started_at BIGINT, finished_at BIGINT,
    verdict TEXT, counts TEXT NOT NULL, report BLOB, created_at BIGINT NOT NULL,
    UNIQUE (source_id, slot)
);
CREATE TABLE "seaql_migrations" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );
INSERT INTO "seaql_migrations" VALUES('0001_initial',1796000059);
CREATE TABLE secret (
    owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL,
    sealed BLOB NOT NULL, key_id TEXT NOT NULL, updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner_kind, owner_id, name)
);
CREATE TABLE source (
    id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
    name TEXT NOT NULL, repository TEXT NOT NULL, folders TEXT NOT NULL, branch_pattern TEXT NOT NULL,
    fail_on TEXT NOT NULL, strict BOOLEAN NOT NULL, allow_new_suppressions BOOLEAN NOT NULL,
    every_hours BIGINT NOT NULL, paused BOOLEAN NOT NULL, repository_state TEXT NOT NULL,
    required_check TEXT NOT NULL, last_scanned_at BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    UNIQUE (integration_id, name)
);
INSERT INTO "source" VALUES('01a229f2-12bf-763b-91cf-11f8a2472fbe','01a229f2-12b7-77ee-b5e9-06bad396cc71','infra','acme/infra','["/"]','main','high',0,0,24,0,'present','{"state":"unknown"}',NULL,1796000060095,1796000060095);
ANALYZE "sqlite_master";
INSERT INTO "sqlite_stat1" VALUES('river_migration','sqlite_autoindex_river_migration_1','8 8 1');
INSERT INTO "sqlite_stat1" VALUES('seaql_migrations','sqlite_autoindex_seaql_migrations_1','1 1');
CREATE TABLE token (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE, name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, expires_at BIGINT, last_used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE TABLE "user" (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX source_repository ON source (integration_id, repository);
CREATE INDEX check_run_deadline ON check_run (state, deadline_at);
CREATE INDEX result_scan ON result (scan_id, id);
CREATE INDEX resource_source ON resource (source_id, id);
CREATE INDEX resource_scan ON resource (scan_id);
CREATE INDEX river_notification_created_at_idx ON river_notification (created_at);
CREATE INDEX river_notification_topic_id_idx ON river_notification (topic, id);
CREATE INDEX river_job_kind ON river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON river_job (state, queue, priority, scheduled_at, id);
CREATE UNIQUE INDEX river_job_unique_idx ON river_job (unique_key)
    WHERE unique_key IS NOT NULL
        AND unique_states IS NOT NULL
        AND CASE state
            WHEN 'available' THEN unique_states & (1 << 0)
            WHEN 'cancelled' THEN unique_states & (1 << 1)
            WHEN 'completed' THEN unique_states & (1 << 2)
            WHEN 'discarded' THEN unique_states & (1 << 3)
            WHEN 'pending'   THEN unique_states & (1 << 4)
            WHEN 'retryable' THEN unique_states & (1 << 5)
            WHEN 'running'   THEN unique_states & (1 << 6)
            WHEN 'scheduled' THEN unique_states & (1 << 7)
            ELSE 0
        END >= 1;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('river_job',6);
INSERT INTO "sqlite_sequence" VALUES('river_notification',2);
COMMIT;

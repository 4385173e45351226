SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE TYPE public.river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);

CREATE FUNCTION public.river_job_state_in_bitmask(bitmask bit, state public.river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.acceptance (
    id text NOT NULL,
    integration_id text NOT NULL,
    source_id text,
    fingerprint text,
    control text,
    resource text,
    reason text NOT NULL,
    until_at bigint,
    created_by text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.alert (
    id text NOT NULL,
    integration_id text NOT NULL,
    detector text NOT NULL,
    rule text NOT NULL,
    severity text NOT NULL,
    title text NOT NULL,
    event text NOT NULL,
    occurred_at bigint NOT NULL,
    created_at bigint NOT NULL,
    state text NOT NULL
);

CREATE TABLE public.audit (
    id bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    detail text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL
);

CREATE TABLE public.check_run (
    id text NOT NULL,
    integration_id text NOT NULL,
    repository text NOT NULL,
    head_sha text NOT NULL,
    name text NOT NULL,
    pulls text NOT NULL,
    state text NOT NULL,
    conclusion text,
    title text NOT NULL,
    summary text NOT NULL,
    annotations text NOT NULL,
    seq bigint NOT NULL,
    published_seq bigint NOT NULL,
    handle text,
    accepted bigint NOT NULL,
    deadline_at bigint,
    fence bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    job_id bigint
);

CREATE TABLE public.connection (
    id text NOT NULL,
    provider text NOT NULL,
    name text NOT NULL,
    settings text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE public.delivery (
    id text NOT NULL,
    connection_id text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    received_at bigint NOT NULL,
    headers text NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL,
    note text NOT NULL,
    finished_at bigint,
    attempts bigint NOT NULL,
    job_id bigint
);

CREATE TABLE public.guest_memory (
    plugin text NOT NULL,
    tenant text NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    expires_at bigint
);

CREATE TABLE public.integration (
    id text NOT NULL,
    connection_id text NOT NULL,
    name text NOT NULL,
    account text NOT NULL,
    account_name text NOT NULL,
    status text NOT NULL,
    status_detail text NOT NULL,
    checked_at bigint,
    last_scanned_at bigint,
    wait_until bigint,
    warnings text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.meta (
    key text NOT NULL,
    value text NOT NULL
);

CREATE TABLE public.pull (
    id text NOT NULL,
    integration_id text NOT NULL,
    repository text NOT NULL,
    number bigint NOT NULL,
    head_sha text NOT NULL,
    base_ref text NOT NULL,
    title text NOT NULL,
    author text NOT NULL,
    open boolean NOT NULL,
    seen_at bigint NOT NULL,
    dirty_seq bigint NOT NULL,
    done_seq bigint NOT NULL,
    job_id bigint
);

CREATE TABLE public.resource (
    id text NOT NULL,
    source_id text NOT NULL,
    scan_id text NOT NULL,
    origin text NOT NULL,
    address text NOT NULL,
    kind text NOT NULL,
    path text NOT NULL,
    line bigint NOT NULL,
    passed bigint NOT NULL,
    failed bigint NOT NULL,
    unknown bigint NOT NULL
);

CREATE TABLE public.result (
    id text NOT NULL,
    scan_id text NOT NULL,
    fingerprint text NOT NULL,
    control text NOT NULL,
    severity text NOT NULL,
    resource text NOT NULL,
    path text NOT NULL,
    line bigint NOT NULL,
    message text NOT NULL,
    outcome text NOT NULL,
    new boolean NOT NULL
);

CREATE TABLE public.river_job (
    id bigint NOT NULL,
    state public.river_job_state DEFAULT 'available'::public.river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))))),
    CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
    CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
    CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);

CREATE SEQUENCE public.river_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.river_job_id_seq OWNED BY public.river_job.id;

CREATE UNLOGGED TABLE public.river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
    CONSTRAINT name_length CHECK ((name = 'default'::text))
);

CREATE TABLE public.river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
    CONSTRAINT version_gte_1 CHECK ((version >= 1))
);

CREATE TABLE public.river_notification (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (((length(topic) > 0) AND (length(topic) < 128)))
);

CREATE SEQUENCE public.river_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.river_notification_id_seq OWNED BY public.river_notification.id;

CREATE TABLE public.river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE public.scan (
    id text NOT NULL,
    source_id text NOT NULL,
    kind text NOT NULL,
    cause text NOT NULL,
    slot bigint,
    pull_number bigint,
    head_sha text NOT NULL,
    base_sha text NOT NULL,
    state text NOT NULL,
    error text,
    started_at bigint,
    finished_at bigint,
    verdict text,
    counts text NOT NULL,
    report bytea,
    created_at bigint NOT NULL
);

CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);

CREATE TABLE public.secret (
    owner_kind text NOT NULL,
    owner_id text NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    sealed bytea NOT NULL,
    key_id text NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE public.source (
    id text NOT NULL,
    integration_id text NOT NULL,
    name text NOT NULL,
    repository text NOT NULL,
    folders text NOT NULL,
    branch_pattern text NOT NULL,
    fail_on text NOT NULL,
    strict boolean NOT NULL,
    allow_new_suppressions boolean NOT NULL,
    every_hours bigint NOT NULL,
    paused boolean NOT NULL,
    repository_state text NOT NULL,
    required_check text NOT NULL,
    last_scanned_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE public.token (
    id text NOT NULL,
    user_id text NOT NULL,
    name text NOT NULL,
    hash text NOT NULL,
    scopes text NOT NULL,
    expires_at bigint,
    last_used_at bigint,
    created_at bigint NOT NULL
);

CREATE TABLE public."user" (
    id text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    disabled boolean NOT NULL,
    created_at bigint NOT NULL
);

ALTER TABLE ONLY public.river_job ALTER COLUMN id SET DEFAULT nextval('public.river_job_id_seq'::regclass);

ALTER TABLE ONLY public.river_notification ALTER COLUMN id SET DEFAULT nextval('public.river_notification_id_seq'::regclass);

INSERT INTO public.check_run VALUES ('01a229f2-17b0-7308-b81a-f655ccfbad2f', '01a229f2-1797-718a-bc5f-5ea89b36b173', 'acme/infra', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'Palisade Pull Request Policy Evaluation', '[1]', 'completed', 'success', 't', 's', '[]', 1, 0, NULL, 0, 1800000000000, 5, 1796000061361, 1796000061361, 4);
INSERT INTO public.check_run VALUES ('01a229f2-17b6-71aa-8dc0-91f1ec8bc4ea', '01a229f2-1797-718a-bc5f-5ea89b36b173', 'acme/infra', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'Palisade Pull Request Policy Evaluation', '[1]', 'running', NULL, 't', 's', '[]', 1, 0, NULL, 0, 1800000000000, 7, 1796000061366, 1796000061366, 5);

INSERT INTO public.connection VALUES ('01a229f2-1795-7575-9edc-bde3c96832a6', 'github', 'hub', '{"app_id":7}', 1796000061333, 1796000061333);

INSERT INTO public.delivery VALUES ('01a229f2-17bc-70d5-9be0-9c928903d367', '01a229f2-1795-7575-9edc-bde3c96832a6', 'd-1', 'pull_request', 1796000061372, '[]', '\x7b7d', 'waiting', '', NULL, 1, 6);

INSERT INTO public.integration VALUES ('01a229f2-1797-718a-bc5f-5ea89b36b173', '01a229f2-1795-7575-9edc-bde3c96832a6', 'acme', '42', 'acme', 'active', '', NULL, NULL, NULL, '[]', 1796000061335);

INSERT INTO public.meta VALUES ('instance', '01a229f2-1793-7547-bb04-dfd14d7c4578');

INSERT INTO public.pull VALUES ('01a229f2-17a4-77c5-81f1-df60d2572b87', '01a229f2-1797-718a-bc5f-5ea89b36b173', 'acme/infra', 2, '', '', '', '', true, 1796000061348, 1, 0, 2);
INSERT INTO public.pull VALUES ('01a229f2-17aa-7298-9dd8-fadd865c5b46', '01a229f2-1797-718a-bc5f-5ea89b36b173', 'acme/infra', 3, '', '', '', '', true, 1796000061354, 1, 0, 3);
INSERT INTO public.pull VALUES ('01a229f2-179b-7678-bc8f-066d1e45d818', '01a229f2-1797-718a-bc5f-5ea89b36b173', 'acme/infra', 1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', 't', 'mona', true, 1796000061339, 1, 1, 1);

INSERT INTO public.river_job VALUES (1, 'available', 0, 25, NULL, '2026-11-30 00:54:21.339468+00', NULL, '2026-11-30 00:54:21.339468+00', 1, '{"number": 1, "repository": "acme/infra", "integration": "01a229f2-1797-718a-bc5f-5ea89b36b173"}', NULL, NULL, 'evaluate', '{}', 'work', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (3, 'available', 0, 25, NULL, '2026-11-30 00:54:21.354768+00', NULL, '2026-11-30 00:54:21.354768+00', 3, '{"number": 3, "repository": "acme/infra", "integration": "01a229f2-1797-718a-bc5f-5ea89b36b173"}', NULL, NULL, 'evaluate', '{}', 'work', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (4, 'available', 0, 25, NULL, '2026-11-30 00:54:21.360856+00', NULL, '2026-11-30 00:54:21.360856+00', 1, '{"check": "01a229f2-17b0-7308-b81a-f655ccfbad2f"}', NULL, NULL, 'publish', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (5, 'available', 0, 25, NULL, '2026-11-30 00:54:21.366814+00', NULL, '2026-11-30 00:54:21.366814+00', 1, '{"check": "01a229f2-17b6-71aa-8dc0-91f1ec8bc4ea"}', NULL, NULL, 'publish', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (2, 'running', 1, 25, NULL, '2026-11-30 00:54:21.348029+00', NULL, '2026-11-30 00:54:21.348029+00', 1, '{"number": 2, "repository": "acme/infra", "integration": "01a229f2-1797-718a-bc5f-5ea89b36b173"}', NULL, NULL, 'evaluate', '{}', 'work', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (6, 'available', 0, 25, NULL, '2026-11-30 00:54:21.372274+00', NULL, '2026-11-30 00:54:21.372274+00', 1, '{"delivery": "01a229f2-17bc-70d5-9be0-9c928903d367"}', NULL, NULL, 'deliver', '{}', 'default', '{}', NULL, NULL);

INSERT INTO public.river_migration VALUES ('main', 1, '2026-11-30 00:54:21.262547+00');
INSERT INTO public.river_migration VALUES ('main', 2, '2026-11-30 00:54:21.268647+00');
INSERT INTO public.river_migration VALUES ('main', 3, '2026-11-30 00:54:21.281059+00');
INSERT INTO public.river_migration VALUES ('main', 4, '2026-11-30 00:54:21.283884+00');
INSERT INTO public.river_migration VALUES ('main', 5, '2026-11-30 00:54:21.294717+00');
INSERT INTO public.river_migration VALUES ('main', 6, '2026-11-30 00:54:21.309291+00');
INSERT INTO public.river_migration VALUES ('main', 7, '2026-11-30 00:54:21.313601+00');
INSERT INTO public.river_migration VALUES ('main', 8, '2026-11-30 00:54:21.32199+00');

INSERT INTO public.seaql_migrations VALUES ('0001_initial', 1796000061);

INSERT INTO public.source VALUES ('01a229f2-1799-74a9-940e-9276ef32317b', '01a229f2-1797-718a-bc5f-5ea89b36b173', 'infra', 'acme/infra', '["/"]', 'main', 'high', false, false, 24, false, 'present', '{"state":"unknown"}', NULL, 1796000061337, 1796000061337);

SELECT pg_catalog.setval('public.river_job_id_seq', 6, true);

SELECT pg_catalog.setval('public.river_notification_id_seq', 1, false);

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.check_run
    ADD CONSTRAINT check_run_integration_id_repository_head_sha_name_key UNIQUE (integration_id, repository, head_sha, name);

ALTER TABLE ONLY public.check_run
    ADD CONSTRAINT check_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.connection
    ADD CONSTRAINT connection_name_key UNIQUE (name);

ALTER TABLE ONLY public.connection
    ADD CONSTRAINT connection_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_connection_id_event_id_key UNIQUE (connection_id, event_id);

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.guest_memory
    ADD CONSTRAINT guest_memory_pkey PRIMARY KEY (plugin, tenant, key);

ALTER TABLE ONLY public.integration
    ADD CONSTRAINT integration_connection_id_account_key UNIQUE (connection_id, account);

ALTER TABLE ONLY public.integration
    ADD CONSTRAINT integration_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.pull
    ADD CONSTRAINT pull_integration_id_repository_number_key UNIQUE (integration_id, repository, number);

ALTER TABLE ONLY public.pull
    ADD CONSTRAINT pull_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.result
    ADD CONSTRAINT result_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_job
    ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_leader
    ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.river_migration
    ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);

ALTER TABLE ONLY public.river_notification
    ADD CONSTRAINT river_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_queue
    ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.scan
    ADD CONSTRAINT scan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.scan
    ADD CONSTRAINT scan_source_id_slot_key UNIQUE (source_id, slot);

ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (owner_kind, owner_id, name);

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_integration_id_name_key UNIQUE (integration_id, name);

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public."user"
    ADD CONSTRAINT user_name_key UNIQUE (name);

ALTER TABLE ONLY public."user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

CREATE INDEX check_run_deadline ON public.check_run USING btree (state, deadline_at);

CREATE INDEX resource_scan ON public.resource USING btree (scan_id);

CREATE INDEX resource_source ON public.resource USING btree (source_id, id);

CREATE INDEX result_scan ON public.result USING btree (scan_id, id);

CREATE INDEX river_job_args_index ON public.river_job USING gin (args);

CREATE INDEX river_job_kind ON public.river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON public.river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON public.river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON public.river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);

CREATE UNIQUE INDEX river_job_unique_idx ON public.river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND public.river_job_state_in_bitmask(unique_states, state));

CREATE INDEX river_notification_created_at_idx ON public.river_notification USING btree (created_at);

CREATE INDEX river_notification_topic_id_idx ON public.river_notification USING btree (topic, id);

CREATE INDEX source_repository ON public.source USING btree (integration_id, repository);

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES public.integration(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES public.integration(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.check_run
    ADD CONSTRAINT check_run_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES public.integration(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES public.connection(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.integration
    ADD CONSTRAINT integration_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES public.connection(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pull
    ADD CONSTRAINT pull_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES public.integration(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_scan_id_fkey FOREIGN KEY (scan_id) REFERENCES public.scan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.result
    ADD CONSTRAINT result_scan_id_fkey FOREIGN KEY (scan_id) REFERENCES public.scan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scan
    ADD CONSTRAINT scan_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_integration_id_fkey FOREIGN KEY (integration_id) REFERENCES public.integration(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_user_id_fkey FOREIGN KEY (user_id) REFERENCES public."user"(id) ON DELETE CASCADE;

-- Every table of a company: company_id leads its primary key, its unique constraints and its indexes.

CREATE TABLE company (
    company_id uuid PRIMARY KEY,
    key text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
    language text NOT NULL DEFAULT 'de',
    catalogue_version bigint NOT NULL DEFAULT 1,
    catalogue_hash text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE branch (
    company_id uuid NOT NULL REFERENCES company,
    branch_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    country text NOT NULL DEFAULT 'DE',
    region text,
    closed_on_holidays boolean NOT NULL DEFAULT true,
    grid_minutes integer NOT NULL DEFAULT 15 CHECK (grid_minutes BETWEEN 1 AND 240),
    off_grid text NOT NULL DEFAULT 'refuse' CHECK (off_grid IN ('refuse', 'allow')),
    hold_seconds integer NOT NULL DEFAULT 120 CHECK (hold_seconds BETWEEN 1 AND 600),
    hold_cap_seconds integer NOT NULL DEFAULT 600 CHECK (hold_cap_seconds BETWEEN 1 AND 3600),
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (company_id, branch_id),
    UNIQUE (company_id, key)
);

-- Minutes after local midnight, half open; weekday 0 is Monday.
CREATE TABLE opening_hours (
    company_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    opens smallint NOT NULL,
    closes smallint NOT NULL,
    PRIMARY KEY (company_id, branch_id, weekday, opens),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch ON DELETE CASCADE,
    CHECK (0 <= opens AND opens < closes AND closes <= 1440)
);

-- One row per day; both arrays empty means closed. They win over the week and over public holidays.
CREATE TABLE opening_exception (
    company_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    day date NOT NULL,
    opens smallint[] NOT NULL DEFAULT '{}',
    closes smallint[] NOT NULL DEFAULT '{}',
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, branch_id, day),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch ON DELETE CASCADE,
    CHECK (cardinality(opens) = cardinality(closes))
);

CREATE TABLE resource (
    company_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('staff', 'chair', 'device')),
    key text NOT NULL,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    own_hours boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (company_id, resource_id),
    UNIQUE (company_id, branch_id, kind, key),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch
);

CREATE TABLE working_hours (
    company_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    opens smallint NOT NULL,
    closes smallint NOT NULL,
    PRIMARY KEY (company_id, resource_id, weekday, opens),
    FOREIGN KEY (company_id, resource_id) REFERENCES resource ON DELETE CASCADE,
    CHECK (0 <= opens AND opens < closes AND closes <= 1440)
);

CREATE TABLE absence (
    company_id uuid NOT NULL,
    absence_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, absence_id),
    FOREIGN KEY (company_id, resource_id) REFERENCES resource,
    CHECK (isfinite(starts_at) AND isfinite(ends_at) AND starts_at < ends_at)
);

CREATE TABLE service (
    company_id uuid NOT NULL REFERENCES company,
    service_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    category text NOT NULL DEFAULT '',
    description text NOT NULL DEFAULT '',
    synonyms text[] NOT NULL DEFAULT '{}',
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    price_from boolean NOT NULL DEFAULT false,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    buffer_before integer NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 480),
    buffer_after integer NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 480),
    min_notice_minutes integer NOT NULL DEFAULT 0 CHECK (min_notice_minutes >= 0),
    max_advance_days integer NOT NULL DEFAULT 365 CHECK (max_advance_days >= 0),
    bookable_by_phone boolean NOT NULL DEFAULT true,
    add_on boolean NOT NULL DEFAULT false,
    needs_consultation boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (company_id, service_id),
    UNIQUE (company_id, key)
);

CREATE TABLE branch_service (
    company_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    service_id uuid NOT NULL,
    PRIMARY KEY (company_id, branch_id, service_id),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch,
    FOREIGN KEY (company_id, service_id) REFERENCES service
);

CREATE TABLE segment (
    company_id uuid NOT NULL,
    service_id uuid NOT NULL,
    ordinal smallint NOT NULL CHECK (ordinal >= 0),
    kind text NOT NULL CHECK (kind IN ('active', 'gap')),
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 720),
    needs_chair boolean NOT NULL DEFAULT true,
    name text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, service_id, ordinal),
    FOREIGN KEY (company_id, service_id) REFERENCES service ON DELETE CASCADE
);

-- Who can do what; `minutes` holds the own minutes per segment where they differ from the service's.
CREATE TABLE skill (
    company_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    service_id uuid NOT NULL,
    minutes integer[],
    PRIMARY KEY (company_id, resource_id, service_id),
    FOREIGN KEY (company_id, resource_id) REFERENCES resource,
    FOREIGN KEY (company_id, service_id) REFERENCES service
);

-- A verified number and a name make a customer; callers without a number are a new one each time.
CREATE TABLE customer (
    company_id uuid NOT NULL REFERENCES company,
    customer_id uuid NOT NULL,
    phone text CHECK (phone ~ '^\+[1-9][0-9]{4,14}$'),
    name text NOT NULL,
    name_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, customer_id),
    CONSTRAINT customer_phone_name UNIQUE (company_id, phone, name_key)
);

CREATE TABLE call (
    company_id uuid NOT NULL,
    call_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    provider text NOT NULL,
    external_id text NOT NULL,
    caller text,
    called text,
    agent_ref text,
    agent_version text,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    offers jsonb NOT NULL DEFAULT '[]',  -- what was offered last, newest batch first: offers are booked by identity
    PRIMARY KEY (company_id, call_id),
    CONSTRAINT call_external UNIQUE (company_id, provider, external_id),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch
);
CREATE INDEX call_recent ON call (company_id, last_seen_at DESC);

CREATE TABLE hold (
    company_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    call_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    token text NOT NULL,
    status text NOT NULL CHECK (status IN ('held', 'converted', 'released', 'replaced', 'expired')),
    service_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    currency text NOT NULL,
    plan jsonb NOT NULL,
    claims smallint NOT NULL CHECK (claims > 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (company_id, hold_id),
    CONSTRAINT hold_token UNIQUE (company_id, token),
    FOREIGN KEY (company_id, call_id) REFERENCES call,
    CHECK (starts_at < ends_at)
);
-- A net, not a path: the lock on the call comes first (protocols 37).
CREATE UNIQUE INDEX hold_one_per_call ON hold (company_id, call_id) WHERE status = 'held';
CREATE INDEX hold_of_call ON hold (company_id, call_id, created_at DESC);
CREATE INDEX hold_overdue ON hold (company_id, expires_at) WHERE status = 'held';

CREATE TABLE appointment (
    company_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    call_id uuid,
    hold_id uuid,
    service_id uuid NOT NULL,
    service_name text NOT NULL,
    staff_id uuid NOT NULL,
    staff_name text NOT NULL,
    attendee_name text NOT NULL,
    contact_phone text,  -- said on the phone, not verified
    notes text NOT NULL DEFAULT '',
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('booked', 'cancelled')),
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    currency text NOT NULL,
    plan jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, appointment_id),
    CONSTRAINT appointment_hold UNIQUE (company_id, hold_id),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch,
    FOREIGN KEY (company_id, customer_id) REFERENCES customer,
    FOREIGN KEY (company_id, call_id) REFERENCES call,
    FOREIGN KEY (company_id, hold_id) REFERENCES hold,
    CHECK (starts_at < ends_at)
);
CREATE INDEX appointment_by_start ON appointment (company_id, branch_id, starts_at);
CREATE INDEX appointment_by_call ON appointment (company_id, call_id);

CREATE TABLE phase (
    company_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('active', 'gap')),
    name text NOT NULL DEFAULT '',
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    staff_id uuid,
    chair_id uuid,
    PRIMARY KEY (company_id, appointment_id, ordinal),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointment,
    CHECK (starts_at < ends_at),
    CHECK ((kind = 'gap') = (staff_id IS NULL))
);

-- The ledger. `during` serves the constraint; reads use the plain columns, because && is not leakproof and
-- row-level security would then read every claim of a resource (protocols 25). A claim is at most one day long,
-- so that a read needs to look one day back only; longer absences are several claims.
CREATE TABLE claim (
    company_id uuid NOT NULL,
    claim_id bigint GENERATED ALWAYS AS IDENTITY,
    resource_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    during tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at, '[)')) STORED,
    binding boolean NOT NULL,
    hold_id uuid,
    appointment_id uuid,
    absence_id uuid,
    external_id uuid,
    PRIMARY KEY (company_id, claim_id),
    FOREIGN KEY (company_id, resource_id) REFERENCES resource,
    FOREIGN KEY (company_id, hold_id) REFERENCES hold,
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointment,
    FOREIGN KEY (company_id, absence_id) REFERENCES absence ON DELETE CASCADE,
    CONSTRAINT claim_finite CHECK (isfinite(starts_at) AND isfinite(ends_at)),
    CONSTRAINT claim_not_empty CHECK (starts_at < ends_at AND NOT isempty(during)),
    CONSTRAINT claim_one_day CHECK (ends_at <= starts_at + interval '24 hours'),
    CONSTRAINT claim_one_owner CHECK (num_nonnulls(hold_id, appointment_id, absence_id, external_id) = 1),
    CONSTRAINT claim_promises_bind CHECK (binding = (hold_id IS NOT NULL OR appointment_id IS NOT NULL)),
    CONSTRAINT claim_no_overlap EXCLUDE USING gist
        (company_id WITH =, resource_id WITH =, during WITH &&) WHERE (binding)
);
CREATE INDEX claim_by_resource ON claim (company_id, resource_id, starts_at) INCLUDE (ends_at, hold_id);
CREATE INDEX claim_by_hold ON claim (company_id, hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX claim_by_appointment ON claim (company_id, appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX claim_by_absence ON claim (company_id, absence_id) WHERE absence_id IS NOT NULL;

CREATE TABLE appointment_history (
    company_id uuid NOT NULL,
    history_id bigint GENERATED ALWAYS AS IDENTITY,
    appointment_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (company_id, history_id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointment
);
CREATE INDEX appointment_history_of ON appointment_history (company_id, appointment_id);

-- The idempotency key and the trace of one function call in one row (D7). `dedupe` is the platform's id of the
-- tool call, or a hash of name and arguments where there is none (`by_hash`).
CREATE TABLE tool_call (
    company_id uuid NOT NULL,
    tool_call_id uuid NOT NULL,
    call_id uuid NOT NULL,
    dedupe text NOT NULL,
    by_hash boolean NOT NULL,
    tool text NOT NULL,
    args jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'done')),
    lease uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 1,
    status text,
    answer jsonb,
    hold_id uuid,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    duration_ms numeric(9, 2),
    build text NOT NULL,
    PRIMARY KEY (company_id, tool_call_id),
    FOREIGN KEY (company_id, call_id) REFERENCES call,
    CHECK ((state = 'done') = (answer IS NOT NULL))
);
CREATE UNIQUE INDEX tool_call_by_id ON tool_call (company_id, call_id, dedupe) WHERE NOT by_hash;
CREATE INDEX tool_call_by_hash ON tool_call (company_id, call_id, dedupe, started_at DESC) WHERE by_hash;

CREATE TABLE review_item (
    company_id uuid NOT NULL REFERENCES company,
    review_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    appointment_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    resolved_at timestamptz,
    PRIMARY KEY (company_id, review_id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointment
);
CREATE INDEX review_item_open ON review_item (company_id, created_at) WHERE resolved_at IS NULL;

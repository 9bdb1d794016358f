-- What must be found before the company is known, and what spans companies: keys and ids, no data of customers.
-- Nobody but the owner reads these tables; the doors are the functions below (protocols 28).

CREATE SCHEMA directory;

CREATE TABLE directory.company (
    key text PRIMARY KEY,
    company_id uuid NOT NULL UNIQUE,
    name text NOT NULL
);

CREATE TABLE directory.line (
    kind text NOT NULL CHECK (kind IN ('number', 'agent')),
    value text NOT NULL,
    company_id uuid NOT NULL REFERENCES directory.company (company_id),
    branch_id uuid NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE INDEX line_of_company ON directory.line (company_id);

-- Ciphertexts only; the keys that open them never reach the database. A ciphertext is another one each time, so a
-- keyed hash beside it keeps two companies from having the same secret: one's key would sign for the other.
CREATE TABLE directory.secret (
    company_id uuid NOT NULL REFERENCES directory.company (company_id),
    kind text NOT NULL,
    position smallint NOT NULL,
    sealed bytea NOT NULL,
    fingerprint bytea NOT NULL,
    PRIMARY KEY (company_id, kind, position),
    CONSTRAINT secret_once UNIQUE (kind, fingerprint)
);

CREATE TABLE directory.worker (
    worker_id uuid PRIMARY KEY,
    host text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);

CREATE FUNCTION current_company() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('zusage.company_id', true), '')::uuid $$;

CREATE FUNCTION directory.assert_company(p_company uuid) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_company IS DISTINCT FROM current_company() THEN
        RAISE EXCEPTION 'company % is not the company of this transaction', p_company USING ERRCODE = '42501';
    END IF;
END $$;

-- The line a call came in on: by the called number, else by the agent (web calls have no number).
CREATE FUNCTION directory.find_line(p_number text, p_agent text)
RETURNS TABLE (company_id uuid, branch_id uuid, sealed_keys bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT l.company_id, l.branch_id,
           ARRAY(SELECT s.sealed FROM directory.secret s
                 WHERE s.company_id = l.company_id AND s.kind = 'retell_key' ORDER BY s.position)
    FROM directory.line l
    WHERE (l.kind = 'number' AND l.value = p_number) OR (l.kind = 'agent' AND l.value = p_agent)
    ORDER BY l.kind = 'number' DESC
    LIMIT 1
$$;

CREATE FUNCTION directory.list_companies() RETURNS TABLE (company_id uuid, key text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT c.company_id, c.key, c.name FROM directory.company c ORDER BY c.key $$;

CREATE FUNCTION directory.put_company(p_company uuid, p_key text, p_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    INSERT INTO directory.company (key, company_id, name) VALUES (p_key, p_company, p_name)
    ON CONFLICT (company_id) DO UPDATE SET key = excluded.key, name = excluded.name;
END $$;

-- Replaces all lines of one company. A value of another company raises unique_violation, naming it.
CREATE FUNCTION directory.put_lines(p_company uuid, p_kinds text[], p_values text[], p_branches uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    DELETE FROM directory.line l WHERE l.company_id = p_company;
    INSERT INTO directory.line (kind, value, company_id, branch_id)
    SELECT k, v, p_company, b FROM unnest(p_kinds, p_values, p_branches) AS t (k, v, b);
END $$;

-- Replaces all secrets of one kind of one company. One that another company has raises unique_violation.
CREATE FUNCTION directory.put_secrets(p_company uuid, p_kind text, p_sealed bytea[], p_fingerprints bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    DELETE FROM directory.secret s WHERE s.company_id = p_company AND s.kind = p_kind;
    INSERT INTO directory.secret (company_id, kind, position, sealed, fingerprint)
    SELECT p_company, p_kind, n - 1, s, f
    FROM unnest(p_sealed, p_fingerprints) WITH ORDINALITY AS t (s, f, n);
END $$;

-- Which of these fingerprints another company has: while the operator's keys are exchanged, one secret has several.
CREATE FUNCTION directory.secrets_taken(p_company uuid, p_kind text, p_fingerprints bytea[]) RETURNS SETOF bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    RETURN QUERY SELECT s.fingerprint FROM directory.secret s
                 WHERE s.kind = p_kind AND s.fingerprint = ANY (p_fingerprints) AND s.company_id <> p_company;
END $$;

CREATE FUNCTION directory.secrets_of(p_company uuid)
RETURNS TABLE (kind text, "position" smallint, sealed bytea, fingerprint bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    RETURN QUERY SELECT s.kind, s.position, s.sealed, s.fingerprint FROM directory.secret s
                 WHERE s.company_id = p_company ORDER BY s.kind, s.position;
END $$;

CREATE FUNCTION directory.lines_of(p_company uuid) RETURNS TABLE (kind text, value text, branch_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM directory.assert_company(p_company);
    RETURN QUERY SELECT l.kind, l.value, l.branch_id FROM directory.line l
                 WHERE l.company_id = p_company ORDER BY l.kind, l.value;
END $$;

-- A worker's sign of life; rows of workers that were silent for a day go.
CREATE FUNCTION directory.beat(p_worker uuid, p_host text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO directory.worker (worker_id, host, started_at, seen_at)
    VALUES (p_worker, p_host, clock_timestamp(), clock_timestamp())
    ON CONFLICT (worker_id) DO UPDATE SET seen_at = excluded.seen_at;
    DELETE FROM directory.worker w WHERE w.seen_at < clock_timestamp() - interval '1 day';
END $$;

CREATE FUNCTION directory.workers() RETURNS TABLE (silent_for interval)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS
$$ SELECT clock_timestamp() - w.seen_at FROM directory.worker w $$;

-- How a company listens and speaks, the words its owner added, and what its callers said that was not understood.

-- What the company file says, and nothing where it says nothing: then the defaults of the code count.
ALTER TABLE company ADD COLUMN understanding jsonb NOT NULL DEFAULT '{}';
ALTER TABLE company ADD COLUMN speech jsonb NOT NULL DEFAULT '{}';

-- Words that a command added to a service, beside service.synonyms, which are the file's: a load keeps these.
CREATE TABLE synonym (
    company_id uuid NOT NULL,
    service_id uuid NOT NULL,
    word_key text NOT NULL,
    word text NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, service_id, word_key),
    FOREIGN KEY (company_id, service_id) REFERENCES service ON DELETE CASCADE,
    CONSTRAINT synonym_length CHECK (char_length(word) BETWEEN 1 AND 200 AND char_length(word_key) BETWEEN 1 AND 400)
);

-- Sentences without the persons in them, one row for each wording; never of a call or a caller.
CREATE TABLE misheard (
    company_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    about text NOT NULL CHECK (about IN ('service', 'when')),
    words_key text NOT NULL,
    words text NOT NULL,
    answered text NOT NULL CHECK (answered IN ('ask', 'none')),
    reason text NOT NULL,
    times integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, branch_id, about, words_key),
    FOREIGN KEY (company_id, branch_id) REFERENCES branch ON DELETE CASCADE,
    CONSTRAINT misheard_length CHECK (char_length(words) BETWEEN 1 AND 200 AND char_length(words_key) BETWEEN 1 AND 400)
);
CREATE INDEX misheard_by_age ON misheard (company_id, last_at);

-- Notes one sentence in the transaction of its answer. Whatever goes wrong here, the answer is worth more: the note is
-- lost, the transaction goes on. Of a company the 500 noted last stay; a row that somebody else writes just now is
-- passed over, so that two callers never wait for each other's old rows.
CREATE FUNCTION misheard_note(
    p_company uuid, p_branch uuid, p_about text, p_key text, p_words text, p_answered text, p_reason text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := zusage_now();
    v_times integer;
    v_last timestamptz;
BEGIN
    INSERT INTO misheard AS m (company_id, branch_id, about, words_key, words, answered, reason, first_at, last_at)
    VALUES (p_company, p_branch, p_about, p_key, p_words, p_answered, p_reason, v_now, v_now)
    ON CONFLICT ON CONSTRAINT misheard_pkey DO UPDATE
        SET words = excluded.words, answered = excluded.answered, reason = excluded.reason, times = m.times + 1,
            last_at = greatest(m.last_at, excluded.last_at)
    RETURNING m.times INTO v_times;
    IF v_times > 1 THEN
        RETURN;
    END IF;
    SELECT m.last_at INTO v_last FROM misheard m
    WHERE m.company_id = p_company ORDER BY m.last_at DESC OFFSET 499 LIMIT 1;
    DELETE FROM misheard d WHERE d.company_id = p_company AND (d.branch_id, d.about, d.words_key) IN (
        SELECT m.branch_id, m.about, m.words_key FROM misheard m
        WHERE m.company_id = p_company AND m.last_at < v_last FOR UPDATE SKIP LOCKED);
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'a misheard sentence was not noted: %', SQLSTATE;
END $$;

-- Forgets what nobody has said again for so many days.
CREATE FUNCTION misheard_sweep(p_company uuid, p_days integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_before timestamptz := zusage_now() - make_interval(days => p_days);
    v_count bigint;
BEGIN
    DELETE FROM misheard WHERE company_id = p_company AND last_at < v_before;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['synonym', 'misheard'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = current_company()) '
                       'WITH CHECK (company_id = current_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zusage_app, zusage_jobs', t);
    END LOOP;
END $$;

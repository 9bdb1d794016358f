-- Database and roles for Zusage on a PostgreSQL server of your own (15 or newer), run once by a superuser.
-- Replace the three passwords first. The serving roles are neither superusers nor may they bypass row-level security:
-- that is what keeps companies apart.

CREATE ROLE zusage_migrate LOGIN PASSWORD 'change-me-1' NOSUPERUSER NOCREATEROLE NOBYPASSRLS;
CREATE ROLE zusage_app LOGIN PASSWORD 'change-me-2' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
CREATE ROLE zusage_jobs LOGIN PASSWORD 'change-me-3' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;

-- A frozen process must not keep its locks.
ALTER ROLE zusage_app SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE zusage_jobs SET idle_in_transaction_session_timeout = '5s';

CREATE DATABASE :database OWNER zusage_migrate TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE :database FROM PUBLIC;
GRANT CONNECT ON DATABASE :database TO zusage_app, zusage_jobs;

-- btree_gist is a trusted extension: zusage_migrate, who owns the database, creates it with `zusage db upgrade`,
-- which also grants the serving roles what they need on each table and function.

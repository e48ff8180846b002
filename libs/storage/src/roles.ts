// The two roles every transaction runs as. They are cluster-wide and cannot log in: an app's own login is a member of both
// and changes into one of them for each transaction, so that even a superuser's connection is held by row-level security.
import type { QueryRunner } from 'typeorm';

// Two migrations of different databases of one cluster may do this at the same time: the loser finds the work done.
const CREATE_ROLES = `DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['fineline_service', 'fineline_app'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', wanted); END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$`;

const GRANT_ROLES = `DO $$
DECLARE login text := %LOGIN%;
BEGIN
  IF NOT (pg_has_role(login, 'fineline_service', 'MEMBER') AND pg_has_role(login, 'fineline_app', 'MEMBER')) THEN
    EXECUTE format('GRANT fineline_service, fineline_app TO %I', login);
  END IF;
END $$`;

/** Creates both roles and makes the migrating login and `logins` their members. Doing it again changes nothing. */
export async function ensureRoles(runner: QueryRunner, logins: readonly string[]): Promise<void> {
  await runner.query(CREATE_ROLES);
  const quoted = logins.map((login) => `'${login.replaceAll("'", "''")}'`);
  for (const login of ['current_user', ...quoted]) await runner.query(GRANT_ROLES.replace('%LOGIN%', () => login));
}

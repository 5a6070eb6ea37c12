/** One step of our own tables' form; its number is for ever. */
interface Migration {
  readonly id: number
  readonly sql: string
}

/**
 * In order, each once, never edited after a release: a change of mind is another migration. Each row names the installation or
 * the repository (by GitHub's numbers) that it belongs to, so that no statement can mix two tenants. Times are ms since the epoch.
 *
 * JSON is kept as text: `jsonb` refuses what JSON allows (`\u0000`), and a payload stays what was signed. A payload is not
 * compressed: that costs more time on the way in than all the rest, and it is gone as soon as the delivery is worked off.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE seamless.deliveries (
        id text PRIMARY KEY,
        event text NOT NULL,
        action text,
        installation_id bigint,
        repository_id bigint,
        payload text,
        received_at bigint NOT NULL,
        state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'handled', 'dead')),
        round integer NOT NULL DEFAULT 1
      );
      ALTER TABLE seamless.deliveries ALTER COLUMN payload SET STORAGE EXTERNAL;
      ALTER TABLE seamless.deliveries SET (toast_tuple_target = 8160);
      CREATE INDEX deliveries_by_age ON seamless.deliveries (received_at);

      CREATE TABLE seamless.commands (
        repository_id bigint NOT NULL,
        comment_id bigint NOT NULL,
        command text NOT NULL,
        installation_id bigint NOT NULL,
        pull integer NOT NULL,
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'ended')),
        reason text,
        queued_at bigint NOT NULL,
        started_at bigint,
        ended_at bigint,
        PRIMARY KEY (repository_id, comment_id, command)
      );
      CREATE INDEX commands_open ON seamless.commands (repository_id, queued_at) WHERE state <> 'ended';
      CREATE INDEX commands_by_age ON seamless.commands (queued_at);

      CREATE TABLE seamless.head_changes (
        repository_id bigint NOT NULL,
        pull integer NOT NULL,
        sha text NOT NULL,
        github_at bigint NOT NULL,
        received_at bigint NOT NULL,
        by_id bigint,
        by_login text,
        PRIMARY KEY (repository_id, pull, sha, github_at)
      );

      CREATE SEQUENCE seamless.revisions;
      CREATE TABLE seamless.records (
        repository_id bigint NOT NULL,
        key text COLLATE "C" NOT NULL,
        value text NOT NULL,
        revision bigint NOT NULL DEFAULT nextval('seamless.revisions'),
        PRIMARY KEY (repository_id, key)
      );
    `,
  },
]

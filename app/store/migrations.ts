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
  {
    id: 2,
    sql: `
      CREATE TABLE seamless.watches (
        repository_id bigint NOT NULL,
        deployment_id text NOT NULL,
        installation_id bigint NOT NULL,
        environment text NOT NULL,
        repository text NOT NULL,
        sha text NOT NULL,
        phase text NOT NULL CHECK (phase IN ('awaiting', 'watching', 'acting', 'recovering', 'held', 'ended')),
        superseded boolean NOT NULL,
        revision bigint NOT NULL,
        next_at bigint,
        live_at bigint NOT NULL,
        bad_at bigint,
        ended_at bigint,
        told text,
        looks_back boolean NOT NULL,
        body text NOT NULL,
        history text,
        PRIMARY KEY (repository_id, deployment_id)
      );
      ALTER TABLE seamless.watches ALTER COLUMN history SET STORAGE EXTERNAL;
      ALTER TABLE seamless.watches SET (fillfactor = 70);
      CREATE UNIQUE INDEX watches_live ON seamless.watches (repository_id, environment)
        WHERE phase <> 'ended' AND NOT superseded;
      CREATE INDEX watches_by_environment ON seamless.watches (repository_id, environment, live_at);
      CREATE INDEX watches_open ON seamless.watches (installation_id) WHERE phase <> 'ended';
      CREATE INDEX watches_ended ON seamless.watches (ended_at) WHERE phase = 'ended';

      CREATE TABLE seamless.verdicts (
        repository_id bigint NOT NULL,
        deployment_id text NOT NULL,
        installation_id bigint NOT NULL,
        environment text NOT NULL,
        sha text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('healthy', 'unhealthy', 'inconclusive')),
        reason text NOT NULL,
        acted text NOT NULL CHECK (acted IN ('promoted', 'merged', 'proposed', 'nothing')),
        pull integer,
        revert_pull integer,
        at bigint NOT NULL,
        label text CHECK (label IN ('right', 'wrong', 'missed', 'not_followed')),
        labelled_at bigint,
        PRIMARY KEY (repository_id, deployment_id)
      );
      CREATE INDEX verdicts_by_age ON seamless.verdicts (repository_id, at);
    `,
  },
]

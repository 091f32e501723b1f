-- Whose session it is: what auth_identity_actors says of its identity and its type of actor, so that a request finds its
-- owner by one index. Empty while nobody has claimed the identity.
ALTER TABLE auth_sessions ADD COLUMN actor_id text;

UPDATE auth_sessions SET actor_id = (
    SELECT actor.actor_id FROM auth_identity_actors actor
    WHERE actor.auth_identity_id = auth_sessions.auth_identity_id AND actor.actor_type = auth_sessions.actor_type);

CREATE INDEX auth_sessions_actor_id ON auth_sessions (actor_id);

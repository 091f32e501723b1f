-- What the actor who locked the user could do then, as rbac_roles.grants has it: lifting the lock needs as much. Empty where
-- that is not known: then lifting it needs every permission.
ALTER TABLE users ADD COLUMN locked_with text;

-- The open invite of a user who was created beforehand: given more roles, the user gets a new link.
CREATE INDEX invites_user_id ON invites (user_id) WHERE user_id IS NOT NULL;

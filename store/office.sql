-- name: Officers :many
SELECT * FROM officer ORDER BY id;

-- name: Officer :one
SELECT * FROM officer WHERE id = @id;

-- name: OfficerNamed :one
SELECT * FROM officer WHERE name = @name;

-- name: OfficerByHandle :one
SELECT * FROM officer WHERE handle = @handle;

-- name: InsertOfficer :one
INSERT INTO officer (name, roles, handle, added) VALUES (@name, @roles, @handle, @added) RETURNING id;

-- name: SaveOfficer :exec
UPDATE officer SET roles = @roles, removed = @removed WHERE id = @id;

-- name: Passkeys :many
SELECT * FROM passkey WHERE officer = @officer ORDER BY id;

-- name: InsertPasskey :one
INSERT INTO passkey (officer, credential, label, data, added) VALUES (@officer, @credential, @label, @data, @added) RETURNING id;

-- name: SavePasskey :execrows
UPDATE passkey SET data = @data, used = @used WHERE id = @id;

-- name: RemovePasskey :execrows
DELETE FROM passkey WHERE id = @id AND officer = @officer;

-- name: InsertLink :exec
INSERT INTO sign_in_link (token, officer, expires) VALUES (@token, @officer, @expires);

-- name: TakeLink :one
DELETE FROM sign_in_link WHERE token = @token RETURNING *;

-- name: DropLinks :exec
DELETE FROM sign_in_link WHERE officer = @officer;

-- name: OfficerSession :one
SELECT * FROM officer_session WHERE token = @token;

-- name: InsertSession :exec
INSERT INTO officer_session (token, officer, browser, how, since, seen) VALUES (@token, @officer, @browser, @how, @since, @seen);

-- name: TouchSession :exec
UPDATE officer_session SET seen = @seen WHERE token = @token;

-- name: EndSession :exec
DELETE FROM officer_session WHERE token = @token;

-- name: EndSessions :exec
DELETE FROM officer_session WHERE officer = @officer;

-- name: DropSessions :exec
DELETE FROM officer_session WHERE seen <= @seen OR since <= @since;

-- name: OfficeRequest :one
SELECT * FROM office_request WHERE id = @id;

-- name: OfficeRequestByKey :one
SELECT * FROM office_request WHERE key = @key;

-- name: OfficeRequests :many
SELECT * FROM office_request WHERE id < @before ORDER BY id DESC LIMIT @most;

-- name: OpenOfficeRequests :many
SELECT * FROM office_request WHERE state = 'open' AND expires > @now ORDER BY id LIMIT @most;

-- name: InsertOfficeRequest :one
INSERT INTO office_request (key, kind, object, args, told, reason, document, asked_by, asked_at, expires, state)
VALUES (@key, @kind, @object, @args, @told, @reason, @document, @asked_by, @asked_at, @expires, 'open') RETURNING id;

-- name: DecideOfficeRequest :execrows
UPDATE office_request SET state = @state, decided_by = @decided_by, decided_at = @decided_at, why = @why WHERE id = @id AND state = 'open';

-- name: LastAudit :one
SELECT * FROM audit ORDER BY number DESC LIMIT 1;

-- name: Audit :many
SELECT * FROM audit WHERE number > @after ORDER BY number LIMIT @most;

-- name: AuditBefore :many
SELECT * FROM audit WHERE number < @before ORDER BY number DESC LIMIT @most;

-- name: AuditOf :many
SELECT * FROM audit WHERE object = @object ORDER BY number DESC LIMIT @most;

-- name: InsertAudit :exec
INSERT INTO audit (number, at, officer, roles, act, object, detail, document, origin, outcome, hash)
VALUES (@number, @at, @officer, @roles, @act, @object, @detail, @document, @origin, @outcome, @hash);

-- name: Identity :one
SELECT * FROM identity WHERE account = @account ORDER BY number DESC LIMIT 1;

-- name: Identities :many
SELECT * FROM identity WHERE number < @before ORDER BY number DESC LIMIT @most;

-- name: InsertIdentity :execrows
INSERT INTO identity (key, account, name, evidence, tier, screening, answer, officer, at)
VALUES (@key, @account, @name, @evidence, @tier, @screening, @answer, @officer, @at) ON CONFLICT (key) DO NOTHING;

-- name: PursesBefore :many
SELECT * FROM purse WHERE number < @before ORDER BY number DESC LIMIT @most;

-- name: Complaint :one
SELECT * FROM complaint WHERE number = @number;

-- name: ComplaintByKey :one
SELECT * FROM complaint WHERE key = @key;

-- name: OpenComplaints :many
SELECT * FROM complaint WHERE closed_at = 0 AND number > @after ORDER BY number LIMIT @most;

-- name: Complaints :many
SELECT * FROM complaint WHERE number < @before ORDER BY number DESC LIMIT @most;

-- name: ComplaintsOf :many
SELECT * FROM complaint WHERE purse = @purse AND purse <> '' ORDER BY number DESC LIMIT @most;

-- name: InsertComplaint :one
INSERT INTO complaint (key, purse, who, about, opened_by, opened_at) VALUES (@key, @purse, @who, @about, @opened_by, @opened_at) RETURNING number;

-- name: CloseComplaint :execrows
UPDATE complaint SET closed_by = @closed_by, closed_at = @closed_at, outcome = @outcome WHERE number = @number AND closed_at = 0;

-- name: ComplaintNotes :many
SELECT * FROM complaint_note WHERE complaint = @complaint AND number > @after ORDER BY number LIMIT @most;

-- name: InsertComplaintNote :execrows
INSERT INTO complaint_note (key, complaint, officer, at, text) VALUES (@key, @complaint, @officer, @at, @text) ON CONFLICT (key) DO NOTHING;

-- name: ComplaintFile :one
SELECT bundle FROM complaint_file WHERE complaint = @complaint;

-- name: InsertComplaintFile :exec
INSERT INTO complaint_file (complaint, account, bundle) VALUES (@complaint, @account, @bundle);

-- name: OpenFromPhones :one
SELECT COUNT(*) FROM complaint_file JOIN complaint ON complaint.number = complaint_file.complaint
WHERE complaint_file.account = @account AND complaint.closed_at = 0;

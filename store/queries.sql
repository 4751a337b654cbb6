-- name: Charter :one
SELECT * FROM charter ORDER BY serial DESC LIMIT 1;

-- name: InsertCharter :exec
INSERT INTO charter (serial, hash, raw, event) VALUES (@serial, @hash, @raw, @event);

-- name: Notice :one
SELECT raw FROM notice ORDER BY epoch DESC LIMIT 1;

-- name: InsertNotice :exec
INSERT INTO notice (epoch, hash, raw) VALUES (@epoch, @hash, @raw);

-- name: CharterByHash :one
SELECT raw FROM charter WHERE hash = @hash;

-- name: NoticeByHash :one
SELECT raw FROM notice WHERE hash = @hash;

-- name: UnloadBill :one
SELECT raw FROM unload WHERE bill = @bill;

-- name: Counters :many
SELECT name, value FROM counter;

-- name: SetCounters :exec
INSERT INTO counter (name, value) VALUES ('event', @event), ('leaf', @leaf) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: Purse :one
SELECT * FROM purse WHERE id = @id;

-- name: PurseByNumber :one
SELECT * FROM purse WHERE number = @number;

-- name: PurseByKey :one
SELECT purse.* FROM purse JOIN device_key ON device_key.purse = purse.number WHERE device_key.key = @key;

-- name: PurseByReference :one
SELECT * FROM purse WHERE reference = @reference;

-- name: Purses :many
SELECT * FROM purse WHERE number > @after ORDER BY number LIMIT @most;

-- name: PursesOf :many
SELECT * FROM purse WHERE account = @account ORDER BY number;

-- name: Heirs :many
SELECT * FROM purse WHERE revoked AND successor <> 0
AND open = 0 AND credit_used = credit_lost AND guarantee_paid = guarantee_lost
AND loaded + income + credit_used + guarantee_paid - honoured - inherited > 0 ORDER BY number;

-- name: Closing :one
SELECT * FROM closing WHERE purse = @purse;

-- name: SaveClosing :exec
INSERT INTO closing (purse, destination, memo, document, at) VALUES (@purse, @destination, @memo, @document, @at)
ON CONFLICT (purse) DO UPDATE SET destination = excluded.destination, memo = excluded.memo, document = excluded.document, at = excluded.at;

-- name: ToPayOut :many
SELECT purse.* FROM closing JOIN purse ON purse.number = closing.purse WHERE closing.destination <> '' AND revoked AND NOT frozen
AND open = 0 AND credit_used = credit_lost AND guarantee_paid = guarantee_lost
AND loaded + income + credit_used + guarantee_paid - honoured - inherited > 0 ORDER BY number;

-- name: Failing :many
SELECT * FROM purse WHERE (contradicted OR credit_used > 0 OR guarantee_paid > 0) ORDER BY number;

-- name: InsertPurse :one
INSERT INTO purse (id, account, enrolment, name, tier, reference, enrolled_at, statement, base_spent)
VALUES (@id, @account, @enrolment, @name, @tier, @reference, @enrolled_at, @statement, @base_spent)
RETURNING number;

-- name: InsertDeviceKey :exec
INSERT INTO device_key (key, purse) VALUES (@key, @purse);

-- name: SavePurse :exec
UPDATE purse SET
	tier = @tier, frozen = @frozen, contradicted = @contradicted, revoked = @revoked, successor = @successor,
	loaded = @loaded, income = @income, late_income = @late_income, newest_income = @newest_income,
	honoured = @honoured, inherited = @inherited, lapsed = @lapsed, open = @open, statement = @statement,
	statement_time = @statement_time, base_seq = @base_seq, base_spent = @base_spent, as_of = @as_of,
	waiting = @waiting, lapsed_through = @lapsed_through, redeem_by = @redeem_by,
	credit_used = @credit_used, guarantee_paid = @guarantee_paid, credit_lost = @credit_lost, guarantee_lost = @guarantee_lost
WHERE number = @number;

-- name: Card :one
SELECT raw FROM card WHERE purse = @purse ORDER BY number DESC LIMIT 1;

-- name: InsertCard :exec
INSERT INTO card (purse, hash, raw) VALUES (@purse, @hash, @raw);

-- name: Sheet :one
SELECT * FROM sheet WHERE hash = @hash;

-- name: SheetByNumber :one
SELECT * FROM sheet WHERE number = @number;

-- name: SheetOf :one
SELECT * FROM sheet WHERE statement = @statement ORDER BY number DESC LIMIT 1;

-- name: NewestSheet :one
SELECT * FROM sheet WHERE purse = @purse ORDER BY number DESC LIMIT 1;

-- name: LowestSheet :one
SELECT raw FROM sheet WHERE purse = @purse AND NOT closed ORDER BY base_seq, number LIMIT 1;

-- name: SheetsToClose :many
SELECT * FROM sheet WHERE NOT closed AND redeem_by <= @redeem_by ORDER BY redeem_by LIMIT @most;

-- name: InsertSheet :one
INSERT INTO sheet (hash, purse, statement, base_seq, redeem_by, raw)
VALUES (@hash, @purse, @statement, @base_seq, @redeem_by, @raw) RETURNING number;

-- name: CloseSheet :exec
UPDATE sheet SET closed = TRUE WHERE hash = @hash;

-- name: InsertChallenge :exec
INSERT INTO challenge (nonce, purse, expires) VALUES (@nonce, @purse, @expires);

-- name: TakeChallenge :execrows
DELETE FROM challenge WHERE nonce = @nonce AND purse = @purse AND expires >= @now;

-- name: DropChallenges :exec
DELETE FROM challenge WHERE expires < @expired;

-- name: InsertEvent :exec
INSERT INTO event (purse, cursor, kind, document) VALUES (@purse, @cursor, @kind, @document);

-- name: Events :many
SELECT cursor, kind, document FROM event WHERE purse = @purse AND cursor > @after ORDER BY cursor LIMIT @most;

-- name: EntryNumber :one
SELECT number FROM entry WHERE hash = @hash;

-- name: EntryByNumber :one
SELECT * FROM entry WHERE number = @number;

-- name: Neighbours :many
SELECT hash, seq, spent, amount FROM entry WHERE number = (
	SELECT below.number FROM entry AS below WHERE below.purse = @purse AND below.seq <= @seq ORDER BY below.seq DESC LIMIT 1
) OR number = (
	SELECT above.number FROM entry AS above WHERE above.purse = @purse AND above.seq > @seq ORDER BY above.seq LIMIT 1
);

-- name: OpenWithin :many
SELECT * FROM entry INDEXED BY entry_open_purse WHERE purse = @purse AND open AND amount - paid <= @rest AND spent <= @spent ORDER BY seq;

-- name: OpenByPresentment :many
SELECT * FROM entry INDEXED BY entry_open_purse WHERE purse = @purse AND open ORDER BY number;

-- name: OpenByKey :many
SELECT * FROM entry WHERE payee_key = @payee_key AND open AND payee = 0 ORDER BY number;

-- name: UnpaidTo :many
SELECT entry.purse, CAST(SUM((amount - paid) / 1000000000) AS INTEGER) AS billions, CAST(SUM((amount - paid) % 1000000000) AS INTEGER) AS rest
FROM entry JOIN purse ON purse.number = entry.purse
WHERE payee = @payee AND paid < amount AND NOT covered AND at <= deadline
GROUP BY entry.purse ORDER BY purse.contradicted DESC, entry.purse LIMIT @most;

-- name: OpenUntil :many
SELECT * FROM entry WHERE open AND deadline <= @deadline ORDER BY deadline LIMIT @most;

-- name: PaidOn :one
SELECT paid FROM entry WHERE number = @number;

-- name: Presented :one
SELECT CAST(COALESCE(SUM(amount), 0) AS INTEGER) FROM entry WHERE purse = @purse AND seq <= @through AND NOT covered;

-- name: LastEntry :one
SELECT CAST(COALESCE(MAX(number), 0) AS INTEGER) FROM entry;

-- name: InsertEntry :exec
INSERT INTO entry (number, hash, purse, seq, spent, amount, deadline, payee, payee_key, at, covered, open, raw, bill, memo, receipt, advanced, paid)
VALUES (@number, @hash, @purse, @seq, @spent, @amount, @deadline, @payee, @payee_key, @at, @covered, @open, @raw, @bill, @memo, @receipt, @advanced, @paid);

-- name: SettleEntry :execrows
UPDATE entry SET receipt = @receipt, open = FALSE, advanced = @advanced, paid = @paid WHERE number = @number AND open;

-- name: PayEntry :execrows
UPDATE entry SET advanced = @advanced, paid = @paid WHERE number = @number AND open;

-- name: Cover :one
SELECT * FROM cover WHERE entry = @entry;

-- name: OpenCovers :many
SELECT sqlc.embed(cover), entry.seq, entry.spent FROM cover JOIN entry ON entry.hash = cover.entry
WHERE cover.purse = @purse AND cover.repaid < cover.credit + cover.guarantee ORDER BY entry.seq, entry.number;

-- name: SaveCover :exec
INSERT INTO cover (entry, purse, credit, guarantee, repaid, at) VALUES (@entry, @purse, @credit, @guarantee, @repaid, @at)
ON CONFLICT (entry) DO UPDATE SET credit = excluded.credit, guarantee = excluded.guarantee, repaid = excluded.repaid;

-- name: SetPayee :exec
UPDATE entry SET payee = @payee WHERE number = @number AND open AND payee = 0;

-- name: LapsedThrough :one
SELECT CAST(COALESCE(SUM(amount), 0) AS INTEGER) FROM lapse WHERE purse = @purse AND seq <= @through;

-- name: EntriesLapsed :one
SELECT CAST(COALESCE(SUM(amount), 0) AS INTEGER) FROM lapse WHERE purse = @purse AND seq <= @through AND entry IS NOT NULL;

-- name: UnseenLapsed :one
SELECT CAST(COALESCE(SUM(amount), 0) AS INTEGER) FROM lapse WHERE purse = @purse AND entry IS NULL;

-- name: InsertLapse :exec
INSERT INTO lapse (purse, seq, amount, entry, at) VALUES (@purse, @seq, @amount, @entry, @at);

-- name: Fraud :one
SELECT * FROM fraud_proof WHERE purse = @purse;

-- name: Frauds :many
SELECT * FROM fraud_proof WHERE event > @after AND event <= @through ORDER BY event DESC LIMIT @most;

-- name: InsertFraud :exec
INSERT INTO fraud_proof (purse, hash, at, event, bundle) VALUES (@purse, @hash, @at, @event, @bundle);

-- name: Unload :one
SELECT * FROM unload WHERE bill = @bill;

-- name: InsertUnload :exec
INSERT INTO unload (bill, purse, raw, memo, destination, text) VALUES (@bill, @purse, @raw, @memo, @destination, @text);

-- name: InsertDelivery :exec
INSERT INTO delivery (hash, bundle, at, raw) VALUES (@hash, @bundle, @at, @raw);

-- name: InsertLeaf :exec
INSERT INTO log_leaf (place, entry) VALUES (@place, @entry);

-- name: Trial :many
SELECT account, asset, amount FROM balance WHERE amount <> 0 ORDER BY asset, account;

-- name: Balance :one
SELECT amount FROM balance WHERE account = @account AND asset = @asset;

-- name: AddToBalance :one
INSERT INTO balance (account, asset, amount) VALUES (@account, @asset, @change)
ON CONFLICT (account, asset) DO UPDATE SET amount = amount + excluded.amount WHERE typeof(amount + excluded.amount) = 'integer'
RETURNING amount;

-- name: Booked :one
SELECT * FROM journal WHERE id = @id;

-- name: InsertJournal :execrows
INSERT INTO journal (id, kind, asset, at, postings) VALUES (@id, @kind, @asset, @at, @postings) ON CONFLICT (id) DO NOTHING;

-- name: Slip :one
SELECT sqlc.embed(teller_slip), purse.id FROM teller_slip JOIN purse ON purse.number = teller_slip.purse WHERE teller_slip.key = @key;

-- name: Slips :many
SELECT sqlc.embed(teller_slip), purse.id FROM teller_slip JOIN purse ON purse.number = teller_slip.purse
WHERE teller_slip.officer = @officer AND teller_slip.number > @after ORDER BY teller_slip.number LIMIT @most;

-- name: InsertSlip :one
INSERT INTO teller_slip (key, direction, officer, purse, account, asset, amount, at)
SELECT @key, @direction, @officer, purse.number, @account, @asset, @amount, @at FROM purse WHERE purse.id = @purse_id RETURNING number;

-- name: Funding :one
SELECT * FROM funding WHERE key = @key;

-- name: InsertFunding :exec
INSERT INTO funding (key, officer, asset, amount, payout, at) VALUES (@key, @officer, @asset, @amount, @payout, @at);

-- name: CashSettled :one
SELECT CAST(COALESCE(SUM(payout.amount), 0) AS INTEGER) FROM payout JOIN purse ON purse.number = payout.purse
WHERE payout.destination = @destination AND payout.state = @state AND payout.asset = @asset AND purse.account = @account;

-- name: CashGiven :one
SELECT CAST(COALESCE(SUM(amount), 0) AS INTEGER) FROM teller_slip WHERE account = @account AND asset = @asset AND direction = 'out';

-- name: CashComing :one
-- Payouts of the treasury (2) that are queued, sent or settled, less what the deposit account has seen of them.
SELECT CAST((SELECT COALESCE(SUM(payout.amount), 0) FROM payout WHERE payout.destination = @destination AND payout.state IN (1, 2, 3) AND payout.source = 2)
  - (SELECT COALESCE(SUM(incoming.amount), 0) FROM incoming WHERE incoming.purse = @purse AND incoming.sender = @treasury) AS INTEGER);

-- name: Incoming :one
SELECT * FROM incoming WHERE operation = @operation;

-- name: IncomingIn :many
SELECT * FROM incoming WHERE state = @state ORDER BY operation;

-- name: InsertIncoming :exec
INSERT INTO incoming (operation, paging, tx, at, kind, sender, asset, amount, memo_id, muxed_id, other_memo, state, purse, reason)
VALUES (@operation, @paging, @tx, @at, @kind, @sender, @asset, @amount, @memo_id, @muxed_id, @other_memo, @state, @purse, @reason);

-- name: SaveIncoming :exec
UPDATE incoming SET state = @state, purse = @purse, reason = @reason WHERE operation = @operation;

-- name: Cursor :one
SELECT cursor FROM rail_cursor WHERE id = 1;

-- name: SetCursor :exec
INSERT INTO rail_cursor (id, cursor) VALUES (1, @cursor) ON CONFLICT (id) DO UPDATE SET cursor = excluded.cursor;

-- name: Payout :one
SELECT * FROM payout WHERE id = @id;

-- name: PayoutOf :one
SELECT * FROM payout WHERE entry = @entry AND entry <> 0;

-- name: PayoutsIn :many
SELECT * FROM payout WHERE state = @state ORDER BY id LIMIT @most;

-- name: Payable :many
SELECT payout.* FROM payout LEFT JOIN purse ON purse.number = payout.purse
WHERE payout.state = @state AND (purse.number IS NULL OR NOT purse.frozen AND (NOT purse.contradicted OR payout.entry = 0)) ORDER BY payout.id LIMIT @most;

-- name: PayoutsOf :many
SELECT * FROM payout WHERE envelope = @envelope AND envelope <> 0 ORDER BY operation;

-- name: InsertPayout :one
INSERT INTO payout (purse, entry, receipt, source, destination, asset, amount, fee, memo, claimable, state, alone, code, attempts, envelope, operation, tx, raw, queued_at)
VALUES (@purse, @entry, @receipt, @source, @destination, @asset, @amount, @fee, @memo, @claimable, @state, @alone, @code, @attempts, @envelope, @operation, @tx, @raw, @queued_at)
RETURNING id;

-- name: SavePayout :exec
UPDATE payout SET claimable = @claimable, state = @state, alone = @alone, code = @code, attempts = @attempts,
	envelope = @envelope, operation = @operation, tx = @tx, raw = @raw
WHERE id = @id;

-- name: OpenEnvelope :one
SELECT * FROM envelope WHERE closed_at = 0;

-- name: InsertEnvelope :one
INSERT INTO envelope (hash, xdr, channel, max_time, stored_at) VALUES (@hash, @xdr, @channel, @max_time, @stored_at) RETURNING id;

-- name: CloseEnvelope :exec
UPDATE envelope SET verdict = @verdict, code = @code, closed_at = @closed_at WHERE id = @id;

-- name: InsertPurseWord :exec
INSERT OR IGNORE INTO purse_word (word, purse) VALUES (@word, @purse);

-- name: PursesNamed :many
SELECT sqlc.embed(purse), purse_word.word FROM purse_word JOIN purse ON purse.number = purse_word.purse
WHERE purse_word.word >= @word AND purse_word.word < @beyond AND (purse_word.word > @after_word OR purse_word.purse > @after_purse)
ORDER BY purse_word.word, purse_word.purse LIMIT @most;

-- name: PursesFrom :many
SELECT * FROM purse WHERE id >= @id AND id <= @until ORDER BY id LIMIT @most;

-- name: PursesSilent :many
SELECT * FROM purse WHERE statement_time < @before AND (statement_time, number) > (@after_time, @after_number)
AND enrolled_at < @before AND loaded + income + credit_used + guarantee_paid - honoured - inherited > 0
ORDER BY statement_time, number LIMIT @most;

-- name: SheetsOf :many
SELECT * FROM sheet WHERE purse = @purse AND number < @before ORDER BY number DESC LIMIT @most;

-- name: EntriesBy :many
SELECT * FROM entry WHERE purse = @purse AND (seq, number) < (@before_seq, @before_number) ORDER BY seq DESC, number DESC LIMIT @most;

-- name: IncomeOf :many
SELECT sqlc.embed(entry), event.cursor FROM event JOIN entry ON entry.number = event.document
WHERE event.purse = @purse AND event.kind = @kind AND event.cursor < @before ORDER BY event.cursor DESC LIMIT @most;

-- name: EntriesOnBill :many
SELECT * FROM entry WHERE substr(raw, 57, 8) = @head AND amount > 0 ORDER BY number LIMIT @most;

-- name: EntriesFrom :many
SELECT * FROM entry WHERE hash >= @hash AND hash <= @until ORDER BY hash LIMIT @most;

-- name: EntriesWithMemo :many
SELECT * FROM entry WHERE memo IS NOT NULL AND CAST(substr(memo, 25) AS TEXT) COLLATE NOCASE >= CAST(@words AS TEXT)
AND CAST(substr(memo, 25) AS TEXT) COLLATE NOCASE < CAST(@beyond AS TEXT)
ORDER BY CAST(substr(memo, 25) AS TEXT) COLLATE NOCASE, number LIMIT @most OFFSET @skip;

-- name: OpenTo :many
SELECT * FROM entry WHERE payee = @payee AND paid < amount AND NOT covered AND open AND number > @after ORDER BY number LIMIT @most;

-- name: OpenAfter :many
SELECT * FROM entry WHERE open AND (deadline, number) > (@after_deadline, @after_number) ORDER BY deadline, number LIMIT @most;

-- name: OpenSums :one
SELECT COUNT(*) AS entries, CAST(COALESCE(SUM((amount - paid) / 1000000000), 0) AS INTEGER) AS billions,
	CAST(COALESCE(SUM((amount - paid) % 1000000000), 0) AS INTEGER) AS rest, CAST(COALESCE(MIN(at), 0) AS INTEGER) AS oldest
FROM entry WHERE open;

-- name: Presentments :many
SELECT CAST(at / @span AS INTEGER) AS slot, COUNT(*) AS entries, CAST(SUM(amount / 10000000) AS INTEGER) AS units
FROM entry WHERE at >= @since AND at < @until AND amount > 0 GROUP BY slot ORDER BY slot;

-- name: LargeEntries :many
SELECT * FROM entry WHERE at >= @since AND at < @until AND amount >= @least AND (at, number) > (@after_at, @after_number)
ORDER BY at, number LIMIT @most;

-- name: LargeSlips :many
SELECT sqlc.embed(teller_slip), purse.id FROM teller_slip JOIN purse ON purse.number = teller_slip.purse
WHERE teller_slip.at >= @since AND teller_slip.at < @until AND teller_slip.amount >= @least
AND (teller_slip.at, teller_slip.number) > (@after_at, @after_number) ORDER BY teller_slip.at, teller_slip.number LIMIT @most;

-- name: LargeIncoming :many
SELECT * FROM incoming WHERE at >= @since AND at < @until AND amount >= @least AND (at, operation) > (@after_at, @after_number)
ORDER BY at, operation LIMIT @most;

-- name: LargePayouts :many
SELECT * FROM payout WHERE queued_at >= @since AND queued_at < @until AND amount >= @least AND (queued_at, id) > (@after_at, @after_number)
ORDER BY queued_at, id LIMIT @most;

-- name: LoadsOf :many
SELECT * FROM incoming WHERE purse = @purse AND operation < @before ORDER BY operation DESC LIMIT @most;

-- name: PayoutsPage :many
SELECT * FROM payout WHERE state = @state AND id < @before ORDER BY id DESC LIMIT @most;

-- name: PayoutsOfPurse :many
SELECT * FROM payout WHERE purse = @purse AND id < @before ORDER BY id DESC LIMIT @most;

-- name: PayoutQueue :many
SELECT state, asset, COUNT(*) AS payouts, CAST(COALESCE(SUM(amount / 10000000), 0) AS INTEGER) AS units, CAST(MIN(queued_at) AS INTEGER) AS oldest
FROM payout WHERE state IN (1, 2, 4) GROUP BY state, asset ORDER BY state, asset;

-- name: IncomingPage :many
SELECT * FROM incoming WHERE state = @state AND operation > @after ORDER BY operation LIMIT @most;

-- name: SlipsBetween :many
SELECT sqlc.embed(teller_slip), purse.id FROM teller_slip JOIN purse ON purse.number = teller_slip.purse
WHERE teller_slip.at >= @since AND teller_slip.at < @until AND teller_slip.officer = @officer AND teller_slip.number < @before
ORDER BY teller_slip.number DESC LIMIT @most;

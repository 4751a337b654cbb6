// Loads, pays and queries against the Horizon at the URL given, with the npm SDK as it comes.
// It prints one JSON object of what it saw; the Go test that starts it compares that with the ledger.
import {
  Account, Asset, BASE_FEE, Claimant, Horizon, Keypair, Memo, MuxedAccount, Operation, TransactionBuilder, xdr,
} from '@stellar/stellar-sdk'

const url = process.argv[2]
const server = new Horizon.Server(url, { allowHttp: true })
const seen = {}

const root = await (await fetch(url)).json()
const networkPassphrase = root.network_passphrase

async function build(source, operations, memo = Memo.none()) {
  const account = await server.loadAccount(source.publicKey())
  const builder = new TransactionBuilder(account, { fee: BASE_FEE, networkPassphrase, memo }).setTimeout(60)
  operations.forEach((op) => builder.addOperation(op))
  const tx = builder.build()
  tx.sign(source)
  return tx
}

const submit = async (source, ...operations) => server.submitTransaction(await build(source, operations))

const [issuer, anchor, payer] = [Keypair.random(), Keypair.random(), Keypair.random()]
for (const key of [issuer, anchor, payer]) {
  await server.friendbot(key.publicKey()).call()
}
const vatu = new Asset('VUV', issuer.publicKey())
await submit(anchor, Operation.changeTrust({ asset: vatu }))
await submit(payer, Operation.changeTrust({ asset: vatu }))
await submit(issuer, Operation.payment({ destination: payer.publicKey(), asset: vatu, amount: '500' }))

// A stream from here on sees the load arrive, whichever of the two is there first.
const [gift] = (await server.payments().forAccount(anchor.publicKey()).order('desc').limit(1).call()).records
const streamed = new Promise((resolve, reject) => {
  const close = server.payments().forAccount(anchor.publicKey()).cursor(gift.paging_token).stream({
    onmessage: (record) => { close(); resolve(record) },
    onerror: (event) => { close(); reject(new Error(JSON.stringify(event))) },
  })
})

// Load: a payment with a memo, then one to a muxed address.
const load = await server.submitTransaction(await build(payer, [
  Operation.payment({ destination: anchor.publicKey(), asset: vatu, amount: '120.5' }),
], Memo.id('42')))
seen.load = load.hash
seen.streamed = (await streamed).transaction_hash

const muxed = new MuxedAccount(new Account(anchor.publicKey(), '0'), '9007199254740993')
await submit(payer, Operation.payment({ destination: muxed.accountId(), asset: vatu, amount: '1' }))

// Query: by cursor, newest first, with the transaction joined.
const page = await server.payments().forAccount(anchor.publicKey()).join('transactions').order('desc').limit(2).call()
seen.muxed = page.records[0].to_muxed_id
seen.memo = page.records[1].transaction_attr?.memo ?? (await page.records[1].transaction()).memo
const older = await page.next()
seen.older = older.records.map((record) => record.type)

// Pay out: asynchronously, then a claimable balance that is claimed.
const async = await server.submitAsyncTransaction(await build(anchor, [
  Operation.payment({ destination: payer.publicKey(), asset: vatu, amount: '20.5' }),
]))
seen.async = async.tx_status
const created = await submit(anchor, Operation.createClaimableBalance({
  asset: vatu, amount: '10', claimants: [new Claimant(payer.publicKey())],
}))
const result = xdr.TransactionResult.fromXDR(created.result_xdr, 'base64')
const balanceId = result.result().results()[0].tr().createClaimableBalanceResult().balanceId().toXDR('hex')
const [claimable] = (await server.claimableBalances().claimant(payer.publicKey()).call()).records
seen.claimable = claimable.id === balanceId && claimable.amount
await submit(payer, Operation.claimClaimableBalance({ balanceId }))

// A fee bump, found under both of its hashes.
const inner = await build(payer, [Operation.payment({ destination: anchor.publicKey(), asset: vatu, amount: '5' })])
const bump = TransactionBuilder.buildFeeBumpTransaction(anchor, '1000', inner, networkPassphrase)
bump.sign(anchor)
await server.submitTransaction(bump)
const found = await server.transactions().transaction(inner.hash().toString('hex')).call()
seen.bump = found.fee_bump_transaction.hash === bump.hash().toString('hex')

// A refusal, with the network's codes.
try {
  await submit(payer, Operation.payment({ destination: anchor.publicKey(), asset: vatu, amount: '100000' }))
} catch (error) {
  seen.refused = error.response.data.extras.result_codes
}
const meta = xdr.TransactionMeta.fromXDR(load.result_meta_xdr, 'base64')
seen.meta = meta.switch()
seen.fee = (await server.feeStats()).fee_charged.mode
const balances = (await server.loadAccount(anchor.publicKey())).balances
seen.balance = balances.find((balance) => balance.asset_code === 'VUV').balance
seen.anchor = anchor.publicKey()
seen.issuer = issuer.publicKey()

console.log(JSON.stringify(seen))

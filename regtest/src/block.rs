//! Blocks made in Rust: reward, witness commitment and proof of work, at regtest's difficulty.

use bitcoin::{
    Amount, Block, BlockHash, CompactTarget, OutPoint, Script, Sequence, Transaction, TxIn,
    TxMerkleNode, TxOut, Witness, absolute, block, hashes::Hash, opcodes::all::OP_RETURN, script,
    transaction,
};

/// `nSubsidyHalvingInterval` of regtest.
const HALVING_INTERVAL: u32 = 150;
/// The reward of the first blocks.
const INITIAL_SUBSIDY: Amount = Amount::from_int_btc(50);
/// `powLimit` of regtest, which never retargets.
const REGTEST_BITS: u32 = 0x207f_ffff;
/// The time of regtest's genesis block, and the distance of ours: block times are the same in every run.
const GENESIS_TIME: u32 = 1_296_688_602;
const BLOCK_INTERVAL: u32 = 600;
/// BIP 141: header of the witness commitment.
const WITNESS_COMMITMENT_HEADER: [u8; 4] = [0xaa, 0x21, 0xa9, 0xed];
/// BIP 141: the value in the witness of the coinbase, freely chosen.
const WITNESS_RESERVED_VALUE: [u8; 32] = [0; 32];

/// A block on top of `previous` that holds `transactions` and pays subsidy and `fees` to `reward`. Blocks with another
/// `extra_nonce` differ.
pub(crate) fn mine(
    previous: BlockHash,
    height: u32,
    transactions: &[Transaction],
    fees: Amount,
    reward: &Script,
    extra_nonce: u32,
) -> Block {
    let coinbase = coinbase(height, extra_nonce, subsidy(height) + fees, reward);
    let header = block::Header {
        version: block::Version::NO_SOFT_FORK_SIGNALLING,
        prev_blockhash: previous,
        merkle_root: TxMerkleNode::all_zeros(),
        time: GENESIS_TIME + BLOCK_INTERVAL * height,
        bits: CompactTarget::from_consensus(REGTEST_BITS),
        nonce: 0,
    };
    let txdata = std::iter::once(coinbase)
        .chain(transactions.iter().cloned())
        .collect();
    let mut block = Block { header, txdata };
    commit_to_witnesses(&mut block);
    if let Some(root) = block.compute_merkle_root() {
        block.header.merkle_root = root;
    }
    // Every second hash is below regtest's target.
    while !block.header.target().is_met_by(block.block_hash()) {
        block.header.nonce += 1;
    }
    block
}

fn subsidy(height: u32) -> Amount {
    let halvings = height / HALVING_INTERVAL;
    Amount::from_sat(INITIAL_SUBSIDY.to_sat().checked_shr(halvings).unwrap_or(0))
}

/// The height (BIP 34) is followed by the extra nonce, also because a coinbase script has at least two bytes.
fn coinbase(height: u32, extra_nonce: u32, value: Amount, reward: &Script) -> Transaction {
    let script_sig = script::Builder::new()
        .push_int(i64::from(height))
        .push_int(i64::from(extra_nonce))
        .into_script();
    Transaction {
        version: transaction::Version::TWO,
        lock_time: absolute::LockTime::ZERO,
        input: vec![TxIn {
            previous_output: OutPoint::null(),
            script_sig,
            sequence: Sequence::MAX,
            witness: Witness::from_slice(&[WITNESS_RESERVED_VALUE]),
        }],
        output: vec![TxOut {
            value,
            script_pubkey: reward.to_owned(),
        }],
    }
}

/// Adds the output of the coinbase that commits to all witnesses (BIP 141).
fn commit_to_witnesses(block: &mut Block) {
    let Some(root) = block.witness_root() else {
        return;
    };
    let commitment = Block::compute_witness_commitment(&root, &WITNESS_RESERVED_VALUE);
    let mut data = [0; 36];
    data[..4].copy_from_slice(&WITNESS_COMMITMENT_HEADER);
    data[4..].copy_from_slice(commitment.as_byte_array());
    let script_pubkey = script::Builder::new()
        .push_opcode(OP_RETURN)
        .push_slice(data)
        .into_script();
    block.txdata[0].output.push(TxOut {
        value: Amount::ZERO,
        script_pubkey,
    });
}

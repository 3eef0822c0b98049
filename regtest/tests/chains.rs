//! Both chains accept honest spends, and refuse the others for the same reasons.
//!
//! The tests of `on_bitcoind` need the daemon: they fail with the way to build it where there is none.

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Witness, absolute,
    key::Secp256k1,
    opcodes::all::{OP_CSV, OP_DROP, OP_EQUAL},
    script::Builder,
    secp256k1::XOnlyPublicKey,
    taproot::{LeafVersion, TaprootBuilder},
    transaction::Version,
};
use gavel_regtest::{Chain, ChainError, PolicyRule, Reason};

const COIN: Amount = Amount::from_sat(1_000_000);
const FEE: Amount = Amount::from_sat(50_000);
const FALSE_TOP: &str =
    "Script evaluated without error but finished with a false/empty top stack element";

/// A coin that one tapscript guards.
struct Guarded {
    leaf: ScriptBuf,
    script: ScriptBuf,
    control: Vec<u8>,
}

impl Guarded {
    fn new(leaf: ScriptBuf) -> Self {
        let secp = Secp256k1::new();
        // BIP 341's point without a known discrete logarithm: nobody has the key path.
        let internal: XOnlyPublicKey =
            "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"
                .parse()
                .unwrap();
        let spend = TaprootBuilder::new()
            .add_leaf(0, leaf.clone())
            .unwrap()
            .finalize(&secp, internal)
            .unwrap();
        let control = spend
            .control_block(&(leaf.clone(), LeafVersion::TapScript))
            .unwrap()
            .serialize();
        Self {
            leaf,
            script: ScriptBuf::new_p2tr_tweaked(spend.output_key()),
            control,
        }
    }

    /// Whoever shows `secret`.
    fn secret(secret: &[u8]) -> Self {
        let push = <&bitcoin::script::PushBytes>::try_from(secret).unwrap();
        Self::new(
            Builder::new()
                .push_slice(push)
                .push_opcode(OP_EQUAL)
                .into_script(),
        )
    }

    /// Whoever shows the number 1, after `blocks`.
    fn after(blocks: u16) -> Self {
        let builder = Builder::new()
            .push_int(i64::from(blocks))
            .push_opcode(OP_CSV)
            .push_opcode(OP_DROP);
        Self::new(builder.push_int(1).push_opcode(OP_EQUAL).into_script())
    }

    fn witness(&self, secret: &[u8]) -> Witness {
        Witness::from_slice(&[secret, self.leaf.as_bytes(), &self.control])
    }
}

fn spend(coin: OutPoint, witness: Witness, output: Vec<TxOut>) -> Transaction {
    let input = TxIn {
        previous_output: coin,
        witness,
        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        ..TxIn::default()
    };
    Transaction {
        version: Version::TWO,
        lock_time: absolute::LockTime::ZERO,
        input: vec![input],
        output,
    }
}

fn pay(value: Amount) -> Vec<TxOut> {
    vec![TxOut {
        value,
        script_pubkey: Guarded::secret(b"next").script,
    }]
}

fn reason(result: Result<impl Sized, ChainError>) -> Reason {
    match result.map(|_| ()) {
        Err(ChainError::Refused(refusal)) => refusal.reason,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

fn rule(result: Result<impl Sized, ChainError>) -> PolicyRule {
    match reason(result) {
        Reason::Policy(violation) => violation.rule,
        other => panic!("expected a policy rule, not {other}"),
    }
}

fn confirms_an_honest_spend(chain: &mut dyn Chain) {
    let guarded = Guarded::secret(b"secret");
    let coin = chain.fund(&guarded.script, COIN).unwrap();
    let height = chain.height();
    assert_eq!(
        chain.utxo(&coin).unwrap(),
        Some(TxOut {
            value: COIN,
            script_pubkey: guarded.script.clone()
        })
    );

    let transaction = spend(coin, guarded.witness(b"secret"), pay(COIN - FEE));
    let confirmed = chain.confirm(&transaction).unwrap();

    assert_eq!((confirmed.fee, confirmed.height), (FEE, height + 1));
    assert_eq!(chain.height(), height + 1);
    assert_eq!(
        chain.transaction(&transaction.compute_txid()),
        Some(&confirmed)
    );
    assert_eq!(chain.utxo(&coin).unwrap(), None);
    let next = OutPoint::new(transaction.compute_txid(), 0);
    assert_eq!(
        chain.utxo(&next).unwrap(),
        Some(transaction.output[0].clone())
    );
    assert_eq!(
        reason(chain.confirm(&spend(
            coin,
            guarded.witness(b"secret"),
            pay(COIN - FEE - FEE)
        ))),
        Reason::MissingOrSpent
    );
}

fn refuses_a_false_witness(chain: &mut dyn Chain) {
    let guarded = Guarded::secret(b"secret");
    let coin = chain.fund(&guarded.script, COIN).unwrap();
    let height = chain.height();
    let wrong = |witness| spend(coin, witness, pay(COIN - FEE));
    let script = |error: &str| Reason::Script {
        input: 0,
        error: error.into(),
    };

    assert_eq!(
        reason(chain.confirm(&wrong(guarded.witness(b"guess")))),
        script(FALSE_TOP)
    );
    assert_eq!(
        reason(chain.confirm_unrelayed(&wrong(guarded.witness(b"guess")))),
        script(FALSE_TOP)
    );
    let other = Guarded {
        leaf: Guarded::secret(b"guess").leaf,
        ..Guarded::secret(b"secret")
    };
    assert_eq!(
        reason(chain.confirm(&wrong(other.witness(b"guess")))),
        script("Witness program hash mismatch")
    );
    let mut signature = chain.treasury().pay(&pay(COIN), chain.height()).unwrap();
    signature.output[0].value -= Amount::ONE_SAT;
    assert_eq!(
        reason(chain.confirm(&signature)),
        script("Invalid Schnorr signature")
    );
    assert_eq!(chain.height(), height, "a refusal mines nothing");
    chain.confirm(&wrong(guarded.witness(b"secret"))).unwrap();
}

fn waits_for_a_relative_lock(chain: &mut dyn Chain) {
    let guarded = Guarded::after(10);
    let coin = chain.fund(&guarded.script, COIN).unwrap();
    let mut transaction = spend(coin, guarded.witness(&[1]), pay(COIN - FEE));
    let unlocked = reason(chain.confirm(&transaction));
    assert_eq!(
        unlocked,
        Reason::Script {
            input: 0,
            error: "Locktime requirement not satisfied".into()
        }
    );

    transaction.input[0].sequence = Sequence::from_height(10);
    chain.mine(8).unwrap();
    assert_eq!(reason(chain.confirm(&transaction)), Reason::Premature);
    chain.mine(1).unwrap();
    chain.confirm(&transaction).unwrap();
}

fn refuses_to_spend_more_than_there_is(chain: &mut dyn Chain) {
    let guarded = Guarded::secret(b"secret");
    let coin = chain.fund(&guarded.script, COIN).unwrap();
    let words = reason(chain.confirm(&spend(coin, guarded.witness(b"secret"), pay(COIN + FEE))))
        .to_string();
    assert!(words.starts_with("bad-txns-in-belowout"), "{words}");
    assert!(matches!(
        chain.fund(&guarded.script, Amount::from_int_btc(100_000)),
        Err(ChainError::TreasuryExhausted { .. })
    ));
}

fn names_the_broken_policy_rule(chain: &mut dyn Chain) {
    let guarded = Guarded::secret(b"secret");
    let coin = chain.fund(&guarded.script, COIN).unwrap();
    let transaction = |output| spend(coin, guarded.witness(b"secret"), output);
    let many = |count| {
        std::iter::repeat_n(pay(Amount::from_sat(330)).remove(0), count).collect::<Vec<_>>()
    };

    assert_eq!(
        rule(chain.confirm(&transaction(many(2_400)))),
        PolicyRule::Weight
    );
    let mut truc = transaction(many(240));
    truc.version = Version(3);
    assert_eq!(rule(chain.confirm(&truc)), PolicyRule::Truc);
    assert_eq!(
        rule(chain.confirm(&transaction(pay(Amount::from_sat(329))))),
        PolicyRule::Dust
    );
    assert_eq!(
        rule(chain.confirm(&transaction(pay(COIN)))),
        PolicyRule::Fee
    );
    // The same, inside the limits.
    truc.output.truncate(220);
    chain.confirm(&truc).unwrap();
}

fn relays_no_long_witness_items_but_mines_them(chain: &mut dyn Chain) {
    for (length, relayed) in [(80, true), (81, false)] {
        let secret = vec![7; length];
        let guarded = Guarded::secret(&secret);
        let coin = chain.fund(&guarded.script, COIN).unwrap();
        let transaction = spend(coin, guarded.witness(&secret), pay(COIN - FEE));
        if relayed {
            chain.confirm(&transaction).unwrap();
        } else {
            assert_eq!(rule(chain.confirm(&transaction)), PolicyRule::Witness);
            let confirmed = chain.confirm_unrelayed(&transaction).unwrap();
            assert_eq!((confirmed.fee, confirmed.height), (FEE, chain.height()));
            assert_eq!(
                chain.transaction(&transaction.compute_txid()),
                Some(&confirmed)
            );
        }
    }
}

/// A zero-fee version 3 parent with an ephemeral anchor, and the child that pays for both.
fn confirms_a_package(chain: &mut dyn Chain) {
    let guarded = Guarded::secret(b"secret");
    let coin = chain.fund(&guarded.script, COIN).unwrap();
    let anchor = TxOut {
        value: Amount::ZERO,
        script_pubkey: ScriptBuf::new_p2a(),
    };
    let next = Guarded::secret(b"next");
    let mut parent = spend(
        coin,
        guarded.witness(b"secret"),
        vec![pay(COIN).remove(0), anchor],
    );
    parent.version = Version(3);
    let output = |vout| OutPoint::new(parent.compute_txid(), vout);
    let child = |secret: &[u8], output_count: u64| {
        let outputs = (0..output_count)
            .flat_map(|_| pay((COIN - FEE) / output_count))
            .collect();
        let mut child = spend(output(0), next.witness(secret), outputs);
        child.version = Version(3);
        child.input.push(TxIn {
            previous_output: output(1),
            ..TxIn::default()
        });
        child
    };

    assert_eq!(rule(chain.confirm(&parent)), PolicyRule::Fee);
    assert_eq!(
        rule(chain.confirm_package(&[parent.clone(), child(b"next", 30)])),
        PolicyRule::Truc
    );
    let mut keeps_dust = child(b"next", 1);
    keeps_dust.input.pop();
    assert_eq!(
        rule(chain.confirm_package(&[parent.clone(), keeps_dust])),
        PolicyRule::Dust
    );
    let failed = Reason::Script {
        input: 0,
        error: FALSE_TOP.into(),
    };
    assert_eq!(
        reason(chain.confirm_package(&[parent.clone(), child(b"guess", 1)])),
        failed
    );

    let confirmed = chain
        .confirm_package(&[parent.clone(), child(b"next", 1)])
        .unwrap();
    assert_eq!(
        confirmed
            .iter()
            .map(|confirmed| confirmed.fee)
            .collect::<Vec<_>>(),
        [Amount::ZERO, FEE]
    );
    assert_eq!(chain.utxo(&output(0)).unwrap(), None);
}

macro_rules! on_both_chains {
    ($($case:ident),* $(,)?) => {
        mod in_process {
            $(#[test] fn $case() { super::$case(&mut gavel_regtest::KernelChain::start().unwrap()) })*
        }

        mod on_bitcoind {
            /// One daemon for all cases: each uses coins of its own.
            #[test]
            fn same_verdicts() {
                let mut chain = gavel_regtest::BitcoindChain::start().unwrap_or_else(|error| panic!("{error}"));
                $(super::$case(&mut chain);)*
            }
        }
    };
}

on_both_chains!(
    confirms_an_honest_spend,
    refuses_a_false_witness,
    waits_for_a_relative_lock,
    refuses_to_spend_more_than_there_is,
    names_the_broken_policy_rule,
    relays_no_long_witness_items_but_mines_them,
    confirms_a_package,
);

use super::*;
use crate::testing::execute_leaf;
use crate::trace::Reason;

fn key(name: &str) -> BitSecretKey {
    GameSeed::new(&[3; 32], &[4; 32]).bit_key(name)
}

#[test]
fn a_bit_is_said_by_its_secret_only() {
    let secret = key("a");
    let public = secret.public_key();
    let fails = |script: Script, witness: &[Vec<u8>]| {
        execute_leaf(&script, witness)
            .expect_err("no secret")
            .reason
    };
    for value in [false, true] {
        let said = vec![secret.say(value).to_vec()];
        let expected = script! { {u8::from(value)} };
        execute_leaf(&script! { {public.verify_script()} 1 }, &said).expect("a secret");
        execute_leaf(
            &script! { {public.open_script()} {&expected} OP_EQUAL },
            &said,
        )
        .expect("a secret");
        execute_leaf(&script! { {public.require_script(value)} 1 }, &said).expect("a secret");
        assert_eq!(
            fails(script! { {public.require_script(!value)} 1 }, &said),
            Reason::EqualVerify
        );
        assert_eq!(public.read(&said[0]), Some(value));
    }
    for other in [
        vec![],
        vec![1],
        key("b").say(true).to_vec(),
        public.hashes()[0].to_vec(),
    ] {
        assert_eq!(public.read(&other), None);
        assert_eq!(
            fails(
                script! { {public.verify_script()} 1 },
                std::slice::from_ref(&other)
            ),
            if other.len() == size_of::<BitSecret>() {
                Reason::Verify
            } else {
                Reason::EqualVerify
            }
        );
        assert_eq!(
            fails(script! { {public.open_script()} OP_DROP 1 }, &[other]),
            Reason::Verify
        );
    }
}

#[test]
fn a_copy_says_what_the_challenger_said() {
    let (challenger, operator) = (key("challenger"), key("operator"));
    let bit = CopiedBit {
        challenger: challenger.public_key(),
        operator: operator.public_key(),
    };
    let leaf = script! { {bit.copy_script()} 1 };
    for value in [false, true] {
        let shown = challenger.say(value);
        let witness = bit
            .copy_witness(&operator, &shown)
            .expect("a secret of the challenger");
        let weight: usize = witness.iter().map(|item| item.len() + 1).sum();
        assert_eq!(weight + usize::from(!value), CopiedBit::MAX_WITNESS_WEIGHT);
        execute_leaf(&leaf, &witness).expect("the same value");
        let mut lie = witness.clone();
        lie[0] = operator.say(!value).to_vec();
        assert_eq!(
            execute_leaf(&leaf, &lie).map_err(|failure| failure.reason),
            Err(Reason::EqualVerify)
        );
        for bit in [
            vec![u8::from(!value); usize::from(!value)],
            vec![0],
            vec![2],
            vec![1, 0],
        ] {
            let mut lie = witness.clone();
            lie[2] = bit;
            let reason = execute_leaf(&leaf, &lie)
                .expect_err("another branch")
                .reason;
            assert!(
                matches!(reason, Reason::EqualVerify | Reason::MinimalIf),
                "{reason}"
            );
        }
    }
    assert_eq!(bit.copy_witness(&operator, &[7; 16]), None);
}

/// Whoever makes a key for itself can choose secrets of any size: only those of the proper one can be shown first.
#[test]
fn secrets_of_another_size_cannot_be_shown() {
    let hash = |secret: &[u8]| hash160::Hash::hash(secret).to_byte_array();
    let reason = |script: Script, witness: &[Vec<u8>]| {
        execute_leaf(&script, witness)
            .err()
            .map(|failure| failure.reason)
    };
    let challenger = key("challenger");
    for size in [1, 15, 16, 17, 80] {
        let refused = (size != 16).then_some(Reason::EqualVerify);
        let secrets = [vec![8; size], vec![9; size]];
        let own = BitPublicKey::new([hash(&secrets[0]), hash(&secrets[1])]).expect("two hashes");
        let copied = CopiedBit {
            challenger: challenger.public_key(),
            operator: own,
        };
        for value in [false, true] {
            let secret = secrets[usize::from(value)].clone();
            let said = std::slice::from_ref(&secret);
            assert_eq!(reason(script! { {own.verify_script()} 1 }, said), refused);
            assert_eq!(
                reason(script! { {own.require_script(value)} 1 }, said),
                None
            );
            let shown = challenger.say(value).to_vec();
            let witness = [secret, shown, vec![1; usize::from(value)]];
            assert_eq!(
                reason(script! { {copied.copy_script()} 1 }, &witness),
                refused
            );
        }
    }
}

#[test]
fn keys_with_one_hash_for_both_values_are_refused() {
    assert_eq!(BitPublicKey::new([[1; 20]; 2]), None);
    let key = key("a").public_key();
    assert_eq!(BitPublicKey::new(*key.hashes()), Some(key));
}

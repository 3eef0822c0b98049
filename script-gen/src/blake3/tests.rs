use super::*;
use crate::analysis::analyse;
use crate::script;
use crate::script::{Op, decode_number, encode_number};
use crate::testing::execute_leaf;
use crate::trace::{NoTransaction, Outcome, Rules, run_part};

const DOMAINS: [&str; 5] = ["data", "node", "file", "state", "fingerprint"];

fn domain_key(domain: &str) -> [u8; 32] {
    blake3::derive_key(&format!("gavel 2026 {domain}"), b"")
}

fn words<const N: usize>(bytes: &[u8]) -> [u32; N] {
    std::array::from_fn(|word| u32::from_le_bytes(bytes[4 * word..][..4].try_into().unwrap()))
}

/// Doubled nibbles as stack items, in the documented order.
fn items(words: &[u32]) -> Vec<Vec<u8>> {
    let lanes = |word: u32| {
        (0..8)
            .rev()
            .map(move |lane| encode_number(2 * nibble(word, lane) as i64))
    };
    words.iter().copied().flat_map(lanes).collect()
}

/// A block whose first words are on the stack, and the rest zero.
struct Case {
    block: [u32; 16],
    stacked: usize,
    digest: DigestWords,
    key: [u8; 32],
}

impl Case {
    fn new(seed: u64, stacked: usize, digest: DigestWords, domain: &str) -> Self {
        let mut block = words::<16>(&random_bytes(seed));
        block[stacked..].fill(0);
        Self {
            block,
            stacked,
            digest,
            key: domain_key(domain),
        }
    }

    fn compression(&self) -> Compression {
        let message = std::array::from_fn(|word| match word < self.stacked {
            true => MessageWord::Stack,
            false => MessageWord::Constant(self.block[word]),
        });
        Compression::keyed_hash(words(&self.key), message, self.digest, 0)
    }

    fn expected(&self) -> Vec<u32> {
        let block: Vec<u8> = self
            .block
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect();
        let hash = blake3::keyed_hash(&self.key, &block);
        words::<8>(hash.as_bytes())[..self.digest.count()].to_vec()
    }

    fn stack(&self) -> Vec<Vec<u8>> {
        items(&self.block[..self.stacked])
    }
}

fn random_bytes(seed: u64) -> [u8; 64] {
    let mut bytes = [0; 64];
    blake3::Hasher::new()
        .update(&seed.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    bytes
}

fn run(script: &Script, stack: Vec<Vec<u8>>) -> Outcome {
    run_part(&script.to_bytes(), stack, Rules::Standard, &NoTransaction).unwrap()
}

const SHAPES: [(usize, DigestWords); 7] = [
    (11, DigestWords::Four),
    (8, DigestWords::Three),
    (16, DigestWords::Eight),
    (12, DigestWords::Eight),
    (10, DigestWords::Five),
    (9, DigestWords::Five),
    (8, DigestWords::Five),
];

#[test]
fn digests_are_those_of_the_blake3_crate() {
    for (seed, (stacked, digest)) in SHAPES.into_iter().enumerate() {
        for domain in DOMAINS {
            let case = Case::new(seed as u64, stacked, digest, domain);
            let outcome = run(&case.compression().digest_script(), case.stack());
            assert_eq!(
                outcome.stack,
                items(&case.expected()),
                "{stacked} words, {domain}"
            );
        }
    }
}

#[test]
fn extreme_blocks_stay_inside_the_tables() {
    for fill in [0, u32::MAX, 0x8000_0000, 0x7fff_ffff, 0xf0f0_f0f0] {
        let mut case = Case::new(0, 16, DigestWords::Eight, "node");
        case.block.fill(fill);
        let outcome = run(&case.compression().digest_script(), case.stack());
        assert_eq!(outcome.stack, items(&case.expected()), "{fill:08x}");
    }
}

/// A leaf: the witness is the claimed digest, then the message.
fn leaf(case: &Case) -> Script {
    let claimed = 8 * case.digest.count();
    let stacked = case.compression().message_items();
    let mut script = Script::new();
    for moved in 0..claimed {
        script.push(roll(claimed + stacked - 1 - moved));
        script.push_op(Op::ToAltStack);
    }
    script.push(case.compression().differs_script());
    script
}

fn witness(case: &Case, claimed: &[u32]) -> Vec<Vec<u8>> {
    [items(claimed), case.stack()].concat()
}

#[test]
fn a_leaf_accepts_exactly_a_wrong_claim() {
    for (stacked, digest) in SHAPES {
        let case = Case::new(7, stacked, digest, "node");
        let leaf = leaf(&case);
        let right = case.expected();
        let failure = execute_leaf(&leaf, &witness(&case, &right)).unwrap_err();
        assert_eq!(failure.reason, crate::trace::Reason::EvalFalse);
        for (word, bit) in [(0, 31), (digest.count() - 1, 0), (2, 17)] {
            let mut wrong = right.clone();
            wrong[word] ^= 1 << bit;
            let outcome = execute_leaf(&leaf, &witness(&case, &wrong)).unwrap();
            assert!(outcome.peak_stack <= 1000, "{}", outcome.peak_stack);
        }
    }
}

#[test]
fn every_nibble_of_the_claim_is_compared() {
    let case = Case::new(3, 10, DigestWords::Five, "state");
    let script = leaf(&case);
    let right = case.expected();
    for place in 0..40 {
        let mut wrong = right.clone();
        wrong[place / 8] ^= 1 << (4 * (place % 8));
        let outcome = run(&script, witness(&case, &wrong));
        assert_eq!(outcome.stack, [vec![1]], "nibble {place}");
    }
    assert_eq!(
        run(&script, witness(&case, &right)).stack,
        [Vec::<u8>::new()]
    );
}

#[test]
fn message_words_may_be_constants() {
    let case = Case::new(5, 3, DigestWords::Eight, "file");
    let mut compression = case.compression();
    let constant = 0x0123_4567;
    compression.message[6] = MessageWord::Constant(constant);
    let mut block = case.block;
    block[6] = constant;
    let case = Case { block, ..case };
    let outcome = run(&compression.digest_script(), case.stack());
    assert_eq!(outcome.stack, items(&case.expected()));
}

#[test]
fn the_function_on_words_is_that_of_the_blake3_crate() {
    for (seed, length) in [(1, 64), (2, 40), (3, 0)] {
        let case = Case::new(seed, length / 4, DigestWords::Eight, "node");
        let block: Vec<u8> = case
            .block
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect();
        let mut output = blake3::Hasher::new_keyed(&case.key)
            .update(&block[..length])
            .finalize_xof();
        for counter in [0, 1, 0x0123_4567_89ab_cdef >> 6] {
            output.set_position(64 * counter);
            let mut expected = [0; 32];
            output.fill(&mut expected);
            let flags = CHUNK_START | CHUNK_END | ROOT | KEYED_HASH;
            let counter = [counter as u32, (counter >> 32) as u32];
            let (key, length) = (words(&case.key), length as u32);
            let result = compress(&key, counter, &case.block, length, flags);
            assert_eq!(result, words::<8>(&expected));
        }
    }
}

#[test]
fn counter_and_chaining_value_may_be_data() {
    for (data, order) in [
        (10, NibbleOrder::LowDeepest),
        (10, NibbleOrder::HighDeepest),
        (9, NibbleOrder::LowDeepest),
        (6, NibbleOrder::HighDeepest),
        (0, NibbleOrder::LowDeepest),
    ] {
        let case = Case::new(8, 16, DigestWords::Four, "node");
        let mut key = [0; KEY_WORDS];
        let places = &mut key[KEY_WORDS - data..];
        places.copy_from_slice(&words::<16>(&random_bytes(9))[..data]);
        let flags = PARENT | KEYED_HASH;
        let compression = Compression {
            key: Key::Data(data),
            order,
            block_length: 104,
            flags,
            ..case.compression()
        };
        let ordered = |words: &[u32]| {
            let mut items = items(words);
            if order == NibbleOrder::LowDeepest {
                items
                    .chunks_mut(WORD_NIBBLES)
                    .for_each(|word| word.reverse());
            }
            items
        };
        let on_stack = [ordered(&case.block), ordered(&key[KEY_WORDS - data..])].concat();
        let script = script! {
            {(0..WORD_NIBBLES * data).map(|_| Op::ToAltStack)}
            {compression.digest_script()}
        };
        let [low, high, chaining_value @ ..] = key;
        let result = compress(&chaining_value, [low, high], &case.block, 104, flags);
        assert_eq!(
            run(&script, on_stack).stack,
            items(&result[..4]),
            "{data} words"
        );
    }
}

#[test]
fn children_are_exchanged_if_the_side_says_so() {
    for digest in [DigestWords::Five, DigestWords::Eight] {
        let count = digest.count() as u32;
        let (left, right): (Vec<u32>, Vec<u32>) =
            ((0..count).collect(), (count..2 * count).collect());
        for (side, first, second) in [(0, &left, &right), (1, &right, &left)] {
            let stack = [items(&left), items(&right), vec![encode_number(side)]].concat();
            let outcome = run(&order_children(digest), stack);
            assert_eq!(outcome.stack, [items(first), items(second)].concat());
        }
    }
}

#[test]
fn sizes_are_pinned() {
    let pinned = Sizes {
        block: 41_352,
        node_256: 41_418,
        node_160: 38_958,
        file_256: 40_229,
        file_160: 38_678,
        order_256: 194,
        order_160: 122,
    };
    assert_eq!(sizes(words(&domain_key("node"))), pinned);
}

#[test]
fn the_order_of_nibbles_is_word_zero_and_most_significant_first() {
    let decoded: Vec<i64> = items(&[0x1234_5678])
        .iter()
        .map(|item| decode_number(item).unwrap())
        .collect();
    assert_eq!(decoded, [2, 4, 6, 8, 10, 12, 14, 16]);
}

/// A leaf whose witness is plain nibbles, clamped as a digit of a signature is: the claimed digest, then the message.
fn whole_leaf(compression: &Compression) -> (Script, usize) {
    let claimed = 8 * compression.digest.count();
    let items = claimed + compression.message_items();
    let mut script = Script::new();
    for _ in 0..items {
        script.push(roll(items - 1));
        script.push(script! { 0 OP_MAX 15 OP_MIN OP_DUP OP_ADD });
    }
    for moved in 0..claimed {
        script.push(roll(items - 1 - moved));
        script.push_op(Op::ToAltStack);
    }
    script.push(compression.differs_script());
    (script, items)
}

#[test]
fn the_analysis_proves_every_look_up() {
    for (stacked, digest) in SHAPES {
        let compression = Case::new(0, stacked, digest, "node").compression();
        let (script, items) = whole_leaf(&compression);
        let report = analyse(&script, items).unwrap();
        assert!(report.peak_stack <= MAX_STACK);
    }
}

#[test]
fn fewer_sums_are_looked_up_where_there_is_less_room() {
    let case = Case::new(4, 16, DigestWords::Eight, "node");
    let mut shorter = 0;
    for (others, room) in [(0, 4), (68, 0), (100, 32), (196, 0), (200, 61)] {
        let compression = Compression {
            others,
            ..case.compression()
        };
        let script = compression.digest_script();
        let outcome = run(&script, case.stack());
        assert_eq!(outcome.stack, items(&case.expected()));
        let claimed = 64;
        assert_eq!(MAX_STACK - outcome.peak_stack - others - claimed, room);
        assert!(script.len() > shorter);
        shorter = script.len();
    }
}

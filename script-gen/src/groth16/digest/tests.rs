use super::packed::number_digits;
use super::unpack::Packing;
use super::*;
use crate::analysis::{Entry, Interval, analyse, analyse_part};
use crate::blake3::compress;
use crate::bn254::DIGITS;
use crate::script;
use crate::script::{Op, Script, encode_number, roll};
use crate::testing::execute_leaf;
use crate::trace::{MAX_STACK, NoTransaction, Reason, Rules, run_part};
use crate::winternitz::{GameSeed, Shape};

fn random_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ::blake3::Hasher::new()
        .update(&seed.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    bytes
}

fn digest(seed: u64) -> Digest {
    random_bytes(seed, DIGEST_BYTES).try_into().unwrap()
}

fn element(seed: u64) -> Element {
    let bytes = random_bytes(seed, DIGITS);
    Element::from_digits(std::array::from_fn(|place| bytes[place] & 15)).unwrap()
}

fn elements(seed: u64, count: usize) -> Vec<Element> {
    (0..count as u64)
        .map(|at| element(1000 * seed + at))
        .collect()
}

fn filled(digit: u8) -> Element {
    Element::from_digits([digit; DIGITS]).unwrap()
}

fn limb_items(elements: &[Element]) -> Vec<Vec<u8>> {
    let numbers = elements.iter().flat_map(limbs);
    numbers.map(encode_number).collect()
}

fn limb_entry(elements: usize) -> Vec<Entry> {
    let limb = |limb| {
        let (lo, hi) = limb_range(limb);
        Interval::new(lo, hi).map_or(Entry::Hint, Entry::Number)
    };
    (0..elements)
        .flat_map(|_| (0..PACKED_LIMBS).map(limb))
        .collect()
}

/// The items of a packed digest.
fn packed(digest: &Digest) -> Vec<Vec<u8>> {
    run(&pack_hint(), hint(digest))
}

fn run(script: &Script, stack: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    run_part(&script.to_bytes(), stack, Rules::Standard, &NoTransaction)
        .unwrap()
        .stack
}

/// The nibbles of elements, two a byte.
fn bytes(elements: &[Element]) -> Vec<u8> {
    let digits = elements.iter().flat_map(|element| *element.digits());
    let digits: Vec<u8> = digits.collect();
    let pairs = digits.chunks_exact(2);
    pairs.map(|pair| pair[0] | pair[1] << 4).collect()
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let words = bytes.chunks_exact(4);
    words
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect()
}

#[test]
fn one_element_is_the_key_of_a_hash_of_zeros() {
    let element = element(1);
    let key = bytes(&[element]).try_into().unwrap();
    let hash = ::blake3::keyed_hash(&key, &[0; 32]);
    assert_eq!(member_digest(&[element])[..], hash.as_bytes()[..16]);
}

#[test]
fn two_elements_are_message_place_in_the_output_and_key() {
    let mut digits = *element(2).digits();
    // The library counts the output's bytes in 64 bits.
    digits[62..].fill(0);
    let elements = [Element::from_digits(digits).unwrap(), element(3)];
    let data = bytes(&elements);
    let mut hasher = ::blake3::Hasher::new_keyed(data[32..].try_into().unwrap());
    hasher.update(&[0; 40]).update(&data[..24]);
    let counter = u64::from_le_bytes(data[24..32].try_into().unwrap());
    let mut output = hasher.finalize_xof();
    output.set_position(64 * counter);
    let mut expected = [0; 16];
    output.fill(&mut expected);
    assert_eq!(member_digest(&elements), expected);
}

/// The call of the compression function for these words, as the documents say.
fn call(words: &[u32], flags: u32) -> Vec<u32> {
    let mut places = vec![0; 26 - words.len()];
    places.extend(words);
    let result = compress(
        places[18..].try_into().unwrap(),
        places[16..18].try_into().unwrap(),
        places[..16].try_into().unwrap(),
        4 * words.len() as u32,
        flags,
    );
    result[..4].to_vec()
}

#[test]
fn long_members_are_hashed_from_their_end() {
    const KEYED_HASH: u32 = 16;
    let elements = elements(5, 9);
    let data = words(&bytes(&elements));
    let three = call(&data[..24], KEYED_HASH | 1 | 2 | 8);
    assert_eq!(words(&member_digest(&elements[..3])), three);

    let tail = call(&data[22..48], KEYED_HASH | 1);
    let six = call(&[&data[..22], &tail].concat(), KEYED_HASH | 2 | 8);
    assert_eq!(words(&member_digest(&elements[..6])), six);

    let mut nine = call(&data[66..], KEYED_HASH | 1);
    for (from, flags) in [(44, 0), (22, 0), (0, 2 | 8)] {
        nine = call(
            &[&data[from..from + 22], &nine].concat(),
            KEYED_HASH | flags,
        );
    }
    assert_eq!(words(&member_digest(&elements)), nine);
}

#[test]
fn a_group_is_hashed_as_the_documents_say() {
    let members: Vec<Digest> = (0..7).map(digest).collect();
    for count in 2..=MAX_MEMBERS {
        let hash = call(&words(&members[..count].concat()), 16 | 4 | 1 | 2 | 8);
        assert_eq!(words(&group_digest(&members[..count])), hash);
    }
    let tail = call(&words(&members.concat())[22..], 16 | 4 | 1);
    let data = [&words(&members.concat())[..22], &tail].concat();
    assert_eq!(words(&group_digest(&members)), call(&data, 16 | 4 | 2 | 8));
    assert_eq!(group_digest(&members[..1]), members[0]);
}

#[test]
fn members_of_different_lengths_and_groups_have_different_digests() {
    let zero = filled(0);
    let member = |count| member_digest(&vec![zero; count]);
    let mut digests: Vec<Digest> = (1..=MAX_ELEMENTS).map(member).collect();
    digests.extend((2..=MAX_MEMBERS).map(|count| group_digest(&vec![[0; 16]; count])));
    let all = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), all);
}

#[test]
fn limbs_are_the_signed_sums_of_their_digits() {
    for element in [element(4), filled(0), filled(15), filled(8)] {
        let mut value = num_bigint::BigInt::ZERO;
        for (limb, number) in limbs(&element).into_iter().enumerate().rev() {
            value = (value << 20) + number;
            let (lo, hi) = limb_range(limb);
            assert!((lo..=hi).contains(&number));
        }
        assert_eq!(value, element.value());
    }
    assert_eq!(limbs(&filled(0))[12], limb_range(12).0);
    assert_eq!(limbs(&filled(15))[3], limb_range(3).1);
}

/// Unpacks values and leaves their digits on the stack, the first one deepest.
fn unpack(packing: Packing, digits: usize, count: usize) -> Script {
    let numbers: Vec<usize> = number_digits(digits).rev().collect();
    script! {
        {packing.unpack(&numbers.repeat(count))}
        {(0..count * digits).map(|_| Op::FromAltStack)}
    }
}

#[test]
fn unpacked_limbs_are_doubled_digits() {
    let mut edges: Vec<[Element; 2]> = (0..16)
        .map(|digit| [filled(digit), filled(15 - digit)])
        .collect();
    edges.extend((0..20).map(|seed| [element(seed), element(100 + seed)]));
    let script = unpack(Packing::Limbs, DIGITS, 2);
    for pair in edges {
        let digits = pair.iter().flat_map(|element| *element.digits());
        let doubled = digits.map(|digit| encode_number(2 * i64::from(digit)));
        assert_eq!(run(&script, limb_items(&pair)), doubled.collect::<Vec<_>>());
    }
}

#[test]
fn every_number_unpacks_to_digits() {
    // A digest that is hinted wrongly is some digest: whatever the numbers are, nothing but nibbles comes out.
    let script = script! { {pack_hint()} {unpack(Packing::Digest, DIGEST_DIGITS, 1)} };
    for number in [
        -1,
        -5,
        255,
        256,
        0xf_ffff,
        0x10_0000,
        -0x10_0000,
        0x7fff_ffff,
        -0x7fff_ffff,
    ] {
        let nibbles = run(&script, vec![encode_number(number); PACKED_DIGEST]);
        assert_eq!(nibbles.len(), DIGEST_DIGITS);
        for nibble in nibbles {
            let allowed: Vec<Vec<u8>> = (0..16).map(|digit| encode_number(2 * digit)).collect();
            assert!(allowed.contains(&nibble), "{nibble:?} from {number}");
        }
    }
}

#[test]
fn digests_are_packed_and_unpacked() {
    for seed in 0..20 {
        let digest: Digest = digest(seed);
        let digits = digits(&digest);
        let items = digits
            .iter()
            .map(|digit| encode_number((*digit).into()))
            .collect();
        let packed = packed(&digest);
        assert_eq!(run(&pack_digits(), items), packed);
        let doubled: Vec<_> = digits
            .iter()
            .map(|digit| encode_number(2 * i64::from(*digit)))
            .collect();
        assert_eq!(
            run(&unpack(Packing::Digest, DIGEST_DIGITS, 1), packed),
            doubled
        );
    }
}

#[test]
fn members_have_their_digest() {
    for count in (1..=9).chain([12, MAX_ELEMENTS]) {
        let elements = elements(count as u64, count);
        let script = MemberDigest::new(count, 0).unwrap().script();
        let stack = run(&script, limb_items(&elements));
        assert_eq!(stack, packed(&member_digest(&elements)), "{count} elements");
    }
    for elements in [
        [filled(0), filled(15)],
        [filled(15); 2],
        [filled(8), filled(7)],
    ] {
        let script = MemberDigest::new(2, 200).unwrap().script();
        assert_eq!(
            run(&script, limb_items(&elements)),
            packed(&member_digest(&elements))
        );
    }
}

#[test]
fn groups_have_their_digest() {
    for count in 2..=MAX_MEMBERS {
        let members: Vec<Digest> = (0..count).map(|at| digest(at as u64)).collect();
        let script = GroupDigest::new(count, 0).unwrap().script();
        let stack = run(&script, members.iter().flat_map(packed).collect());
        assert_eq!(stack, packed(&group_digest(&members)), "{count} members");
    }
}

#[test]
fn lists_without_script_are_refused() {
    assert_eq!(MemberDigest::new(0, 0), Err(DigestError::Elements(0)));
    assert_eq!(MemberDigest::new(17, 0), Err(DigestError::Elements(17)));
    assert_eq!(GroupDigest::new(1, 0), Err(DigestError::Members(1)));
    assert_eq!(GroupDigest::new(7, 0), Err(DigestError::Members(7)));
    let error = DigestError::Members(7).to_string();
    assert_eq!(error, "a group that is hashed has 2 to 6 members, not 7");
}

/// The witness: limbs, clamped to their ranges, below the signature of a digest.
fn opening_leaf(count: usize, compare: Script) -> (Script, usize) {
    let shape = digest_shape();
    let key = secret_key().public_key();
    let limbs = PACKED_LIMBS * count;
    let clamp = |limb: usize| {
        let (lo, hi) = limb_range(limb % PACKED_LIMBS);
        script! { {roll(limbs + PACKED_DIGEST - 1)} {lo} OP_MAX {hi} OP_MIN }
    };
    let script = script! {
        {key.open_script()} {pack_digits()}
        {(0..limbs).map(clamp)}
        {MemberDigest::new(count, PACKED_DIGEST).unwrap().script()}
        {compare}
    };
    (script, limbs + shape.witness_items())
}

fn digest_shape() -> Shape {
    Shape::new(&[4; 32], &[5, 4]).unwrap()
}

fn secret_key() -> crate::winternitz::SecretKey {
    GameSeed::new(&[1; 32], &[2; 32]).secret_key(digest_shape(), "digest")
}

fn opening_witness(elements: &[Element], digest: &Digest) -> Vec<Vec<u8>> {
    let signature = secret_key().sign(&digits(digest)).unwrap();
    [limb_items(elements), signature.witness(digest_shape())].concat()
}

#[test]
fn a_leaf_refutes_a_digest_exactly_if_it_is_false() {
    for count in [2, 3] {
        let elements = elements(9, count);
        let (leaf, items) = opening_leaf(count, differs());
        analyse(&leaf, items).unwrap();
        let digest = member_digest(&elements);
        let failure = execute_leaf(&leaf, &opening_witness(&elements, &digest)).unwrap_err();
        assert_eq!(failure.reason, Reason::EvalFalse);
        for byte in [0, 7, 15] {
            let mut wrong = digest;
            wrong[byte] ^= 0x10;
            execute_leaf(&leaf, &opening_witness(&elements, &wrong)).unwrap();
        }
    }
}

#[test]
fn a_leaf_opens_a_digest_with_its_elements_only() {
    let elements = elements(11, 2);
    let (leaf, items) = opening_leaf(2, script! { {equal_verify()} 1 });
    analyse(&leaf, items).unwrap();
    let digest = member_digest(&elements);
    execute_leaf(&leaf, &opening_witness(&elements, &digest)).unwrap();
    let exchanged = [elements[1], elements[0]];
    let failure = execute_leaf(&leaf, &opening_witness(&exchanged, &digest)).unwrap_err();
    assert_eq!(failure.reason, Reason::NumEqualVerify);
    assert_eq!(failure.op, Some(Op::NumEqualVerify));
}

#[test]
fn every_nibble_of_a_digest_is_compared() {
    let digest: Digest = digest(3);
    let right = packed(&digest);
    let equal = script! { {equal_verify()} 1 };
    let stack = [right.clone(), right.clone()].concat();
    assert_eq!(run(&differs(), stack.clone()), [Vec::<u8>::new()]);
    assert_eq!(run(&equal, stack), [vec![1]]);
    for nibble in 0..DIGEST_DIGITS {
        let mut wrong = digest;
        wrong[nibble / 2] ^= 1 << (4 * (nibble % 2));
        let stack = [right.clone(), packed(&wrong)].concat();
        assert_eq!(run(&differs(), stack.clone()), [vec![1]], "nibble {nibble}");
        let failure = run_part(&equal.to_bytes(), stack, Rules::Standard, &NoTransaction);
        assert_eq!(failure.unwrap_err().reason, Reason::NumEqualVerify);
    }
}

#[test]
fn the_analysis_proves_members_with_many_other_items() {
    for (count, others) in [
        (1, 0),
        (2, 220),
        (3, 220),
        (5, 100),
        (6, 220),
        (9, 0),
        (16, 0),
    ] {
        let mut entry = vec![Entry::Hint; others];
        entry.extend(limb_entry(count));
        let script = MemberDigest::new(count, others).unwrap().script();
        let report = analyse_part(&script, &entry).unwrap();
        assert!(report.peak_stack <= MAX_STACK);
        assert_eq!(report.stack.len(), others + PACKED_DIGEST);
    }
}

#[test]
fn the_analysis_proves_groups_of_hints() {
    for count in 2..=MAX_MEMBERS {
        let place = PACKED_DIGEST * count - 1;
        let script = script! {
            {(0..count).map(|_| script! {
                {(0..PACKED_DIGEST).map(|_| roll(place))} {pack_hint()}
            })}
            {GroupDigest::new(count, 220).unwrap().script()}
        };
        let mut entry = vec![Entry::Hint; 220];
        entry.extend(vec![Entry::Hint; place + 1]);
        analyse_part(&script, &entry).unwrap();
    }
}

#[test]
fn sizes_are_pinned() {
    let pinned = Sizes {
        block: [40_582, 40_630, 41_274],
        unpack: 5_906,
        members: [38_336, 41_995, 46_265, 84_936, 93_478, 223_248],
        groups: [38_313, 39_856, 41_942, 46_183],
        pack_digits: 251,
        pack_hint: 70,
        differs: 36,
    };
    assert_eq!(sizes().unwrap(), pinned);
}

#[test]
fn numbers_hold_all_digits() {
    assert_eq!(number_digits(DIGITS).sum::<usize>(), DIGITS);
    assert_eq!(
        number_digits(DIGEST_DIGITS).collect::<Vec<_>>(),
        [5, 5, 5, 5, 5, 5, 2]
    );
}

//! Which sums and exclusive ors a compression consists of, and in which order they are made.

/// Rounds of the compression function.
const ROUNDS: usize = 7;

/// Where each message word of the next round comes from.
const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

/// State words that a quarter round mixes: four columns, then four diagonals.
const QUARTERS: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// How a word is rotated to the right after the exclusive or.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// By whole nibbles: nothing but new names.
    Nibbles(usize),
    /// By seven bits: two nibbles less one bit.
    SevenBits,
}

/// `sum += addend + message`, then `partner = (partner ^ sum) >>> turn`: half of a half of a quarter round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    pub(super) sum: usize,
    pub(super) addend: usize,
    pub(super) message: Option<usize>,
    pub(super) partner: usize,
    pub(super) turn: Turn,
    /// Whether the partner is used afterwards.
    pub(super) live: bool,
}

/// All passes for the first `outputs` words of the result.
pub(super) fn passes(outputs: usize) -> Vec<Pass> {
    let mut message: [usize; 16] = std::array::from_fn(|word| word);
    let mut passes = vec![];
    for round in 0..ROUNDS {
        for half in 0..2 {
            for quarter in 4 * half..4 * half + 4 {
                let [a, b, c, d] = QUARTERS[quarter];
                let last = round + 1 == ROUNDS && half == 1;
                let (x, y) = (message[2 * quarter], message[2 * quarter + 1]);
                let mut add = |sum, addend, message, partner, turn| {
                    passes.push(Pass {
                        sum,
                        addend,
                        message,
                        partner,
                        turn,
                        live: !(last && turn == Turn::SevenBits) || partner < outputs,
                    });
                };
                add(a, b, Some(x), d, Turn::Nibbles(4));
                add(c, d, None, b, Turn::Nibbles(3));
                add(a, b, Some(y), d, Turn::Nibbles(2));
                add(c, d, None, b, Turn::SevenBits);
            }
        }
        message = std::array::from_fn(|word| message[PERMUTATION[word]]);
    }
    passes
}

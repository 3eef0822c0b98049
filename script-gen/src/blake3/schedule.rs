//! Which sums and exclusive ors a compression consists of, and in which order they are made.

/// Rounds of the compression function.
pub(super) const ROUNDS: usize = 7;

/// Where each message word of the next round comes from.
pub(super) const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

/// State words that a quarter round mixes: four columns, then four diagonals.
///
/// The four of a kind may be mixed in any order. With the orders of [`ORDER`] the fetches are shortest.
pub(super) const QUARTERS: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// In which order columns and diagonals are mixed.
const ORDER: [[usize; 4]; 2] = [[3, 1, 2, 0], [7, 5, 4, 6]];

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
    /// `None` if it has been added to the initial value of the sum.
    pub(super) addend: Option<usize>,
    pub(super) message: Option<usize>,
    pub(super) partner: usize,
    pub(super) turn: Turn,
    /// Whether the partner is used afterwards.
    pub(super) live: bool,
    /// Whether the message word is used for the last time.
    pub(super) ends_message: bool,
}

/// All passes for the first `outputs` words of the result; with `added`, the first addends are in the initial state.
pub(super) fn passes(outputs: usize, added: bool) -> Vec<Pass> {
    let mut message: [usize; 16] = std::array::from_fn(|word| word);
    let mut passes = vec![];
    for round in 0..ROUNDS {
        for (half, order) in ORDER.into_iter().enumerate() {
            for quarter in order {
                let [a, b, c, d] = QUARTERS[quarter];
                let last_round = round + 1 == ROUNDS;
                let last = last_round && half == 1;
                let first = added && round == 0 && half == 0;
                let (x, y) = (message[2 * quarter], message[2 * quarter + 1]);
                let mut add = |sum, addend, message, partner, turn| {
                    passes.push(Pass {
                        sum,
                        addend,
                        message,
                        partner,
                        turn,
                        live: !(last && turn == Turn::SevenBits) || partner < outputs,
                        ends_message: last_round,
                    });
                };
                add(a, (!first).then_some(b), Some(x), d, Turn::Nibbles(4));
                add(c, Some(d), None, b, Turn::Nibbles(3));
                add(a, Some(b), Some(y), d, Turn::Nibbles(2));
                add(c, Some(d), None, b, Turn::SevenBits);
            }
        }
        message = std::array::from_fn(|word| message[PERMUTATION[word]]);
    }
    passes
}

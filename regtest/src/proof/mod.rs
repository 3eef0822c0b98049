//! Whole proof games on a chain: an operator that asserts what is true, or is not, and somebody that no one has invited who
//! challenges and refutes, or does not.
//!
//! [`ProofScenario::play`] sets a game up about any [`Statement`], plays it until the operator is paid or slashed, and says which
//! leaf, time-out or silence decided. Refutations that nodes do not relay are handed to the miner.

mod cast;
mod claim;
mod conduct;
mod error;
mod lie;
mod narrate;
mod table;

pub use claim::{ClaimError, ProofClaim};
pub use conduct::{Conduct, UnknownConduct};
pub use error::ProofScenarioError;
pub use lie::{Place, ProofLie, UnknownSlot};

use gavel_ocp::proof::{
    ProofLocks, ProofParams, ProofSlots, ProofTree, Statement,
    plan::{default_params, plan},
};

use crate::Chain;
use crate::scenario::{Outcome, Report};

/// A game to be played.
#[derive(Clone)]
pub struct ProofScenario<'a> {
    /// What is claimed.
    pub statement: &'a dyn Statement,
    /// The digits that the operator commits for all slots, true or not.
    pub values: Vec<Vec<u8>>,
    /// What the parties do.
    pub conduct: Conduct,
    /// What the signers agree on; none: [`short_game`] between [`signers`](Self::signers).
    pub params: Option<ProofParams>,
    /// Number of signers, if no parameters say it.
    pub signers: usize,
}

impl<'a> ProofScenario<'a> {
    /// A game between three signers with the parameters that suit the statement.
    pub fn new(statement: &'a dyn Statement, values: Vec<Vec<u8>>, conduct: Conduct) -> Self {
        Self {
            statement,
            values,
            conduct,
            params: None,
            signers: 3,
        }
    }

    /// Plays the game. `observer` sees every transaction of the game when it is confirmed.
    ///
    /// # Errors
    /// The game cannot be set up, or the chain refuses a transaction that it should accept.
    pub fn play(
        &self,
        chain: &mut dyn Chain,
        observer: &mut dyn FnMut(&Report),
    ) -> Result<Outcome, ProofScenarioError> {
        let cast = cast::Cast::assemble(self, chain)?;
        table::Table::seat(self, cast, chain, observer)?.play()
    }
}

/// The [default parameters](default_params) of a statement with time-locks that are as short as its assertion allows when every
/// transaction is confirmed in a block of its own.
///
/// # Errors
/// A slot does not fit a transaction, or there is none; the number of signers is refused.
pub fn short_game(
    signers: usize,
    slots: &ProofSlots,
    tree: &ProofTree,
) -> Result<ProofParams, ProofScenarioError> {
    const MARGIN: u16 = 2;
    let mut params = default_params(slots, tree.worst_witness)?;
    params.signers = signers;
    let parts = plan(&params, slots, tree.worst_witness)?.assert_transactions;
    params.locks = ProofLocks {
        margin: MARGIN,
        disprove_window: 3 * MARGIN,
        challenge_period: 5 * MARGIN,
        assert_window: u16::try_from(parts)
            .unwrap_or(u16::MAX)
            .saturating_add(4 * MARGIN),
        ..params.locks
    };
    Ok(params)
}

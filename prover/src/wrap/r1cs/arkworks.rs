//! The constraints in arkworks' form, for tests that compare keys and proofs with arkworks' own.

use super::ConstraintSystem;
use ark_bn254::Fr;
use ark_relations::gr1cs::{
    self, ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Matrix, Variable,
};

impl ConstraintSystem {
    /// The three matrices.
    pub(crate) fn matrices(&self) -> Vec<Matrix<Fr>> {
        let constraints = 0..self.constraints();
        let side = |side| {
            constraints
                .clone()
                .map(|index| self.terms(side, index))
                .collect()
        };
        (0..3).map(side).collect()
    }
}

impl ConstraintSynthesizer<Fr> for &ConstraintSystem {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> gr1cs::Result<()> {
        let mut variables = vec![Variable::One];
        for (i, value) in self.assignment().iter().enumerate().skip(1) {
            variables.push(if i < super::PUBLIC {
                cs.new_input_variable(|| Ok(*value))?
            } else {
                cs.new_witness_variable(|| Ok(*value))?
            });
        }
        let side = |side, index| {
            let terms = self.terms(side, index).into_iter();
            LinearCombination(terms.map(|(value, i)| (value, variables[i])).collect())
        };
        for i in 0..self.constraints() {
            cs.enforce_r1cs_constraint(|| side(0, i), || side(1, i), || side(2, i))?;
        }
        Ok(())
    }
}

//! The constraints of plonky2's gates, evaluated at the challenge point.
//!
//! Each function here says what the gate's `eval_unfiltered` says, in the same order; a test compares the two on random
//! wires, gate by gate.

mod arithmetic;
mod interpolation;
mod poseidon;
mod selection;

use super::super::error::WrapError;
use super::super::goldilocks::{Base, Extension};
use super::super::r1cs::ConstraintSystem;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::gates::arithmetic_base::ArithmeticGate;
use plonky2::gates::arithmetic_extension::ArithmeticExtensionGate;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::coset_interpolation::CosetInterpolationGate;
use plonky2::gates::exponentiation::ExponentiationGate;
use plonky2::gates::gate::{AnyGate, GateRef};
use plonky2::gates::multiplication_extension::MulExtensionGate;
use plonky2::gates::noop::NoopGate;
use plonky2::gates::poseidon::PoseidonGate;
use plonky2::gates::poseidon_mds::PoseidonMdsGate;
use plonky2::gates::public_input::PublicInputGate;
use plonky2::gates::random_access::RandomAccessGate;
use plonky2::gates::reducing::ReducingGate;
use plonky2::gates::reducing_extension::ReducingExtensionGate;

type F = GoldilocksField;

/// Degree of the extension.
const D: usize = 2;

/// What a gate's constraints are about.
pub(super) struct Row<'a> {
    /// The gate's own constants, selectors left out.
    pub(super) constants: &'a [Extension],
    pub(super) wires: &'a [Extension],
    pub(super) public_inputs_hash: &'a [Base; 4],
}

impl Row<'_> {
    /// The element of the extension whose coefficients are two wires, from this one on.
    fn algebra(&self, wire: usize) -> Algebra {
        Algebra([self.wires[wire].clone(), self.wires[wire + 1].clone()])
    }
}

/// An element of the extension over the extension: what coefficients on wires become when wires are opened at a point of
/// the extension.
#[derive(Clone)]
struct Algebra([Extension; D]);

impl Algebra {
    fn zero() -> Self {
        Self([Extension::zero(), Extension::zero()])
    }

    fn one() -> Self {
        Self([Extension::one(), Extension::zero()])
    }

    fn add(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].add(cs, &other.0[i])))
    }

    fn sub(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].sub(cs, &other.0[i])))
    }

    fn mul(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        let [a, b] = &self.0;
        let [c, d] = &other.0;
        let seven = F::from_canonical_u64(7);
        let low = [a.mul(cs, c), b.mul(cs, d).scale(cs, seven)];
        let high = [a.mul(cs, d), b.mul(cs, c)];
        Self([Extension::sum(cs, &low), Extension::sum(cs, &high)])
    }

    fn mul_extension(&self, cs: &mut ConstraintSystem, factor: &Extension) -> Self {
        Self(
            self.0
                .each_ref()
                .map(|coefficient| coefficient.mul(cs, factor)),
        )
    }

    fn scale(&self, cs: &mut ConstraintSystem, factor: F) -> Self {
        Self(
            self.0
                .each_ref()
                .map(|coefficient| coefficient.scale(cs, factor)),
        )
    }

    fn reduce(&self, cs: &mut ConstraintSystem) -> Self {
        Self(self.0.each_ref().map(|coefficient| coefficient.reduce(cs)))
    }
}

/// The constraints of a gate in this row, if it is a gate of a recursive verifier.
pub(super) fn evaluate(
    cs: &mut ConstraintSystem,
    gate: &GateRef<F, D>,
    row: &Row<'_>,
) -> Result<Vec<Extension>, WrapError> {
    let any = AnyGate::as_any(&*gate.0);
    let constraints = if any.is::<NoopGate>() {
        Vec::new()
    } else if let Some(gate) = any.downcast_ref::<ConstantGate>() {
        arithmetic::constant(cs, row, gate)
    } else if any.is::<PublicInputGate>() {
        arithmetic::public_input(cs, row)
    } else if let Some(gate) = any.downcast_ref::<ArithmeticGate>() {
        arithmetic::base(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<ArithmeticExtensionGate<D>>() {
        arithmetic::extension(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<MulExtensionGate<D>>() {
        arithmetic::product(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<BaseSumGate<2>>() {
        selection::bits(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<ExponentiationGate<F, D>>() {
        selection::power(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<RandomAccessGate<F, D>>() {
        selection::random_access(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<ReducingGate<D>>() {
        interpolation::reducing(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<ReducingExtensionGate<D>>() {
        interpolation::reducing_extension(cs, row, gate)
    } else if let Some(gate) = any.downcast_ref::<CosetInterpolationGate<F, D>>() {
        interpolation::coset(cs, row, gate)
    } else if any.is::<PoseidonGate<F, D>>() {
        poseidon::permutation(cs, row)
    } else if any.is::<PoseidonMdsGate<F, D>>() {
        poseidon::mds(cs, row)
    } else {
        return Err(WrapError::UnknownGate(gate.0.id()));
    };
    Ok(constraints)
}

#[cfg(test)]
mod tests {
    use super::super::super::goldilocks::Base;
    use super::*;
    use ark_bn254::Fr;
    use plonky2::field::extension::quadratic::QuadraticExtension;
    use plonky2::field::types::Sample;
    use plonky2::gates::gate::Gate;
    use plonky2::hash::hash_types::HashOut;
    use plonky2::plonk::circuit_data::CircuitConfig;
    use plonky2::plonk::vars::EvaluationVars;

    type FE = QuadraticExtension<F>;

    /// All values are random, so every constraint is compared at a point where it does not vanish.
    fn agrees(gate: impl Gate<F, D>) {
        let constants = FE::rand_vec(4);
        let wires = FE::rand_vec(135);
        let public_inputs_hash = HashOut::rand();
        let expected = gate.eval_unfiltered(EvaluationVars {
            local_constants: &constants,
            local_wires: &wires,
            public_inputs_hash: &public_inputs_hash,
        });
        let mut cs = ConstraintSystem::new(Fr::from(0));
        let mut witness = |values: &[FE]| -> Vec<Extension> {
            let values = values.iter();
            values
                .map(|value| Extension::witness(&mut cs, *value))
                .collect()
        };
        let row = Row {
            constants: &witness(&constants),
            wires: &witness(&wires),
            public_inputs_hash: &public_inputs_hash.elements.map(Base::constant),
        };
        let gate = GateRef::new(gate);
        let computed = evaluate(&mut cs, &gate, &row).expect("a known gate");
        let values: Vec<FE> = computed.iter().map(Extension::value).collect();
        assert_eq!(values, expected, "{}", gate.0.id());
        assert_eq!(cs.unsatisfied(), None, "{}", gate.0.id());
    }

    #[test]
    fn every_gate_is_evaluated_as_plonky2_does() {
        let config = CircuitConfig::standard_recursion_config();
        agrees(NoopGate);
        agrees(ConstantGate::new(config.num_constants));
        agrees(PublicInputGate);
        agrees(ArithmeticGate::new_from_config(&config));
        agrees(ArithmeticExtensionGate::<D>::new_from_config(&config));
        agrees(MulExtensionGate::<D>::new_from_config(&config));
        agrees(BaseSumGate::<2>::new_from_config::<F>(&config));
        agrees(ExponentiationGate::<F, D>::new_from_config(&config));
        agrees(RandomAccessGate::<F, D>::new_from_config(&config, 4));
        agrees(RandomAccessGate::<F, D>::new_from_config(&config, 2));
        agrees(ReducingGate::<D>::new(43));
        agrees(ReducingExtensionGate::<D>::new(32));
        agrees(CosetInterpolationGate::<F, D>::new(4));
        agrees(CosetInterpolationGate::<F, D>::new(3));
        agrees(PoseidonGate::<F, D>::new());
        agrees(PoseidonMdsGate::<F, D>::new());
    }

    #[test]
    fn an_unknown_gate_is_refused() {
        let gate = GateRef::new(BaseSumGate::<4>::new(8));
        let row = Row {
            constants: &[],
            wires: &[],
            public_inputs_hash: &std::array::from_fn(|_| Base::zero()),
        };
        let mut cs = ConstraintSystem::new(Fr::from(0));
        let refused = evaluate(&mut cs, &gate, &row);
        let name = gate.0.id();
        assert!(matches!(refused, Err(WrapError::UnknownGate(gate)) if gate == name));
    }
}

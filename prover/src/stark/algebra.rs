//! One definition of a table's constraints for every evaluation.
//!
//! Constraints are written over an [`Algebra`]: the prover evaluates them on packed field elements, the verifier on
//! extension elements, and a recursive verifier needs a circuit. For the last one they are evaluated on [`Expression`]s,
//! which write down what is computed; [`Arena::lower`] makes a circuit of that.

use std::cell::RefCell;
use std::ops::{Add, Mul, Sub};

use plonky2::field::packed::PackedField;
use plonky2::field::types::Field;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::{D, F};

/// What constraints are computed with.
pub trait Algebra: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A constant, less than the field's order.
    fn constant(value: u64) -> Self;

    /// Zero.
    fn zero() -> Self {
        Self::constant(0)
    }

    /// One.
    fn one() -> Self {
        Self::constant(1)
    }

    /// The product with a constant.
    fn times(self, value: u64) -> Self {
        self * Self::constant(value)
    }
}

impl<P: PackedField> Algebra for P {
    fn constant(value: u64) -> P {
        P::from(P::Scalar::from_canonical_u64(value))
    }

    fn zero() -> P {
        P::ZEROS
    }

    fn one() -> P {
        P::ONES
    }
}

/// Where the value of a leaf of an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// A column in this row.
    Local(usize),
    /// A column in the next row.
    Next(usize),
    /// A public input.
    Public(usize),
}

#[derive(Clone, Copy, Debug)]
enum Operand {
    Constant(F),
    Node(usize),
}

#[derive(Clone, Copy, Debug)]
enum Node {
    Variable(Variable),
    Add(Operand, Operand),
    Sub(Operand, Operand),
    Mul(Operand, Operand),
}

/// The nodes of expressions, each after its operands.
#[derive(Debug, Default)]
pub struct Arena {
    nodes: RefCell<Vec<Node>>,
}

/// A polynomial in the columns of two rows and the public inputs.
#[derive(Clone, Copy, Debug)]
pub enum Expression<'a> {
    /// A constant.
    Constant(F),
    /// A node of an arena.
    Node(&'a Arena, usize),
}

impl Arena {
    /// An empty arena.
    pub fn new() -> Arena {
        Arena::default()
    }

    /// The expression that is a variable.
    pub fn variable(&self, variable: Variable) -> Expression<'_> {
        self.push(Node::Variable(variable))
    }

    fn push(&self, node: Node) -> Expression<'_> {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        Expression::Node(self, nodes.len() - 1)
    }

    /// The degree of every expression in the columns. Public inputs are constants.
    pub fn degrees(&self) -> Vec<usize> {
        let mut degrees: Vec<usize> = Vec::new();
        for node in self.nodes.borrow().iter() {
            let of = |operand: Operand| match operand {
                Operand::Constant(_) => 0,
                Operand::Node(index) => degrees[index],
            };
            degrees.push(match *node {
                Node::Variable(Variable::Public(_)) => 0,
                Node::Variable(_) => 1,
                Node::Add(a, b) | Node::Sub(a, b) => of(a).max(of(b)),
                Node::Mul(a, b) => of(a) + of(b),
            });
        }
        degrees
    }

    /// A circuit that computes the nodes `wanted` and all that they need; `variable` says where the values of variables are.
    /// The value of a node that is neither wanted nor needed is zero.
    ///
    /// One operation of the circuit is a product and a sum: a product whose only use is in a sum is computed there.
    pub fn lower(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        wanted: &[usize],
        variable: impl Fn(Variable) -> ExtensionTarget<D>,
    ) -> Vec<ExtensionTarget<D>> {
        let nodes = self.nodes.borrow();
        let absorbed = absorbed(&nodes, wanted);
        let zero = builder.zero_extension();
        let mut circuit = Lowering {
            nodes: &nodes,
            absorbed: &absorbed,
            one: builder.one_extension(),
            builder,
            values: Vec::new(),
        };
        for (i, node) in nodes.iter().enumerate() {
            let value = match *node {
                _ if absorbed[i] => zero,
                Node::Variable(v) => variable(v),
                Node::Add(a, b) => circuit.sum(a, b, F::ONE),
                Node::Sub(a, b) => circuit.sum(a, b, F::NEG_ONE),
                Node::Mul(a, b) => circuit.product(F::ONE, (a, b), F::ZERO, zero),
            };
            circuit.values.push(value);
        }
        circuit.values
    }
}

/// Whether a node is a product that is computed where it is added or subtracted.
fn absorbed(nodes: &[Node], wanted: &[usize]) -> Vec<bool> {
    let mut uses = vec![0; nodes.len()];
    let mut terms = vec![false; nodes.len()];
    for &index in wanted {
        uses[index] += 1;
    }
    for node in nodes {
        let (Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b)) = *node else {
            continue;
        };
        for operand in [a, b] {
            if let Operand::Node(index) = operand {
                uses[index] += 1;
            }
        }
        // Of two products one is absorbed.
        if !matches!(node, Node::Mul(..))
            && let Some(index) = [b, a].into_iter().find_map(|operand| match operand {
                Operand::Node(index) if matches!(nodes[index], Node::Mul(..)) => Some(index),
                _ => None,
            })
        {
            terms[index] = true;
        }
    }
    (0..nodes.len()).map(|i| terms[i] && uses[i] == 1).collect()
}

/// A circuit in the making.
struct Lowering<'a> {
    nodes: &'a [Node],
    absorbed: &'a [bool],
    builder: &'a mut CircuitBuilder<F, D>,
    one: ExtensionTarget<D>,
    values: Vec<ExtensionTarget<D>>,
}

impl Lowering<'_> {
    /// `factor a b + other c`.
    fn product(
        &mut self,
        factor: F,
        (a, b): (Operand, Operand),
        other: F,
        c: ExtensionTarget<D>,
    ) -> ExtensionTarget<D> {
        let one = self.one;
        let (factor, a, b) = match (a, b) {
            (Operand::Node(a), Operand::Node(b)) => (factor, self.values[a], self.values[b]),
            (Operand::Constant(c), Operand::Node(a)) | (Operand::Node(a), Operand::Constant(c)) => {
                (factor * c, self.values[a], one)
            }
            (Operand::Constant(a), Operand::Constant(b)) => (factor * a * b, one, one),
        };
        self.builder.arithmetic_extension(factor, other, a, b, c)
    }

    /// `a + sign b`.
    fn sum(&mut self, a: Operand, b: Operand, sign: F) -> ExtensionTarget<D> {
        if let Some(factors) = self.factors(b) {
            let a = self.value(a);
            return self.product(sign, factors, F::ONE, a);
        }
        let b = self.value(b);
        let factors = self.factors(a);
        self.product(
            F::ONE,
            factors.unwrap_or((a, Operand::Constant(F::ONE))),
            sign,
            b,
        )
    }

    /// The factors of a product that is not computed yet.
    fn factors(&self, operand: Operand) -> Option<(Operand, Operand)> {
        match operand {
            Operand::Node(index) if self.absorbed[index] => match self.nodes[index] {
                Node::Mul(a, b) => Some((a, b)),
                _ => None,
            },
            _ => None,
        }
    }

    fn value(&mut self, operand: Operand) -> ExtensionTarget<D> {
        match operand {
            Operand::Node(index) => self.values[index],
            Operand::Constant(value) => self.builder.constant_extension(value.into()),
        }
    }
}

impl Expression<'_> {
    fn operand(self) -> Operand {
        match self {
            Expression::Constant(value) => Operand::Constant(value),
            Expression::Node(_, index) => Operand::Node(index),
        }
    }
}

impl<'a> Add for Expression<'a> {
    type Output = Expression<'a>;

    fn add(self, other: Expression<'a>) -> Expression<'a> {
        match (self, other) {
            (Expression::Constant(a), Expression::Constant(b)) => Expression::Constant(a + b),
            (Expression::Constant(c), x) | (x, Expression::Constant(c)) if c.is_zero() => x,
            (Expression::Node(arena, _), _) | (_, Expression::Node(arena, _)) => {
                arena.push(Node::Add(self.operand(), other.operand()))
            }
        }
    }
}

impl<'a> Sub for Expression<'a> {
    type Output = Expression<'a>;

    fn sub(self, other: Expression<'a>) -> Expression<'a> {
        match (self, other) {
            (Expression::Constant(a), Expression::Constant(b)) => Expression::Constant(a - b),
            (x, Expression::Constant(c)) if c.is_zero() => x,
            (Expression::Node(arena, _), _) | (_, Expression::Node(arena, _)) => {
                arena.push(Node::Sub(self.operand(), other.operand()))
            }
        }
    }
}

impl<'a> Mul for Expression<'a> {
    type Output = Expression<'a>;

    fn mul(self, other: Expression<'a>) -> Expression<'a> {
        match (self, other) {
            (Expression::Constant(a), Expression::Constant(b)) => Expression::Constant(a * b),
            (Expression::Constant(c), x) | (x, Expression::Constant(c)) if c.is_one() => x,
            (Expression::Constant(c), _) | (_, Expression::Constant(c)) if c.is_zero() => {
                Expression::Constant(c)
            }
            (Expression::Node(arena, _), _) | (_, Expression::Node(arena, _)) => {
                arena.push(Node::Mul(self.operand(), other.operand()))
            }
        }
    }
}

impl Algebra for Expression<'_> {
    fn constant(value: u64) -> Self {
        Expression::Constant(F::from_canonical_u64(value))
    }
}

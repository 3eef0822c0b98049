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

    /// A circuit that computes every node; `variable` says where the values of variables are.
    pub fn lower(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        variable: impl Fn(Variable) -> ExtensionTarget<D>,
    ) -> Vec<ExtensionTarget<D>> {
        let mut values: Vec<ExtensionTarget<D>> = Vec::new();
        for node in self.nodes.borrow().iter() {
            let value = match *node {
                Node::Variable(v) => variable(v),
                Node::Add(Operand::Node(a), Operand::Node(b)) => {
                    builder.add_extension(values[a], values[b])
                }
                Node::Sub(Operand::Node(a), Operand::Node(b)) => {
                    builder.sub_extension(values[a], values[b])
                }
                Node::Mul(Operand::Node(a), Operand::Node(b)) => {
                    builder.mul_extension(values[a], values[b])
                }
                Node::Add(Operand::Constant(c), Operand::Node(a))
                | Node::Add(Operand::Node(a), Operand::Constant(c)) => {
                    builder.add_const_extension(values[a], c)
                }
                Node::Sub(Operand::Node(a), Operand::Constant(c)) => {
                    builder.add_const_extension(values[a], -c)
                }
                Node::Sub(Operand::Constant(c), Operand::Node(a)) => {
                    let negated = builder.mul_const_extension(F::NEG_ONE, values[a]);
                    builder.add_const_extension(negated, c)
                }
                Node::Mul(Operand::Constant(c), Operand::Node(a))
                | Node::Mul(Operand::Node(a), Operand::Constant(c)) => {
                    builder.mul_const_extension(c, values[a])
                }
                Node::Add(Operand::Constant(_), Operand::Constant(_))
                | Node::Sub(Operand::Constant(_), Operand::Constant(_))
                | Node::Mul(Operand::Constant(_), Operand::Constant(_)) => {
                    unreachable!("operations on constants are carried out at once")
                }
            };
            values.push(value);
        }
        values
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
